//! Imports of contacts from CSV files of any size: a file goes into the storage, and is read from there row by row.

mod head;
mod importer;
mod rows;

pub use importer::Importer;

use std::collections::BTreeMap;

use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use model::{
    Error, Id, Result, Scope,
    activity::Deed,
    contact::{
        change,
        import::{self, Import, ImportStatus, Options, Policy, Tally},
    },
};
use serde_json::json;
use store::{
    activity,
    imports::{self, Refused},
    page::{Request, Start},
};

use crate::App;

/// The largest file.
pub const FILE_BYTES_MAX: u64 = 1 << 30;

/// How somebody wants a file to be read.
#[derive(Debug, Clone)]
pub struct Wish {
    /// From names in the header to fields, `custom.<name>`, or nothing.
    pub mapping: BTreeMap<String, Option<String>>,
    /// Guessed when it is not given.
    pub separator: Option<char>,
    pub policy: Policy,
    pub tags: Vec<String>,
    pub is_dry_run: bool,
}

/// A file that stands in the storage and has not been looked at.
#[derive(Debug, Clone)]
pub struct Upload {
    pub key: String,
    pub name: Option<String>,
    pub bytes: u64,
}

/// Takes a file in, piece by piece.
pub async fn upload<E>(app: &App, name: Option<String>, pieces: impl Stream<Item = Result<Bytes, E>>) -> Result<Upload>
where
    E: std::error::Error + Send + Sync + 'static,
{
    let key = format!("imports/{}", app.ids.next());
    let bytes = app.storage.put_stream(&key, pieces, FILE_BYTES_MAX).await?;
    Ok(Upload { key, name, bytes })
}

/// Throws an uploaded file away that is not going to be read.
pub async fn discard(app: &App, upload: &Upload) {
    if let Err(error) = app.storage.remove(&upload.key).await {
        tracing::warn!(?error, "an uploaded file could not be removed");
    }
}

/// Looks at the header and begins to read. What can be complained about at once is; rows are judged as they are read.
pub async fn start(app: &App, scope: &Scope, upload: Upload, wish: Wish) -> Result<Import> {
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    let tags = change::tags(wish.tags).map_err(|error| error.at_field("tags"))?;
    let head = head::read(app, &upload, wish.separator).await?;
    let columns = import::columns(&head.names, &wish.mapping)?;
    let options =
        Options { separator: head.separator, columns, policy: wish.policy, tags, is_dry_run: wish.is_dry_run };
    let import = Import {
        id: app.ids.id(),
        tenant: scope.tenant(),
        status: ImportStatus::Running,
        status_reason: None,
        file_name: upload.name,
        file_key: upload.key,
        file_bytes: i64::try_from(upload.bytes).unwrap_or(i64::MAX),
        options,
        next_byte: head.bytes,
        tally: Tally::default(),
        created_at: now,
        updated_at: now,
        finished_at: None,
    };
    app.db
        .write(move |tx| {
            imports::insert(tx, &scope, &import)?;
            let deed = Deed::new("import.started", "import", import.id);
            activity::record(tx, &scope, &*ids, &deed.named(import.file_name.as_deref().unwrap_or_default()), now)?;
            Ok(import.clone())
        })
        .await
}

/// Stops, goes on, or gives up. What was read so far stays.
pub async fn steer(app: &App, scope: &Scope, id: Id<Import>, to: ImportStatus) -> Result<Import> {
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    let import = app
        .db
        .write(move |tx| {
            let found = imports::get(tx, &scope, id)?;
            let import = found.ok_or_else(|| Error::not_found("import"))?;
            if import.status != to {
                if import.status.is_final() {
                    let words = format!("The import is {} already.", import.status);
                    return Err(Error::conflict("import_ended", words));
                }
                imports::set_status(tx, (scope.tenant(), id), (import.status, to), None, now)?;
                let deed = Deed::new("import.changed", "import", id);
                let deed = deed.changed(&json!({"status": import.status}), &json!({"status": to}));
                activity::record(tx, &scope, &*ids, &deed, now)?;
            }
            imports::get(tx, &scope, id)?.ok_or_else(|| Error::not_found("import"))
        })
        .await?;
    if import.status.is_final() {
        app.storage.remove(&import.file_key).await?;
    }
    Ok(import)
}

/// The refused rows as CSV, in pieces: number, reason, and the row as it stood in the file.
pub fn refused(app: &App, import: Import) -> impl Stream<Item = Result<Bytes>> + Send + 'static {
    let app = app.clone();
    let head = csv_line(&["row_number", "reason", "line"]);
    let pages = stream::try_unfold(Some(Start::First), move |start| {
        let (app, import) = (app.clone(), import.clone());
        async move {
            let Some(start) = start else { return Ok(None) };
            let request = Request { sort: 0, descending: false, start, size: 500, count: false };
            let page = app.db.read(move |tx| imports::refused(tx, &import, &request)).await?;
            let lines: Result<Vec<Bytes>> = page.rows.iter().map(refused_line).collect();
            Ok(Some((Bytes::from(lines?.concat()), page.next.map(Start::After))))
        }
    });
    stream::once(async move { head }).chain(pages)
}

fn refused_line(one: &Refused) -> Result<Bytes> {
    csv_line(&[&one.row_number.to_string(), &one.reason, &one.line])
}

fn csv_line(cells: &[&str]) -> Result<Bytes> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(cells).map_err(|e| Error::internal("a line of CSV could not be written").with_source(e))?;
    let bytes = csv.into_inner().map_err(|e| Error::internal(format!("CSV could not be written: {e}")))?;
    Ok(bytes.into())
}
