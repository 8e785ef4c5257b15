//! Changes a bot. A new token is proven first; a webhook that is needed because of the change is set after it.

use model::{
    Error, Id, Rate, Result, Scope, Timestamp,
    activity::Deed,
    bot::{Bot, ReceiveMode},
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use store::{
    activity,
    bots::{self, Changes, Overview, webhook::Secret},
    db::Tx,
    settings,
};

use super::{actions, telegram, webhook};
use crate::{App, secrets};

/// What is to change; `None` leaves a field as it is.
#[derive(Debug, Default)]
pub struct Change {
    pub name: Option<String>,
    pub daily_limit: Option<i64>,
    pub is_active: Option<bool>,
    /// `Some(None)`: the installation's limit from now on.
    pub rate_limit: Option<Option<Rate>>,
    pub receive_mode: Option<ReceiveMode>,
    /// Another token of the same bot.
    pub token: Option<SecretString>,
}

/// A token that was proven to be the bot's.
struct NewToken {
    sealed: Vec<u8>,
    hint: String,
    username: String,
}

/// Changes a bot of the scope's tenant.
pub async fn change(app: &App, scope: &Scope, id: Id<Bot>, change: Change) -> Result<Overview> {
    let before = actions::get(app, scope, id).await?.bot;
    let token = match change.token {
        Some(token) => proven(app, &before, token).await?,
        None => None,
    };
    let changes = Changes {
        name: change.name,
        username: token.as_ref().map(|token| token.username.clone()),
        is_active: change.is_active,
        daily_limit: change.daily_limit,
        rate_limit: change.rate_limit,
    };
    let (scope_in, now, mode, ids) = (*scope, app.clock.now(), change.receive_mode, app.ids.clone());
    let has_new_token = token.is_some();
    let write = move |tx: &mut Tx| {
        let before = held(tx, &scope_in, id, now)?;
        if !bots::update(tx, &scope_in, id, &changes, now)? {
            return Err(Error::not_found("bot"));
        }
        if let Some(NewToken { sealed, hint, .. }) = &token {
            bots::replace_token(tx, &scope_in, id, (sealed, hint), now)?;
            if !settings::get(tx, &scope_in)?.automation.commands.is_empty() {
                bots::menu::want(tx, id, now)?;
            }
        }
        let has_new_mode = mode.map_or(Ok(false), |mode| bots::set_receive_mode(tx, &scope_in, id, mode, now))?;
        let (before, after) = (shown(&before), shown(&held(tx, &scope_in, id, now)?));
        if before != after {
            let deed = Deed::new("bot.changed", "bot", id).named(after["name"].as_str().unwrap_or_default());
            activity::record(tx, &scope_in, &*ids, &deed.changed(&before, &after), now)?;
        }
        Ok(has_new_mode)
    };
    let has_new_mode = app.db.write(write).await?;
    app.hooks.forget(id);
    let after = actions::get(app, scope, id).await?;
    if after.bot.receive_mode == ReceiveMode::Polling || !(has_new_mode || has_new_token) {
        return Ok(after);
    }
    webhook::set(app, id, Secret::Renew).await?;
    actions::get(app, scope, id).await
}

fn held(tx: &mut Tx, scope: &Scope, id: Id<Bot>, now: Timestamp) -> Result<Bot> {
    Ok(bots::get(tx, scope, id, now)?.ok_or_else(|| Error::not_found("bot"))?.bot)
}

/// A bot as the activity log keeps it: of its token only the end.
fn shown(bot: &Bot) -> Value {
    json!({"name": bot.name, "is_active": bot.is_active, "daily_limit": bot.daily_limit, "bot_token": bot.token_hint,
        "rate_limit": bot.rate_limit.map(|rate| rate.to_string()), "receive_mode": bot.receive_mode.as_str()})
}

/// `None` when it is the token that we have already.
async fn proven(app: &App, bot: &Bot, token: SecretString) -> Result<Option<NewToken>> {
    let (cipher, id) = (app.cipher.clone(), bot.id);
    let current = app.db.read(move |tx| bots::token(tx, &cipher, id)).await;
    let current = secrets::readable(current)?.flatten();
    if current.is_some_and(|current| current.expose_secret() == token.expose_secret()) {
        return Ok(None);
    }
    let me = telegram::owner_of(app, &token).await?;
    if me.id != bot.bot_user_id {
        return Err(telegram::invalid_token("This is the token of another bot. Register that one by itself."));
    }
    let (sealed, hint) = bots::seal_token(&app.cipher, &*app.ids, id, &token)?;
    Ok(Some(NewToken { sealed, hint, username: me.username }))
}
