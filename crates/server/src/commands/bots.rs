//! `bot`: register, list, check and remove.

use std::io::Read;

use app::bots::{self, Proof, Register};
use model::{Error, Permission, Result};
use secrecy::SecretString;
use serde_json::{Value, json};
use store::bots::Overview;

use super::{Context, id};
use crate::cli::BotCmd;

pub async fn bot(context: &Context, command: BotCmd) -> Result<()> {
    let app = &context.app;
    match command {
        BotCmd::Add { tenant, token, name, daily_limit } => {
            let scope = context.caller(&tenant).await?.require(Permission::Manage)?;
            let token = token.map_or_else(read_token, |token| Ok(token.into()))?;
            let new = Register { name, token, daily_limit, rate_limit: None, receive_mode: None };
            show(context, &bots::register(app, &scope, new).await?)
        }
        BotCmd::List { tenant } => {
            let scope = context.caller(&tenant).await?.require(Permission::Read)?;
            let now = app.clock.now();
            let found = app.db.read(move |tx| store::bots::all(tx, &scope, now)).await?;
            let rows: Vec<Value> = found.iter().map(document).collect();
            let none = "There are no bots. Get a token from @BotFather, then: jina-connect bot add --help";
            context.output.list(&rows, line, none)
        }
        BotCmd::Check { tenant, id: text } => {
            let scope = context.caller(&tenant).await?.require(Permission::Manage)?;
            let bot = id(&text)?;
            match bots::prove(app, &scope, bot).await? {
                Proof::Good(_) => show(context, &bots::get(app, &scope, bot).await?),
                Proof::Refused { words, .. } => Err(Error::conflict(
                    "token_revoked",
                    format!(
                        "Telegram refuses the bot's token: {words}. Get its token from @BotFather and set it anew."
                    ),
                )),
            }
        }
        BotCmd::Remove { tenant, id: text } => {
            let scope = context.caller(&tenant).await?.require(Permission::Manage)?;
            bots::remove(app, &scope, id(&text)?).await?;
            context.output.done(&json!({"id": text}), || vec![format!("The bot {text} is removed.")])
        }
    }
}

fn show(context: &Context, found: &Overview) -> Result<()> {
    let document = document(found);
    context.output.done(&document, || {
        let mut lines = vec![line(&document)];
        lines.extend(found.bot.webhook_error.as_ref().map(|words| format!("Webhook: {words}")));
        lines
    })
}

fn document(found: &Overview) -> Value {
    let bot = &found.bot;
    json!({
        "id": bot.id, "bot_app_id": bot.id, "name": bot.name, "bot_user_id": bot.bot_user_id, "bot_username": bot.username,
        "bot_token": format!("***{}", bot.token_hint), "is_active": bot.is_active, "daily_limit": bot.daily_limit,
        "messages_sent_today": found.sent_today, "rate_limit": bot.rate_limit.map(|r| r.to_string()),
        "receive_mode": bot.receive_mode, "webhook_status": bot.webhook_status, "webhook_error": bot.webhook_error,
        "created_at": bot.created_at, "updated_at": bot.updated_at,
    })
}

fn line(bot: &Value) -> String {
    let word = |name: &str| bot[name].as_str().unwrap_or_default();
    let state = if bot["is_active"] == true { word("webhook_status") } else { "INACTIVE" };
    format!(
        "{}  @{:<24} {:<10} {}/{} today  {}",
        word("id"),
        word("bot_username"),
        state,
        bot["messages_sent_today"],
        bot["daily_limit"],
        word("name")
    )
}

/// A token from standard input, so that it stands in no process list and no history.
pub(super) fn read_token() -> Result<SecretString> {
    let mut text = String::new();
    std::io::stdin()
        .take(4_096)
        .read_to_string(&mut text)
        .map_err(|e| Error::invalid("The token could not be read from standard input.").with_source(e))?;
    match text.trim() {
        "" => Err(Error::invalid("Give the token with --token, or on standard input.")),
        token => Ok(token.into()),
    }
}
