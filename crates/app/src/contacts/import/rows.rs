//! Rows out of a stretch of a file. The last row of a stretch counts only where the file ends, since it may be cut.

use csv::{ByteRecord, ReaderBuilder};

/// One row.
#[derive(Debug)]
pub(super) struct RawRow {
    /// The cells; `Err` with something to show when they are not UTF-8.
    pub cells: Result<Vec<String>, String>,
    /// Where it ends, from the beginning of the stretch.
    pub end: i64,
}

/// At most `rows_max` rows, each with its end. Lines without anything are not rows.
pub(super) fn parse(bytes: &[u8], separator: u8, is_file_end: bool, rows_max: usize) -> Vec<RawRow> {
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
        rows.push(RawRow { cells: cells(&record), end });
    }
    rows
}

fn cells(record: &ByteRecord) -> Result<Vec<String>, String> {
    let texts = record.iter().map(|cell| String::from_utf8(cell.to_vec()));
    let texts: Result<Vec<String>, _> = texts.collect();
    texts.map_err(|_| {
        let shown: Vec<_> = record.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
        shown.join(",")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &[u8], is_end: bool) -> Vec<String> {
        let row = |row: RawRow| format!("{}@{}", row.cells.map_or("?".into(), |cells| cells.join("|")), row.end);
        parse(text, b';', is_end, 10).into_iter().map(row).collect()
    }

    #[test]
    fn rows_have_their_cells_and_ends() {
        assert_eq!(shown(b"a;b\r\n\"c\nd\";e\n\nf", true), ["a|b@4", "c\nd|e@13", "f@15"]);
        assert_eq!(shown(b"a;b\nc;d", false), ["a|b@4"]);
        assert_eq!(shown(b"a;b\n\"c;d", false), ["a|b@4"]);
        assert_eq!(shown(b"a;\xff\n", true), ["?@4"]);
        assert_eq!(shown(b"", true), [""; 0]);
    }
}
