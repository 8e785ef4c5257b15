//! What reads the files: one stretch at a time, each in one transaction with the note of how far it got. So a crash or a
//! stop loses nothing and doubles nothing.

use model::{
    Error, ErrorKind, Id, Ids, Result, Scope, Timestamp,
    contact::{
        Contact, ContactKind, Source,
        import::{Import, ImportStatus, Row, Tally},
    },
};
use store::{
    contacts,
    db::Tx,
    imports::{self, Refused},
};
use tokio::select;
use tokio_util::sync::CancellationToken;

use super::rows::{self, RawRow};
use crate::{
    App,
    contacts::{
        attributes,
        edit::{self, announce},
    },
};

/// Rows in one transaction, so that others get their turn.
const ROWS_MAX: usize = 200;
/// Bytes that are looked at for them; no row may be longer.
const STRETCH_BYTES: i64 = 128 << 10;
/// How long others leave an import alone that somebody works on.
const LEASE_MS: i64 = 30_000;
/// How often to look for work when nobody says that there is some.
const LOOK_MS: i64 = 5_000;
/// How much of a refused row is kept.
const LINE_CHARS_MAX: usize = 2_000;

/// Runs every import of the installation, one stretch after the other.
#[derive(Debug, Clone)]
pub struct Importer(pub App);

impl Importer {
    /// Works until `stop`.
    pub async fn run(self, stop: CancellationToken) {
        let mut wakes = self.0.db.listen(imports::CHANNEL);
        while !stop.is_cancelled() {
            match self.step().await {
                Ok(true) => continue,
                Ok(false) => {}
                Err(error) => tracing::error!(?error, "an import could not go on now; it is tried again"),
            }
            let later = self.0.clock.sleep_until(self.0.clock.now() + LOOK_MS);
            select! {
                () = stop.cancelled() => return,
                _ = wakes.recv() => {}
                () = later => {}
            }
        }
    }

    /// Reads one stretch of one import. `false`: there is none to read.
    pub async fn step(&self) -> Result<bool> {
        let (app, now) = (&self.0, self.0.clock.now());
        if !app.db.read(move |tx| imports::is_due(tx, now)).await? {
            return Ok(false);
        }
        let Some(import) = app.db.write(move |tx| imports::claim(tx, now, now + LEASE_MS)).await? else {
            return Ok(false);
        };
        let length = (import.file_bytes - import.next_byte).min(STRETCH_BYTES);
        if length <= 0 {
            return self.finish(&import, ImportStatus::Completed, None).await;
        }
        let range = import.next_byte.unsigned_abs()..(import.next_byte + length).unsigned_abs();
        let Some(bytes) = app.storage.get_range(&import.file_key, range).await? else {
            return self.finish(&import, ImportStatus::Failed, Some("The uploaded file is gone.")).await;
        };
        let is_file_end = import.next_byte + length == import.file_bytes;
        let found = rows::parse(&bytes, import.options.separator, is_file_end, ROWS_MAX);
        match found.last() {
            Some(last) => self.write(import, last.end, found).await,
            // Nothing but empty lines is left.
            None if is_file_end => self.finish(&import, ImportStatus::Completed, None).await,
            None => {
                let words = format!("Row {} is longer than {STRETCH_BYTES} bytes.", import.tally.read + 2);
                self.finish(&import, ImportStatus::Failed, Some(&words)).await
            }
        }
    }

    async fn finish(&self, import: &Import, to: ImportStatus, reason: Option<&str>) -> Result<bool> {
        let (app, now, names) = (&self.0, self.0.clock.now(), (import.tenant, import.id));
        let reason = reason.map(str::to_owned);
        let from = ImportStatus::Running;
        app.db.write(move |tx| imports::set_status(tx, names, (from, to), reason.as_deref(), now)).await?;
        app.storage.remove(&import.file_key).await?;
        Ok(true)
    }

    async fn write(&self, import: Import, length: i64, found: Vec<RawRow>) -> Result<bool> {
        let (app, now, ids) = (&self.0, self.0.clock.now(), self.0.ids.clone());
        let next_byte = import.next_byte + length;
        let body = move |tx: &mut Tx| {
            let mut stretch = Stretch::new(&import, now);
            for row in &found {
                stretch.take(tx, &*ids, row)?;
            }
            let outcome = (stretch.tally, stretch.refused.as_slice());
            // A lease of nothing: whoever is free goes on.
            if !imports::advance(tx, &import, next_byte, outcome, now, now)? {
                return Err(Error::conflict("import_stopped", "The import was stopped meanwhile."));
            }
            announce(tx, &stretch.scope, &stretch.changed, now)
        };
        match app.db.write(body).await {
            Err(error) if error.code() == "import_stopped" => Ok(true),
            outcome => outcome.map(|()| true),
        }
    }
}

/// What one transaction does.
struct Stretch<'a> {
    import: &'a Import,
    scope: Scope,
    now: Timestamp,
    tally: Tally,
    refused: Vec<Refused>,
    changed: Vec<Id<Contact>>,
}

/// What became of a row.
enum Done {
    Created(Id<Contact>),
    Updated(Id<Contact>),
    Unchanged,
}

impl<'a> Stretch<'a> {
    fn new(import: &'a Import, now: Timestamp) -> Self {
        let scope = Scope::system(import.tenant);
        Self { import, scope, now, tally: Tally::default(), refused: Vec::new(), changed: Vec::new() }
    }

    fn take(&mut self, tx: &mut Tx, ids: &dyn Ids, raw: &RawRow) -> Result<()> {
        self.tally.read += 1;
        let row = raw.cells.as_ref().map_err(|_| Error::invalid("The row is not UTF-8 text."));
        let row = row.and_then(|cells| match cells.iter().any(|cell| cell.contains('\0')) {
            true => Err(Error::invalid("The character U+0000 is not allowed.")),
            false => Row::read(&self.import.options, cells),
        });
        match row.and_then(|row| self.apply(tx, ids, row)) {
            Ok(Done::Created(id)) => {
                self.tally.created += 1;
                self.changed.push(id);
            }
            Ok(Done::Updated(id)) => {
                self.tally.updated += 1;
                self.changed.push(id);
            }
            Ok(Done::Unchanged) => self.tally.unchanged += 1,
            Err(error) if matches!(error.kind(), ErrorKind::Invalid | ErrorKind::Conflict) => self.refuse(raw, &error),
            Err(error) => return Err(error),
        }
        Ok(())
    }

    fn refuse(&mut self, raw: &RawRow, error: &Error) {
        self.tally.failed += 1;
        let line = match &raw.cells {
            Ok(cells) => cells.join(","),
            Err(shown) => shown.clone(),
        };
        let clean = |text: &str| text.replace('\0', "\u{fffd}").chars().take(LINE_CHARS_MAX).collect();
        let reasons: Vec<String> =
            error.field_errors().iter().map(|(name, said)| format!("{name}: {}", said.join(" "))).collect();
        let reason = if reasons.is_empty() { error.message().to_owned() } else { reasons.join(" ") };
        // The header is row 1.
        let row_number = self.import.tally.read + self.tally.read + 1;
        self.refused.push(Refused { row_number, reason: clean(&reason), line: clean(&line) });
    }

    /// Everything is judged before anything is written: after a refused row the transaction goes on.
    fn apply(&self, tx: &mut Tx, ids: &dyn Ids, row: Row) -> Result<Done> {
        let options = &self.import.options;
        let known = self.known(tx, &row)?;
        let (mut contact, before) = match known {
            Some(contact) => (contact.clone(), Some(contact)),
            None if row.id.is_some() => return Err(Error::field("id", "There is no such contact.")),
            None => {
                let tenant = self.import.tenant;
                (Contact::new(ids.id(), tenant, ContactKind::Person, Source::Import, self.now), None)
            }
        };
        let change = match &before {
            Some(before) => row.change_of(before, options.policy),
            None => row.change,
        };
        change.apply(&mut contact)?;
        attributes::settle(tx, &self.scope, before.as_ref(), &mut contact)?;
        if before.as_ref() == Some(&contact) {
            return Ok(Done::Unchanged);
        }
        edit::check_somebody(&contact)?;
        edit::check(tx, &self.scope, before.as_ref(), &contact)?;
        contact.updated_at = self.now;
        if !options.is_dry_run {
            edit::write(tx, &self.scope, ids, before.as_ref(), &contact, self.now)?;
        }
        Ok(match before {
            Some(_) => Done::Updated(contact.id),
            None => Done::Created(contact.id),
        })
    }

    /// The contact that a row means: by the surest thing that it says.
    fn known(&self, tx: &mut Tx, row: &Row) -> Result<Option<Contact>> {
        let (scope, change) = (&self.scope, &row.change);
        let given = |field: &Option<Option<String>>| field.clone().flatten();
        let mut found = row.id.into_iter().collect::<Vec<_>>();
        if found.is_empty()
            && let Some(id) = change.telegram_chat_id.flatten()
        {
            found = contacts::by_telegram_chat_id(tx, scope, id)?;
        }
        if found.is_empty()
            && let Some(phone) = given(&change.phone)
        {
            found = contacts::by_phone(tx, scope, &phone)?;
        }
        if found.is_empty()
            && let Some(email) = given(&change.email)
        {
            found = contacts::by_email(tx, scope, &email)?;
        }
        found.first().map_or(Ok(None), |id| contacts::get(tx, scope, *id))
    }
}
