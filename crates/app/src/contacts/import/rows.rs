//! Rows out of a stretch of a file. The last row of a stretch counts only where the file ends, since it may be cut.

use csv::{ByteRecord, ReaderBuilder};
use encoding_rs::WINDOWS_1252;
use model::contact::import::Encoding;

/// One row.
#[derive(Debug)]
pub(super) struct RawRow {
    /// The cells; `Err` with something to show when they can't be read in the file's encoding.
    pub cells: Result<Vec<String>, Vec<String>>,
    /// Where it ends, from the beginning of the stretch.
    pub end: i64,
}

/// At most `rows_max` rows, each with its end. Lines without anything are not rows.
pub(super) fn parse(
    bytes: &[u8],
    (separator, encoding): (u8, Encoding),
    is_file_end: bool,
    rows_max: usize,
) -> Vec<RawRow> {
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(bytes);
    let mut rows = Vec::new();
    let mut record = ByteRecord::new();
    // Reading from memory fails for no reason but the end.
    while rows.len() < rows_max && matches!(reader.read_byte_record(&mut record), Ok(true)) {
        let end = i64::try_from(reader.position().byte()).unwrap_or(i64::MAX);
        let is_cut = !is_file_end && usize::try_from(end).is_ok_and(|end| end >= bytes.len());
        if is_cut {
            break;
        }
        rows.push(RawRow { cells: cells(&record, encoding), end });
    }
    rows
}

fn cells(record: &ByteRecord, encoding: Encoding) -> Result<Vec<String>, Vec<String>> {
    let one_by_one = |read: fn(&[u8]) -> String| record.iter().map(read).collect::<Vec<_>>();
    let windows = |cell: &[u8]| WINDOWS_1252.decode_without_bom_handling(cell).0.into_owned();
    if encoding == Encoding::Windows1252 {
        return Ok(one_by_one(windows));
    }
    let texts: Result<Vec<String>, _> = record.iter().map(|cell| String::from_utf8(cell.to_vec())).collect();
    match (texts, encoding) {
        (Ok(texts), _) => Ok(texts),
        (Err(_), Encoding::Ascii) => Ok(one_by_one(windows)),
        (Err(_), _) => Err(one_by_one(|cell| String::from_utf8_lossy(cell).into_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &[u8], encoding: Encoding, is_end: bool) -> Vec<String> {
        let row = |row: RawRow| format!("{}@{}", row.cells.map_or("?".into(), |cells| cells.join("|")), row.end);
        parse(text, (b';', encoding), is_end, 10).into_iter().map(row).collect()
    }

    #[test]
    fn rows_have_their_cells_and_ends() {
        let utf8 = Encoding::Utf8;
        assert_eq!(shown(b"a;b\r\n\"c\nd\";e\n\nf", utf8, true), ["a|b@4", "c\nd|e@13", "f@15"]);
        assert_eq!(shown(b"a;b\nc;d", utf8, false), ["a|b@4"]);
        assert_eq!(shown(b"a;b\n\"c;d", utf8, false), ["a|b@4"]);
        assert_eq!(shown(b"a;\xff\n", utf8, true), ["?@4"]);
        assert_eq!(shown(b"", utf8, true), [""; 0]);
        assert_eq!(shown(b"a;\xfc\x80\n", Encoding::Windows1252, true), ["a|ü€@5"]);
        assert_eq!(shown("ü\n".as_bytes(), Encoding::Ascii, true), ["ü@3"]);
        assert_eq!(shown(b"\xfc\n", Encoding::Ascii, true), ["ü@2"]);
    }
}
