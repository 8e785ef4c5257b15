//! Changes a number, and removes it. A new token is proven first.

use std::time::Duration;

use channels::whatsapp::management;
use model::{
    Error, Id, Rate, Result, Scope, Timestamp,
    activity::Deed,
    bot::{Bot, webhook_wait_ms},
};
use secrecy::SecretString;
use store::{
    activity,
    bots::{self, Changes, doctor},
    db::Tx,
    whatsapp::{self, NumberOverview},
};
use transport::Asked;

use super::{
    actions,
    register::{check_secret, checked_verify_token, owner_of, shown},
};
use crate::{App, secrets};

/// How long somebody who removes a number waits for Meta; after that it goes on in the background.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is to change; `None` leaves a field as it is.
#[derive(Debug, Default)]
pub struct Change {
    pub name: Option<String>,
    pub daily_limit: Option<i64>,
    pub is_active: Option<bool>,
    /// `Some(None)`: the channel's limit from now on.
    pub rate_limit: Option<Option<Rate>>,
    pub token: Option<SecretString>,
    pub app_secret: Option<SecretString>,
    pub verify_token: Option<SecretString>,
}

/// Changes a number of the scope's tenant.
pub async fn change(app: &App, scope: &Scope, id: Id<Bot>, change: Change) -> Result<NumberOverview> {
    let before = actions::get(app, scope, id).await?.number;
    change.app_secret.as_ref().map(|secret| check_secret("app_secret", secret)).transpose()?;
    change.verify_token.as_ref().map(checked_verify_token).transpose()?;
    let token = match &change.token {
        Some(token) => {
            owner_of(app, &before.phone_number_id, token).await?;
            Some(bots::seal_token(&app.cipher, &*app.ids, id, token)?)
        }
        None => None,
    };
    let needs_setting = token.is_some() || change.verify_token.is_some();
    let changes = Changes {
        name: change.name,
        username: None,
        is_active: change.is_active,
        daily_limit: change.daily_limit,
        rate_limit: change.rate_limit,
    };
    let (scope_in, now, cipher, ids) = (*scope, app.clock.now(), app.cipher.clone(), app.ids.clone());
    let write = move |tx: &mut Tx| {
        let before = held(tx, &scope_in, id, now)?;
        if !bots::update(tx, &scope_in, id, &changes, now)? {
            return Err(Error::not_found("number"));
        }
        if let Some((sealed, hint)) = &token {
            bots::replace_token(tx, &scope_in, id, (sealed, hint), now)?;
        }
        let secrets = (change.app_secret.as_ref(), change.verify_token.as_ref());
        whatsapp::replace_secrets(tx, &cipher, &*ids, id, secrets)?;
        let replaced = [secrets.0.map(|_| "app_secret"), secrets.1.map(|_| "verify_token")];
        let replaced: Vec<&str> = replaced.into_iter().flatten().collect();
        let after = held(tx, &scope_in, id, now)?;
        let (was, is) = (shown(&before, &[]), shown(&after, &replaced));
        if was != is {
            let deed = Deed::new("number.changed", "number", id).named(&after.name);
            activity::record(tx, &scope_in, &*ids, &deed.changed(&was, &is), now)?;
        }
        Ok(())
    };
    app.db.write(write).await?;
    app.hooks.forget(id);
    if needs_setting {
        actions::set_up(app, id).await?;
    }
    actions::get(app, scope, id).await
}

fn held(tx: &mut Tx, scope: &Scope, id: Id<Bot>, now: Timestamp) -> Result<Bot> {
    Ok(whatsapp::get(tx, scope, id, now)?.ok_or_else(|| Error::not_found("number"))?.number.bot)
}

/// Removes a number of the scope's tenant, also when Meta is away. What it sent and got is kept.
pub async fn remove(app: &App, scope: &Scope, id: Id<Bot>) -> Result<()> {
    let number = actions::get(app, scope, id).await?.number;
    let token = secrets::readable(actions::token(app, id).await)?;
    let (scope, now, ids, name) = (*scope, app.clock.now(), app.ids.clone(), number.bot.name.clone());
    let write = move |tx: &mut Tx| {
        if !bots::remove(tx, &scope, id, now)? {
            return Err(Error::not_found("number"));
        }
        let deed = Deed::new("number.removed", "number", id).named(&name);
        activity::record(tx, &scope, &*ids, &deed, now)
    };
    app.db.write(write).await?;
    app.hooks.forget(id);
    let request = management::set_webhook(&number.phone_number_id, "", "");
    let complaint = match token {
        Some(token) => match app.graph_api.ask(&token, &request, PATIENCE, management::done).await {
            // It is not ours any more, or Meta has it no more.
            Asked::Refused { .. } => None,
            other => other.complaint_of("Meta"),
        },
        None => Some("The number's token can't be read with the keys that are set.".to_owned()),
    };
    let now = app.clock.now();
    let noted = app.db.write(move |tx| match &complaint {
        None => doctor::forget(tx, id, now),
        Some(words) => doctor::removal_failed(tx, id, words, now + webhook_wait_ms(1, None, false)),
    });
    // The number is removed; that its address may be gone at Meta already, the doctor finds out.
    if let Err(error) = noted.await {
        tracing::warn!(error = ?error, bot.id = %id, "The removal of a webhook could not be noted; it is tried again.");
    }
    Ok(())
}
