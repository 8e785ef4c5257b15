//! Registers a bot: prove the token, save the bot, set the webhook.

use channels::telegram::errors::Me;
use model::{
    Error, Id, Platform, Rate, Result, Scope,
    activity::Deed,
    bot::{Bot, DAILY_LIMIT_DEFAULT, ReceiveMode, WebhookStatus},
};
use secrecy::SecretString;
use store::{
    activity,
    bots::{self, NewBot, Overview, webhook::Secret},
    settings,
};

use super::{actions, telegram, webhook};
use crate::App;

/// What a new bot is to be; `None` leaves the choice to us.
#[derive(Debug)]
pub struct Register {
    /// Telegram's name for the bot when there is none.
    pub name: Option<String>,
    pub token: SecretString,
    pub daily_limit: Option<i64>,
    pub rate_limit: Option<Rate>,
    pub receive_mode: Option<ReceiveMode>,
}

/// Registers a bot for the scope's tenant. Whether its webhook could be set is told by its status.
pub async fn register(app: &App, scope: &Scope, new: Register) -> Result<Overview> {
    let me = telegram::owner_of(app, &new.token).await?;
    let id = app.ids.id();
    let (sealed_token, token_hint) = bots::seal_token(&app.cipher, &*app.ids, id, &new.token)?;
    let bot = Bot { token_hint, ..bot(app, scope, id, new, me) };
    let mode = bot.receive_mode;
    let row = NewBot { bot, sealed_token };
    let (by, ids, now) = (*scope, app.ids.clone(), app.clock.now());
    let write = move |tx: &mut store::db::Tx| {
        if !bots::insert(tx, &row)? {
            return Ok(false);
        }
        if !settings::get(tx, &by)?.automation.commands.is_empty() {
            bots::menu::want(tx, row.bot.id, now)?;
        }
        let deed = Deed::new("bot.registered", "bot", row.bot.id).named(&row.bot.name);
        activity::record(tx, &by, &*ids, &deed, now)?;
        Ok(true)
    };
    if !app.db.write(write).await? {
        return Err(Error::conflict("bot_already_registered", "This Telegram bot is already registered."));
    }
    if mode == ReceiveMode::Webhook {
        webhook::set(app, id, Secret::Renew).await?;
    }
    actions::get(app, scope, id).await
}

fn bot(app: &App, scope: &Scope, id: Id<Bot>, new: Register, me: Me) -> Bot {
    let receive_mode = new.receive_mode.unwrap_or_else(|| default_mode(app));
    let telegrams_name = if me.first_name.is_empty() { me.username.clone() } else { me.first_name };
    let now = app.clock.now();
    Bot {
        id,
        tenant: scope.tenant(),
        platform: Platform::Telegram,
        name: new.name.unwrap_or(telegrams_name),
        bot_user_id: me.id,
        username: me.username,
        token_hint: String::new(),
        is_active: true,
        daily_limit: new.daily_limit.unwrap_or(DAILY_LIMIT_DEFAULT),
        rate_limit: new.rate_limit,
        receive_mode,
        webhook_status: match receive_mode {
            ReceiveMode::Webhook => WebhookStatus::Pending,
            ReceiveMode::Polling => WebhookStatus::None,
        },
        webhook_error: None,
        created_at: now,
        updated_at: now,
    }
}

/// How a bot gets its Updates unless its tenant says. Telegram's own server delivers to public https addresses only; without one, Updates are fetched.
pub fn default_mode(app: &App) -> ReceiveMode {
    if app.bot_api.is_telegram() && !app.settings.base_url.starts_with("https://") {
        ReceiveMode::Polling
    } else {
        ReceiveMode::Webhook
    }
}
