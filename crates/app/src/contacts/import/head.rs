//! The beginning of a file: the names of its columns, some rows to look at, and how it is written.

use encoding_rs::WINDOWS_1252;
use model::{
    Error, Result,
    contact::import::{Encoding, guess_separator},
};

use super::{Upload, rows};
use crate::App;

const HEAD_BYTES_MAX: u64 = 64 << 10;
const COLUMNS_MAX: usize = 200;
const SAMPLES: usize = 5;
const CELL_CHARS_MAX: usize = 100;
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What the beginning says.
#[derive(Debug)]
pub(super) struct Head {
    pub names: Vec<String>,
    /// The first rows, their cells cut where they are long.
    pub samples: Vec<Vec<String>>,
    pub separator: u8,
    pub encoding: Encoding,
    /// Where the first row begins.
    pub bytes: i64,
}

pub(super) async fn read(
    app: &App,
    upload: &Upload,
    separator: Option<char>,
    encoding: Option<Encoding>,
) -> Result<Head> {
    let end = upload.bytes.min(HEAD_BYTES_MAX);
    let bytes = match end {
        0 => None,
        end => app.storage.get_range(&upload.key, 0..end).await?,
    };
    let bytes = bytes.ok_or_else(|| wrong("The file is empty."))?;
    let encoding = settled(&bytes, upload.is_utf16, encoding)?;
    parsed(&bytes, separator, encoding, end == upload.bytes)
}

/// The encoding that somebody named, if it can be, or else the one that it looks like.
fn settled(bytes: &[u8], is_utf16: bool, named: Option<Encoding>) -> Result<Encoding> {
    match (named, is_utf16) {
        (None | Some(Encoding::Utf16), true) => Ok(Encoding::Utf16),
        (Some(_), true) => Err(Error::field("encoding", "The file is in utf-16.")),
        (Some(Encoding::Utf16), false) => Err(Error::field("encoding", "The file is not in utf-16.")),
        (Some(encoding), false) => Ok(encoding),
        (None, false) => Ok(guessed(bytes)),
    }
}

fn guessed(bytes: &[u8]) -> Encoding {
    match std::str::from_utf8(bytes) {
        Ok(text) if text.is_ascii() => Encoding::Ascii,
        Ok(_) => Encoding::Utf8,
        // A character that is cut by the end is no fault.
        Err(fault) if fault.error_len().is_none() => Encoding::Utf8,
        Err(_) => Encoding::Windows1252,
    }
}

fn parsed(bytes: &[u8], separator: Option<char>, encoding: Encoding, is_whole: bool) -> Result<Head> {
    let mark = if bytes.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
    let text = &bytes[mark..];
    let separator = match separator {
        Some(separator) => u8::try_from(separator)
            .ok()
            .filter(u8::is_ascii)
            .ok_or_else(|| Error::field("separator", "Enter one ASCII character, for example ; or ,"))?,
        None => {
            let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
            guess_separator(&WINDOWS_1252.decode_without_bom_handling(line).0)
        }
    };
    let mut found = rows::parse(text, (separator, encoding), is_whole, SAMPLES + 1).into_iter();
    let Some(row) = found.next() else {
        return Err(wrong(&format!("The header is longer than {HEAD_BYTES_MAX} bytes.")));
    };
    let names = row.cells.map_err(|_| wrong("The header is not UTF-8 text."))?;
    if names.len() > COLUMNS_MAX {
        return Err(wrong(&format!("The file has more than {COLUMNS_MAX} columns.")));
    }
    let clean = |cell: &String| cell.replace('\0', "\u{fffd}").trim().chars().take(CELL_CHARS_MAX).collect();
    let samples = found.map(|row| row.cells.unwrap_or_else(|shown| shown).iter().map(clean).collect()).collect();
    Ok(Head { names: named(names), samples, separator, encoding, bytes: i64::try_from(mark).unwrap_or(0) + row.end })
}

/// The names of the columns, each of its own, so that a mapping can tell them apart.
fn named(cells: Vec<String>) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(cells.len());
    for (index, cell) in cells.into_iter().enumerate() {
        let clean = cell.replace('\0', "\u{fffd}").trim().to_owned();
        let name = if clean.is_empty() { format!("column {}", index + 1) } else { clean };
        let free = |name: &String| !names.contains(name);
        // The 2nd of a name, the 3rd, ….
        let others = (2..).map(|count| format!("{name} ({count})"));
        let found = std::iter::once(name.clone()).chain(others).find(free);
        names.push(found.unwrap_or(name));
    }
    names
}

fn wrong(words: &str) -> Error {
    Error::field("file", words)
}
