//! The refused rows as CSV: the file's own columns, so that it can be mended and imported again, with number and reason.

use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use model::{Error, Result, contact::import::Import};
use store::{
    imports::{self, Refused},
    page::{Request, Start},
};

use crate::App;

/// The refused rows in pieces, the header first.
pub fn refused(app: &App, import: Import) -> impl Stream<Item = Result<Bytes>> + Send + 'static {
    let app = app.clone();
    let own = if import.options.header.is_empty() { vec!["line".to_owned()] } else { import.options.header.clone() };
    let head = csv_line(["row_number", "reason"].into_iter().chain(own.iter().map(String::as_str)));
    let pages = stream::try_unfold(Some(Start::First), move |start| {
        let (app, import) = (app.clone(), import.clone());
        async move {
            let Some(start) = start else { return Ok(None) };
            let request = Request { sort: 0, descending: false, start, size: 500, count: false };
            let page = app.db.read(move |tx| imports::refused(tx, &import, &request)).await?;
            let lines: Result<Vec<Bytes>> = page.rows.iter().map(line).collect();
            Ok(Some((Bytes::from(lines?.concat()), page.next.map(Start::After))))
        }
    });
    stream::once(async move { head }).chain(pages)
}

/// What is kept of a refused row are its cells as JSON; of older imports, the line as it was.
fn line(one: &Refused) -> Result<Bytes> {
    let cells: Vec<String> = serde_json::from_str(&one.line).unwrap_or_else(|_| vec![one.line.clone()]);
    let number = one.row_number.to_string();
    csv_line([number.as_str(), &one.reason].into_iter().chain(cells.iter().map(String::as_str)))
}

fn csv_line<'a>(cells: impl Iterator<Item = &'a str>) -> Result<Bytes> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(cells).map_err(|e| Error::internal("a line of CSV could not be written").with_source(e))?;
    let bytes = csv.into_inner().map_err(|e| Error::internal(format!("CSV could not be written: {e}")))?;
    Ok(bytes.into())
}
