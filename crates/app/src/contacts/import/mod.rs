//! Imports of contacts from CSV files of any size: a file goes into the storage, and is read from there row by row.

mod batch;
mod head;
mod importer;
mod refused;
mod rows;
mod transcode;

pub use importer::Importer;
pub use refused::refused;

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use model::{
    Error, ErrorKind, Id, Ids, Result, Scope, Timestamp,
    activity::Deed,
    contact::{
        change,
        import::{self, Column, Encoding, Import, ImportStatus, Mapping, MatchBy, Options, Policy, Tally},
    },
};
use serde_json::json;
use sha2::{Digest, Sha256};
use store::{activity, db::Tx, imports};
use transcode::Transcoder;

use crate::App;

/// The largest file.
pub const FILE_BYTES_MAX: u64 = 1 << 30;

/// For how long a draft waits for somebody to come back.
pub(super) const DRAFT_MS: i64 = 7 * model::DAY_MS;

/// Keys of a dry run that are forgotten in one transaction.
const FORGOTTEN_AT_ONCE: i64 = 5_000;

/// How somebody wants a file to be read. `None` leaves a thing as it is, or to be guessed.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    pub mapping: Option<Mapping>,
    pub separator: Option<char>,
    pub encoding: Option<Encoding>,
    pub policy: Option<Policy>,
    pub match_by: Option<Option<MatchBy>>,
    pub tags: Option<Vec<String>>,
    pub is_dry_run: bool,
    /// It waits to be started by hand.
    pub is_draft: bool,
}

/// A file that stands in the storage and has not been looked at.
#[derive(Debug, Clone)]
pub struct Upload {
    pub key: String,
    pub name: Option<String>,
    pub bytes: u64,
    /// It came in UTF-16 and stands there in UTF-8.
    pub is_utf16: bool,
}

/// Takes a file in, piece by piece.
pub async fn upload<E>(app: &App, name: Option<String>, pieces: impl Stream<Item = Result<Bytes, E>>) -> Result<Upload>
where
    E: std::error::Error + Send + Sync + 'static,
{
    let key = format!("imports/{}", app.ids.next());
    let was_utf16 = Arc::new(OnceLock::new());
    let mut transcoder = Transcoder::new(was_utf16.clone());
    // `None` marks the end, where the transcoder may have something left.
    let pieces = pieces.map(Some).chain(stream::once(std::future::ready(None)));
    let pieces = pieces.map(move |piece| match piece {
        Some(piece) => piece.map(|piece| transcoder.push(piece)),
        None => Ok(transcoder.finish()),
    });
    let bytes = app.storage.put_stream(&key, pieces, FILE_BYTES_MAX).await?;
    Ok(Upload { key, name, bytes, is_utf16: was_utf16.get().is_some() })
}

/// Throws an uploaded file away that is not going to be read.
pub async fn discard(app: &App, upload: &Upload) {
    if let Err(error) = app.storage.remove(&upload.key).await {
        tracing::warn!(?error, "an uploaded file could not be removed");
    }
}

/// Looks at the header and begins to read, or keeps a draft. What can be complained about at once is; rows are judged as
/// they are read.
pub async fn start(app: &App, scope: &Scope, upload: Upload, wish: Wish) -> Result<Import> {
    let (scope, now, ids, id) = (*scope, app.clock.now(), app.ids.clone(), app.ids.id());
    let status = if wish.is_draft { ImportStatus::Draft } else { ImportStatus::Running };
    let (options, samples) = read_as(app, &scope, &upload, wish).await?;
    let next_byte = options.first_byte;
    let import = Import {
        id,
        tenant: scope.tenant(),
        status,
        status_reason: None,
        file_name: upload.name,
        file_key: upload.key,
        file_bytes: i64::try_from(upload.bytes).unwrap_or(i64::MAX),
        options,
        next_byte,
        tally: Tally::default(),
        started_at: (status == ImportStatus::Running).then_some(now),
        worked_ms: 0,
        samples,
        created_at: now,
        updated_at: now,
        finished_at: None,
    };
    app.db
        .write(move |tx| {
            imports::insert(tx, &scope, &import)?;
            if status == ImportStatus::Running {
                remember(tx, &scope, &import.options, now)?;
                note(tx, &scope, &*ids, &import, now)?;
            }
            Ok(import.clone())
        })
        .await
}

/// How a file is going to be read, by its beginning and what somebody wants of it; and its first rows.
async fn read_as(app: &App, scope: &Scope, upload: &Upload, wish: Wish) -> Result<(Options, Vec<Vec<String>>)> {
    let tags = change::tags(wish.tags.unwrap_or_default()).map_err(|error| error.at_field("tags"))?;
    let head = head::read(app, upload, wish.separator, wish.encoding).await?;
    let map = if wish.is_draft { import::suggested } else { import::columns };
    let columns = match wish.mapping {
        Some(mapping) => map(&head.names, &mapping)?,
        // What was right for an older version, or is no field any more, is guessed again.
        None => match map(&head.names, &known_mapping(app, scope, &head.names).await?) {
            Err(error) if error.kind() == ErrorKind::Invalid => map(&head.names, &Mapping::new())?,
            columns => columns?,
        },
    };
    let options = Options {
        separator: head.separator,
        columns,
        policy: wish.policy.unwrap_or(Policy::Update),
        tags,
        is_dry_run: wish.is_dry_run,
        match_by: wish.match_by.flatten(),
        encoding: head.encoding,
        header: head.names,
        first_byte: head.bytes,
        is_by_hand: wish.is_draft,
    };
    Ok((options, head.samples))
}

/// A dry run changes nothing, so the activity log does not hear of it.
fn note(tx: &mut Tx, scope: &Scope, ids: &dyn Ids, import: &Import, now: Timestamp) -> Result<()> {
    if import.options.is_dry_run {
        return Ok(());
    }
    let deed = Deed::new("import.started", "import", import.id);
    let deed = deed.named(import.file_name.as_deref().unwrap_or_default());
    activity::record(tx, scope, ids, &deed, now)
}

/// How the columns of such a file were mapped the last time.
async fn known_mapping(app: &App, scope: &Scope, names: &[String]) -> Result<Mapping> {
    let (scope, header) = (*scope, fingerprint(names));
    Ok(app.db.read(move |tx| imports::remembered(tx, &scope, &header)).await?.unwrap_or_default())
}

fn remember(tx: &mut Tx, scope: &Scope, options: &Options, now: Timestamp) -> Result<()> {
    imports::remember(tx, scope, &fingerprint(&options.header), &mapping_of(options), now)
}

fn mapping_of(options: &Options) -> Mapping {
    let target = |column: &Column| Some(column.target()).filter(|target| !target.is_empty());
    options.header.iter().cloned().zip(options.columns.iter().map(target)).collect()
}

fn fingerprint(names: &[String]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for name in names {
        hash.update((name.len() as u64).to_be_bytes());
        hash.update(name);
    }
    hash.finalize().into()
}

/// Changes how a draft, or a file that was checked, is going to be read.
pub async fn settle(app: &App, scope: &Scope, id: Id<Import>, wish: Wish) -> Result<Import> {
    let (scope, now) = (*scope, app.clock.now());
    let import = app.db.read(move |tx| imports::get(tx, &scope, id)).await?;
    let import = import.ok_or_else(|| Error::not_found("import"))?;
    check_waiting(&import)?;
    let old = import.options.clone();
    let upload = Upload {
        key: import.file_key.clone(),
        name: None,
        bytes: import.file_bytes.unsigned_abs(),
        is_utf16: old.encoding == Encoding::Utf16,
    };
    let wish = Wish {
        separator: wish.separator.or(Some(char::from(old.separator))),
        encoding: wish.encoding.or(Some(old.encoding)),
        policy: wish.policy.or(Some(old.policy)),
        match_by: wish.match_by.or(Some(old.match_by)),
        tags: wish.tags.or_else(|| Some(old.tags.clone())),
        is_draft: true,
        ..wish
    };
    // Columns that are read as before mean what they meant.
    let is_new_mapping = wish.mapping.is_some();
    let (mut options, samples) = read_as(app, &scope, &upload, wish).await?;
    if !is_new_mapping && options.header == old.header {
        options.columns = old.columns;
    }
    let import = Import { options, samples, ..import };
    app.db
        .write(move |tx| {
            if !imports::settle(tx, &scope, &import, now)? {
                return Err(not_waiting());
            }
            imports::get(tx, &scope, id)?.ok_or_else(|| Error::not_found("import"))
        })
        .await
}

/// Lets a draft, or a file that was checked, be read: to count what would happen, or in earnest.
pub async fn run(app: &App, scope: &Scope, id: Id<Import>, is_dry_run: bool) -> Result<Import> {
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    app.db
        .write(move |tx| {
            let mut import = imports::get(tx, &scope, id)?.ok_or_else(|| Error::not_found("import"))?;
            check_waiting(&import)?;
            let known = import.options.columns.iter().any(|column| *column != Column::Ignored);
            if !known {
                return Err(Error::conflict("nothing_mapped", "Say which column is which field first."));
            }
            import.options.is_dry_run = is_dry_run;
            if !imports::restart(tx, &scope, &import, now)? {
                return Err(not_waiting());
            }
            remember(tx, &scope, &import.options, now)?;
            note(tx, &scope, &*ids, &import, now)?;
            imports::get(tx, &scope, id)?.ok_or_else(|| Error::not_found("import"))
        })
        .await
}

fn check_waiting(import: &Import) -> Result<()> {
    match import.status {
        ImportStatus::Draft | ImportStatus::Checked => Ok(()),
        _ => Err(not_waiting()),
    }
}

fn not_waiting() -> Error {
    Error::conflict("import_started", "The import is no draft any more.")
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
                if to != ImportStatus::Cancelled && check_waiting(&import).is_ok() {
                    return Err(Error::conflict("import_waits", "The import has not been started; start it."));
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
        forget_seen(app, &import).await?;
        app.storage.remove(&import.file_key).await?;
    }
    Ok(import)
}

/// Forgets by what a dry run would know its rows again.
async fn forget_seen(app: &App, import: &Import) -> Result<()> {
    let id = import.id;
    if import.options.is_dry_run {
        while app.db.write(move |tx| imports::forget_seen(tx, id, FORGOTTEN_AT_ONCE)).await? > 0 {}
    }
    Ok(())
}
