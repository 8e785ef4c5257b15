//! What can be asked of one bot, and asked of Telegram about it.

use channels::telegram::{
    errors::{self, Me, WebhookInfo},
    outgoing::management,
};
use model::{
    Error, Id, Result, Scope,
    activity::Deed,
    bot::{Bot, ReceiveMode},
};
use secrecy::SecretString;
use store::{
    activity,
    bots::{self, Overview, webhook::Secret},
};
use transport::Asked;

use super::{
    telegram::{patience, unreachable},
    webhook,
};
use crate::App;

/// What Telegram says to a bot's token.
#[derive(Debug)]
pub enum Proof {
    Good(Me),
    Refused { code: i64, words: String },
}

/// A bot of the scope's tenant.
pub async fn get(app: &App, scope: &Scope, id: Id<Bot>) -> Result<Overview> {
    let (scope, now) = (*scope, app.clock.now());
    app.db.read(move |tx| bots::get(tx, &scope, id, now)).await?.ok_or_else(|| Error::not_found("bot"))
}

/// Sets the webhook now, whatever its state; the secret stays.
pub async fn register_webhook(app: &App, scope: &Scope, id: Id<Bot>) -> Result<Overview> {
    let bot = get(app, scope, id).await?.bot;
    if bot.receive_mode == ReceiveMode::Polling {
        return Err(Error::conflict(
            "bot_polls",
            "This bot fetches its Updates by polling. Set receive_mode to webhook, and the webhook is set with it.",
        ));
    }
    let (by, ids, now) = (*scope, app.ids.clone(), app.clock.now());
    let deed = Deed::new("bot.webhook_set", "bot", id).named(&bot.name);
    app.db.write(move |tx| activity::record(tx, &by, &*ids, &deed, now)).await?;
    webhook::set(app, id, Secret::Keep).await?;
    get(app, scope, id).await
}

/// Asks Telegram whether the token is good, and notes the answer.
pub async fn prove(app: &App, scope: &Scope, id: Id<Bot>) -> Result<Proof> {
    let token = token(app, scope, id).await?;
    let now = app.clock.now();
    match app.bot_api.ask(&token, &management::get_me(), patience(app), errors::me).await {
        Asked::Ok(me) => {
            app.db.write(move |tx| bots::clear_token_revoked(tx, id, now)).await?;
            Ok(Proof::Good(me))
        }
        Asked::Refused { code, description } => {
            let words = description.clone();
            app.db.write(move |tx| bots::mark_token_revoked(tx, id, &words, now)).await?;
            Ok(Proof::Refused { code, words: description })
        }
        other => Err(unreachable(&other)),
    }
}

/// Asks Telegram what it knows of the webhook.
pub async fn webhook_info(app: &App, scope: &Scope, id: Id<Bot>) -> Result<WebhookInfo> {
    let token = token(app, scope, id).await?;
    match app.bot_api.ask(&token, &management::get_webhook_info(), patience(app), errors::webhook_info).await {
        Asked::Ok(info) => Ok(info),
        Asked::Refused { description, .. } => Err(Error::conflict(
            "token_revoked",
            format!("Telegram refuses the bot's token: {description}. Set its new token with PATCH."),
        )),
        other => Err(unreachable(&other)),
    }
}

async fn token(app: &App, scope: &Scope, id: Id<Bot>) -> Result<SecretString> {
    get(app, scope, id).await?;
    let cipher = app.cipher.clone();
    app.db.read(move |tx| bots::token(tx, &cipher, id)).await?.ok_or_else(|| Error::not_found("bot"))
}
