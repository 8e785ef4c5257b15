//! Sets a bot's webhook while somebody waits for it. When that fails, the webhook doctor goes on.

use channels::telegram::{
    errors,
    outgoing::management::{self, Webhook},
};
use model::{
    Id, Result, Timestamp,
    bot::{Bot, WEBHOOK_CHECK_MS, webhook_wait_ms},
};
use secrecy::ExposeSecret;
use store::bots::webhook::{self, Failed, Secret};
use transport::Asked;

use super::telegram::patience;
use crate::App;

/// Telegram takes one setting a second of a bot: waiting that long is better than telling of a failure.
const WAIT_MAX_MS: i64 = 3_000;

/// Whether Telegram took it is noted with the bot; an error here is only ever our own.
pub(super) async fn set(app: &App, id: Id<Bot>, secret: Secret) -> Result<()> {
    let (cipher, ids, now) = (app.cipher.clone(), app.ids.clone(), app.clock.now());
    let setting = app.db.write(move |tx| webhook::begin(tx, &cipher, &*ids, id, secret, now)).await?;
    app.hooks.forget(id);
    let Some(setting) = setting else { return Ok(()) };
    let url = app.settings.webhook_url(id);
    let wanted = Webhook {
        url: &url,
        secret_token: setting.secret.expose_secret(),
        max_connections: None,
        drop_pending_updates: false,
    };
    let request = management::set_webhook(&wanted);
    let mut asked = app.bot_api.ask(&setting.token, &request, patience(app), errors::done).await;
    if let Asked::RetryAfter { after_ms: after_ms @ ..=WAIT_MAX_MS } = asked {
        app.clock.sleep_until(app.clock.now() + after_ms).await;
        asked = app.bot_api.ask(&setting.token, &request, patience(app), errors::done).await;
    }
    let now = app.clock.now();
    let failed = failure(&asked, setting.tries, now);
    app.db
        .write(move |tx| match &failed {
            None => webhook::confirm(tx, id, now, now + WEBHOOK_CHECK_MS),
            Some(failed) => webhook::fail(tx, id, failed, now),
        })
        .await?;
    app.hooks.forget(id);
    Ok(())
}

fn failure(asked: &Asked<()>, tries: i64, now: Timestamp) -> Option<Failed> {
    let words = asked.complaint()?;
    let is_token_revoked = asked.is_token_refused();
    let asked_to_wait_ms = match asked {
        Asked::RetryAfter { after_ms } => Some(*after_ms),
        _ => None,
    };
    let retry_at = now + webhook_wait_ms(tries + 1, asked_to_wait_ms, is_token_revoked);
    Some(Failed { words, retry_at, is_token_revoked })
}
