//! Tells Telegram the menu of commands that a tenant set, for each of its bots. What could not be told comes again.

use std::time::Duration;

use channels::telegram::{errors, outgoing::management};
use model::{
    Id, Result, Scope, Timestamp,
    bot::{Bot, webhook_wait_ms},
    settings::BotCommand,
};
use secrecy::SecretString;
use store::{
    bots::{self, menu},
    db::Tx,
    settings,
};
use transport::Asked;

use crate::App;

/// Bots that are told in one go.
const BATCH_MAX: i64 = 64;
/// For one call; well below the time for which a bot is claimed.
const PATIENCE: Duration = Duration::from_secs(15);
const LEASE_MS: i64 = 60_000;
/// Tries before it is let go; the next change of the menu begins anew.
const TRIES_MAX: i64 = 20;

/// Tells those that are due. Answers whether there may be more.
pub async fn tell_menus(app: &App) -> Result<bool> {
    let now = app.clock.now();
    let due = app.db.read(move |tx| menu::due(tx, now, BATCH_MAX)).await?;
    let is_full = i64::try_from(due.len()).is_ok_and(|count| count == BATCH_MAX);
    for (bot, tries) in due {
        tell(app, bot, tries + 1).await?;
    }
    Ok(is_full)
}

async fn tell(app: &App, bot: Id<Bot>, tries: i64) -> Result<()> {
    let now = app.clock.now();
    let lease_until = now + LEASE_MS;
    let cipher = app.cipher.clone();
    let claim = move |tx: &mut Tx| {
        let Some(tenant) = menu::claim(tx, bot, (now, lease_until))? else { return Ok(None) };
        let token = bots::token(tx, &cipher, bot)?;
        let (Some(tenant), Some(token)) = (tenant, token) else {
            menu::done(tx, bot, lease_until)?;
            return Ok(None);
        };
        Ok(Some((token, settings::get(tx, &Scope::system(tenant))?.automation.commands)))
    };
    let Some((token, commands)) = app.db.write(claim).await? else { return Ok(()) };
    let asked = ask(app, &token, &commands).await;
    let next = next(&asked, tries, app.clock.now());
    if let (Some(words), None) = (asked.complaint(), next) {
        tracing::warn!(bot.id = %bot, reason = words, "Telegram does not take a bot's menu of commands.");
    }
    app.db
        .write(move |tx| match next {
            None => menu::done(tx, bot, lease_until),
            Some(at) => menu::again(tx, bot, lease_until, at),
        })
        .await
}

async fn ask(app: &App, token: &SecretString, commands: &[BotCommand]) -> Asked<()> {
    let list: Vec<(&str, &str)> = commands.iter().map(|one| (one.command.as_str(), one.description.as_str())).collect();
    app.bot_api.ask(token, &management::set_my_commands(&list), PATIENCE, errors::done).await
}

/// When it is tried again; `None`: it was taken, or never will be. A new token begins anew.
fn next<T>(asked: &Asked<T>, tries: i64, now: Timestamp) -> Option<Timestamp> {
    let asked_to_wait_ms = match asked {
        Asked::Ok(_) | Asked::Refused { .. } => return None,
        Asked::RetryAfter { after_ms } => Some(*after_ms),
        _ => None,
    };
    (tries < TRIES_MAX).then(|| now + webhook_wait_ms(tries, asked_to_wait_ms, false))
}
