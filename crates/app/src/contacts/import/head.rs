//! The first line of a file: the names of its columns.

use model::{Error, Result, contact::import::guess_separator};

use super::{Upload, rows};
use crate::App;

const HEAD_BYTES_MAX: u64 = 64 << 10;
const COLUMNS_MAX: usize = 200;
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What the header says.
#[derive(Debug)]
pub(super) struct Head {
    pub names: Vec<String>,
    pub separator: u8,
    /// Where the first row begins.
    pub bytes: i64,
}

pub(super) async fn read(app: &App, upload: &Upload, separator: Option<char>) -> Result<Head> {
    let end = upload.bytes.min(HEAD_BYTES_MAX);
    let bytes = match end {
        0 => None,
        end => app.storage.get_range(&upload.key, 0..end).await?,
    };
    let bytes = bytes.ok_or_else(|| wrong("The file is empty."))?;
    let mark = if bytes.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
    let text = &bytes[mark..];
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let separator = match separator {
        Some(separator) => u8::try_from(separator)
            .ok()
            .filter(u8::is_ascii)
            .ok_or_else(|| Error::field("separator", "Enter one ASCII character, for example ; or ,"))?,
        None => guess_separator(&String::from_utf8_lossy(line)),
    };
    let is_whole = end == upload.bytes;
    let found = rows::parse(text, separator, is_whole, 1);
    let Some(row) = found.into_iter().next() else {
        return Err(wrong(&format!("The header is longer than {HEAD_BYTES_MAX} bytes.")));
    };
    let names = row.cells.map_err(|_| wrong("The header is not UTF-8 text."))?;
    if names.len() > COLUMNS_MAX {
        return Err(wrong(&format!("The file has more than {COLUMNS_MAX} columns.")));
    }
    let names = names.into_iter().map(|name| name.trim().to_owned()).collect();
    Ok(Head { names, separator, bytes: i64::try_from(mark).unwrap_or(0) + row.end })
}

fn wrong(words: &str) -> Error {
    Error::field("file", words)
}
