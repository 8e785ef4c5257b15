//! What can be asked of one number, and asked of Meta about it.

use channels::whatsapp::management::{self, NumberInfo};
use model::{
    Error, Id, Result, Scope,
    activity::Deed,
    bot::{Bot, NUMBER_CHECK_MS, webhook_wait_ms},
};
use secrecy::{ExposeSecret, SecretString};
use store::{
    activity,
    bots::{self, webhook::Failed},
    whatsapp::{self, NumberOverview, SetUp},
};
use transport::Asked;

use super::{patience, unreachable};
use crate::App;

/// What Meta says to a number's token.
#[derive(Debug)]
pub enum Proof {
    Good(NumberInfo),
    Refused { words: String },
}

/// Where Meta delivers, and what proves that the address is ours.
#[derive(Debug)]
pub struct Webhook {
    pub info: NumberInfo,
    pub verify_token: SecretString,
}

/// A number of the scope's tenant.
pub async fn get(app: &App, scope: &Scope, id: Id<Bot>) -> Result<NumberOverview> {
    let (scope, now) = (*scope, app.clock.now());
    app.db.read(move |tx| whatsapp::get(tx, &scope, id, now)).await?.ok_or_else(|| Error::not_found("number"))
}

/// Has Meta deliver here, whatever the state before.
pub async fn register_webhook(app: &App, scope: &Scope, id: Id<Bot>) -> Result<NumberOverview> {
    let number = get(app, scope, id).await?.number;
    set_up(app, id).await?;
    let deed = Deed::new("number.webhook_set", "number", id).named(&number.bot.name);
    let (scope_in, ids, now) = (*scope, app.ids.clone(), app.clock.now());
    app.db.write(move |tx| activity::record(tx, &scope_in, &*ids, &deed, now)).await?;
    get(app, scope, id).await
}

/// Subscribes to the account and names our address for the number, while somebody waits. When that fails, the webhook
/// doctor goes on; an error here is only ever our own.
pub(super) async fn set_up(app: &App, id: Id<Bot>) -> Result<()> {
    let (cipher, now) = (app.cipher.clone(), app.clock.now());
    let set_up = app.db.write(move |tx| whatsapp::set_up(tx, &cipher, id, now)).await?;
    app.hooks.forget(id);
    let Some(set_up) = set_up else { return Ok(()) };
    let asked = subscribe(app, id, &set_up).await;
    let (now, is_token_revoked) = (app.clock.now(), asked.is_token_refused());
    let retry_at = now + webhook_wait_ms(set_up.tries + 1, None, is_token_revoked);
    let failed = asked.complaint_of("Meta").map(|words| Failed { words, retry_at, is_token_revoked });
    app.db
        .write(move |tx| match &failed {
            None => whatsapp::confirm(tx, id, now, now + NUMBER_CHECK_MS),
            Some(failed) => whatsapp::fail(tx, id, failed, now),
        })
        .await?;
    app.hooks.forget(id);
    Ok(())
}

async fn subscribe(app: &App, id: Id<Bot>, set_up: &SetUp) -> Asked<()> {
    let request = management::subscribe(&set_up.waba_id);
    let subscribed = app.graph_api.ask(&set_up.token, &request, patience(app), management::done).await;
    if !matches!(subscribed, Asked::Ok(())) {
        return subscribed;
    }
    let url = app.settings.number_webhook_url(id);
    let request = management::set_webhook(&set_up.phone_number_id, &url, set_up.verify_token.expose_secret());
    app.graph_api.ask(&set_up.token, &request, patience(app), management::done).await
}

/// Asks Meta whether the token is good, and notes the answer.
pub async fn prove(app: &App, scope: &Scope, id: Id<Bot>) -> Result<Proof> {
    match ask(app, scope, id).await? {
        Asked::Ok(info) => {
            let (said, now) = (info.clone(), app.clock.now());
            app.db
                .write(move |tx| {
                    let words = (said.display_phone_number.as_str(), said.verified_name.as_str());
                    whatsapp::look(tx, id, (words.0, words.1, said.quality_rating.as_deref()), now)?;
                    bots::clear_token_revoked(tx, id, now)
                })
                .await?;
            Ok(Proof::Good(info))
        }
        Asked::Refused { code, description } => {
            let (words, now) = (description.clone(), app.clock.now());
            if code == 401 {
                app.db.write(move |tx| bots::mark_token_revoked(tx, id, &words, now)).await?;
            }
            Ok(Proof::Refused { words: description })
        }
        other => Err(unreachable(&other)),
    }
}

/// Asks Meta where it delivers.
pub async fn webhook_info(app: &App, scope: &Scope, id: Id<Bot>) -> Result<Webhook> {
    let info = match ask(app, scope, id).await? {
        Asked::Ok(info) => info,
        Asked::Refused { description, .. } => {
            let words = format!("Meta refuses the number's token: {description}. Set a new one with PATCH.");
            return Err(Error::conflict("token_revoked", words));
        }
        other => return Err(unreachable(&other)),
    };
    let cipher = app.cipher.clone();
    let token = app.db.read(move |tx| whatsapp::verify_token(tx, &cipher, id)).await?;
    Ok(Webhook { info, verify_token: token.ok_or_else(|| Error::not_found("number"))? })
}

async fn ask(app: &App, scope: &Scope, id: Id<Bot>) -> Result<Asked<NumberInfo>> {
    let number = get(app, scope, id).await?.number;
    let token = token(app, id).await?;
    let request = management::number(&number.phone_number_id);
    Ok(app.graph_api.ask(&token, &request, patience(app), management::number_info).await)
}

pub(super) async fn token(app: &App, id: Id<Bot>) -> Result<SecretString> {
    let cipher = app.cipher.clone();
    app.db.read(move |tx| bots::token(tx, &cipher, id)).await?.ok_or_else(|| Error::not_found("number"))
}
