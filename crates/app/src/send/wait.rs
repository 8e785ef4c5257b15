//! Waiting for what becomes of a message, for callers who want the outcome in the same answer.

use model::{Error, Id, Result, Scope, Timestamp, message::Message};
use store::{db::Wake, deliveries, messages, wake};

use crate::App;

/// How long to wait between looks when nothing wakes us.
const LOOK_MS: i64 = 500;

/// The message once nothing is owed for it before `until`, or as it is then; the flag says which.
pub async fn settled(app: &App, scope: &Scope, id: Id<Message>, until: Timestamp) -> Result<(Message, bool)> {
    // Listen before looking: a change between the two would otherwise be noticed late.
    let mut wakes = app.db.listen(wake::FEED);
    loop {
        let scope = *scope;
        let (message, is_owed) = app
            .db
            .read(move |tx| {
                let message = messages::get(tx, &scope, id)?.ok_or_else(|| Error::not_found("message"))?;
                Ok((message, deliveries::is_owed(tx, &scope, id, until)?))
            })
            .await?;
        let now = app.clock.now();
        if !is_owed || now >= until {
            return Ok((message, !is_owed));
        }
        let rest = app.clock.sleep_until(until.min(now + LOOK_MS));
        tokio::select! {
            Wake::Payload(_) | Wake::Missed = wakes.recv() => {}
            () = rest => {}
        }
    }
}
