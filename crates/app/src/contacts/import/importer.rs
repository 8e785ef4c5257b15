//! What reads the files: one stretch at a time, each in one transaction with the note of how far it got. So a crash or a
//! stop loses nothing and doubles nothing.

use model::{
    Error, Result, Timestamp,
    contact::import::{Import, ImportStatus},
};
use store::{db::Tx, imports};
use tokio::select;
use tokio_util::sync::CancellationToken;

use super::{
    DRAFT_MS,
    batch::Batch,
    rows::{self, RawRow},
};
use crate::{App, contacts::edit};

/// Rows in one transaction, so that others get their turn.
const ROWS_MAX: usize = 500;
/// Bytes that are looked at for them; no row may be longer.
const STRETCH_BYTES: i64 = 256 << 10;
/// How long others leave an import alone that somebody works on.
const LEASE_MS: i64 = 30_000;
/// How often to look for work when nobody says that there is some.
const LOOK_MS: i64 = 5_000;
/// How many forsaken drafts are given up at a time.
const FORSAKEN_MAX: i64 = 100;

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
            if let Err(error) = self.give_up_drafts().await {
                tracing::warn!(?error, "forsaken drafts of imports could not be given up now; it is tried again");
            }
            let later = self.0.clock.sleep_until(self.0.clock.now() + LOOK_MS);
            select! {
                () = stop.cancelled() => return,
                _ = wakes.recv() => {}
                () = later => {}
            }
        }
    }

    /// Gives drafts up that nobody came back to, with their files.
    pub async fn give_up_drafts(&self) -> Result<()> {
        let (app, now) = (&self.0, self.0.clock.now());
        let old = app.db.read(move |tx| imports::forsaken(tx, now - DRAFT_MS, FORSAKEN_MAX)).await?;
        for imports::Forsaken { names, file_key, status } in old {
            let reason = "Nobody came back to it for 7 days.";
            let steps = (status, ImportStatus::Cancelled);
            // Whoever started it in this moment goes on.
            if app.db.write(move |tx| imports::set_status(tx, names, steps, Some(reason), now)).await? {
                app.storage.remove(&file_key).await?;
            }
        }
        Ok(())
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
            return self.finish(&import, None).await;
        }
        let range = import.next_byte.unsigned_abs()..(import.next_byte + length).unsigned_abs();
        let Some(bytes) = app.storage.get_range(&import.file_key, range).await? else {
            return self.finish(&import, Some("The uploaded file is gone.")).await;
        };
        let is_file_end = import.next_byte + length == import.file_bytes;
        let form = (import.options.separator, import.options.encoding);
        let found = rows::parse(&bytes, form, is_file_end, ROWS_MAX);
        match found.last() {
            Some(last) => self.write(import, last.end, found, now).await,
            // Nothing but empty lines is left.
            None if is_file_end => self.finish(&import, None).await,
            None => {
                let words = format!("Row {} is longer than {STRETCH_BYTES} bytes.", import.tally.read + 2);
                self.finish(&import, Some(&words)).await
            }
        }
    }

    /// Ends an import: for good, or until somebody starts what was only checked.
    async fn finish(&self, import: &Import, fault: Option<&str>) -> Result<bool> {
        let (app, now, names) = (&self.0, self.0.clock.now(), (import.tenant, import.id));
        let is_checked = import.options.is_dry_run && import.options.is_by_hand;
        let to = match fault {
            Some(_) => ImportStatus::Failed,
            None if is_checked => ImportStatus::Checked,
            None => ImportStatus::Completed,
        };
        let reason = fault.map(str::to_owned);
        let steps = (ImportStatus::Running, to);
        super::forget_seen(app, import).await?;
        let is_ours = app.db.write(move |tx| imports::set_status(tx, names, steps, reason.as_deref(), now)).await?;
        if is_ours && to.is_final() {
            app.storage.remove(&import.file_key).await?;
        }
        Ok(true)
    }

    async fn write(&self, import: Import, length: i64, found: Vec<RawRow>, began: Timestamp) -> Result<bool> {
        let (app, now, ids) = (&self.0, self.0.clock.now(), self.0.ids.clone());
        let next_byte = import.next_byte + length;
        let clock = app.clock.clone();
        let body = move |tx: &mut Tx| {
            let batch = Batch::run(tx, &*ids, &import, &found, now)?;
            let outcome = (batch.tally, batch.refused.as_slice());
            let worked_ms = clock.now().since(began).max(0);
            if !imports::advance(tx, &import, next_byte, outcome, worked_ms, now)? {
                return Err(Error::conflict("import_stopped", "The import was stopped meanwhile."));
            }
            // A dry run writes nobody, so nobody changed.
            match import.options.is_dry_run {
                true => Ok(()),
                false => edit::announce(tx, &batch.scope, &batch.changed(), now),
            }
        };
        match app.db.write(body).await {
            Err(error) if error.code() == "import_stopped" => Ok(true),
            outcome => outcome.map(|()| true),
        }
    }
}
