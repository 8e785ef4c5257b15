//! Removes a bot: out of sight at once, its webhook now or later, its token after that. What it sent and got is kept.

use std::time::Duration;

use channels::telegram::{errors, outgoing::management};
use model::{
    Error, Id, Result, Scope,
    activity::Deed,
    bot::{Bot, webhook_wait_ms},
};
use store::{
    activity,
    bots::{self, doctor},
};
use transport::Asked;

use crate::{App, secrets};

/// How long somebody who removes a bot waits for Telegram; after that it goes on in the background.
const PATIENCE: Duration = Duration::from_secs(5);

/// Removes a bot of the scope's tenant, also when Telegram is away.
pub async fn remove(app: &App, scope: &Scope, id: Id<Bot>) -> Result<()> {
    let (scope, cipher, now, ids) = (*scope, app.cipher.clone(), app.clock.now(), app.ids.clone());
    let removed = app
        .db
        .write(move |tx| {
            let token = secrets::readable(bots::token(tx, &cipher, id))?.flatten();
            let known = bots::get(tx, &scope, id, now)?;
            if !bots::remove(tx, &scope, id, now)? {
                return Ok(None);
            }
            if let Some(known) = known {
                let deed = Deed::new("bot.removed", "bot", id).named(&known.bot.name);
                activity::record(tx, &scope, &*ids, &deed, now)?;
            }
            Ok(Some(token))
        })
        .await?;
    let token = removed.ok_or_else(|| Error::not_found("bot"))?;
    app.hooks.forget(id);
    let complaint = match token {
        Some(token) => complaint(&app.bot_api.ask(&token, &management::delete_webhook(), PATIENCE, errors::done).await),
        None => Some("The bot's token can't be read with the keys that are set.".to_owned()),
    };
    let now = app.clock.now();
    let noted = app.db.write(move |tx| match &complaint {
        None => doctor::forget(tx, id, now),
        Some(words) => doctor::removal_failed(tx, id, words, now + webhook_wait_ms(1, None, false)),
    });
    // The bot is removed; that its webhook may be gone already, the doctor finds out.
    if let Err(error) = noted.await {
        tracing::warn!(error = ?error, bot.id = %id, "The removal of a webhook could not be noted; it is tried again.");
    }
    Ok(())
}

/// A token that Telegram refuses has no webhook any more.
fn complaint(asked: &Asked<()>) -> Option<String> {
    if asked.is_token_refused() { None } else { asked.complaint() }
}
