//! What the installation does for broadcasts by itself. The server runs these in a loop, woken by `wake::BROADCAST` and
//! every few seconds.

use model::{Result, Timestamp};
use store::broadcasts;

use crate::App;

/// Contacts that one transaction turns into recipients: a few milliseconds, so that a reply is not kept waiting.
const CHUNK: usize = 1_000;

/// Recipients that one transaction takes back from each bot.
const SWEEP: i64 = 1_000;

/// Works a piece of an audience out, and takes back a piece of what was cancelled. Tells whether to call it again at once.
pub async fn freeze_step(app: &App) -> Result<bool> {
    let now = app.clock.now();
    // Looked at before it is written: an idle installation writes nothing.
    let (is_due, is_sweep_due) = app.db.read(|tx| Ok((broadcasts::is_due(tx)?, broadcasts::is_sweep_due(tx)?))).await?;
    let has_frozen = is_due && app.db.write(move |tx| broadcasts::freeze(tx, now, CHUNK)).await?;
    let has_swept = is_sweep_due && app.db.write(move |tx| broadcasts::sweep(tx, now, SWEEP)).await?;
    Ok(has_frozen || has_swept)
}

/// Starts the broadcasts whose time has come; tells when the next one is due.
pub async fn start_scheduled(app: &App) -> Result<Option<Timestamp>> {
    let now = app.clock.now();
    let next = app.db.read(broadcasts::next_due).await?;
    if next.is_none_or(|at| at > now) {
        return Ok(next);
    }
    app.db.write(move |tx| broadcasts::start_due(tx, now)).await
}
