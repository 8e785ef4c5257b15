//! The tenants and their bots: whether Telegram takes each token, and delivers to our address.

use app::bots::{self, Proof};
use channels::telegram::errors::WebhookInfo;
use futures::{StreamExt, stream};
use model::{
    Result, Scope,
    bot::{Bot, ReceiveMode},
};

use super::{Context, Finding, Tenancy, bad, good};

/// Bots that Telegram is asked about: with more, the answer would be long in coming.
const ASKED_MAX: usize = 500;
/// Bots that are asked about at the same time.
const AT_ONCE: usize = 8;
/// How many Updates may wait at Telegram before it is worth a word.
const WAITING_MAX: i64 = 1_000;

pub async fn all(context: &Context, tenants: &[Tenancy]) -> Result<Vec<Finding>> {
    let app = &context.app;
    let (mut findings, mut asked) = (Vec::new(), Vec::new());
    for Tenancy { scope, name } in tenants {
        let (scope, now) = (*scope, app.clock.now());
        let found = app.db.read(move |tx| store::bots::all(tx, &scope, now)).await?;
        findings.push(good("tenants", format!("Tenant {name}: {} bots", found.len())));
        asked.extend(found.into_iter().map(|overview| (scope, name.clone(), overview.bot)));
    }
    if asked.len() > ASKED_MAX {
        let words = format!("Bots: {ASKED_MAX} of {} are looked at here; the rest by bot check ID", asked.len());
        findings.push(good("bots", words));
    }
    let looks = asked.into_iter().take(ASKED_MAX).map(|(scope, tenant, bot)| look(context, scope, tenant, bot));
    findings.extend(stream::iter(looks).buffered(AT_ONCE).collect::<Vec<_>>().await);
    Ok(findings)
}

async fn look(context: &Context, scope: Scope, tenant: String, bot: Bot) -> Finding {
    let area = "bots";
    let what = format!("Bot @{} of {tenant}", bot.username);
    if !bot.is_active {
        return good(area, format!("{what}: switched off"));
    }
    match bots::prove(&context.app, &scope, bot.id).await {
        Ok(Proof::Good(_)) => {}
        Ok(Proof::Refused { words, .. }) => {
            let advice = "Get its token from @BotFather and set it: PATCH /telegram/v1/bots/{id}/ with bot_token.";
            return bad(area, format!("{what}: Telegram refuses its token: {words}"), advice);
        }
        Err(error) => {
            let advice = "Try again; if it stays so, give the token again (PATCH bot_token).";
            return bad(area, format!("{what}: {}", error.message()), advice);
        }
    }
    match bots::webhook_info(&context.app, &scope, bot.id).await {
        Ok(info) => webhook(context, &bot, &what, &info),
        Err(error) => bad(area, format!("{what}: {}", error.message()), "Try again."),
    }
}

fn webhook(context: &Context, bot: &Bot, what: &str, info: &WebhookInfo) -> Finding {
    let area = "bots";
    let ours = context.app.settings.webhook_url(bot.id);
    let by_itself = "A running server mends this by itself within minutes; if it stays so, look at its log.";
    match bot.receive_mode {
        ReceiveMode::Polling if info.url.is_empty() => good(area, format!("{what}: fetches its updates")),
        ReceiveMode::Polling => bad(area, format!("{what}: a webhook stands in the way of its polling"), by_itself),
        ReceiveMode::Webhook if info.url.is_empty() => bad(area, format!("{what}: no webhook is set"), by_itself),
        // The other address is not shown: it may hold a secret of somebody else's.
        ReceiveMode::Webhook if info.url != ours => {
            let advice = format!(
                "{by_itself} If another program uses this bot too, they take it from each other: use one bot each."
            );
            bad(area, format!("{what}: its webhook leads elsewhere, not to {ours}"), advice)
        }
        ReceiveMode::Webhook => delivered(bot, what, info),
    }
}

fn delivered(bot: &Bot, what: &str, info: &WebhookInfo) -> Finding {
    let waiting = info.pending_update_count;
    let advice =
        "See that Telegram can reach BASE_URL from outside, with a valid certificate, and that the server runs.";
    if let Some(words) = &bot.webhook_error {
        return bad("bots", format!("{what}: {words}"), advice);
    }
    if waiting > 0 && info.last_error_message.is_some() {
        let error = info.last_error_message.as_deref().unwrap_or_default();
        return bad("bots", format!("{what}: {waiting} updates wait at Telegram, which says: {error}"), advice);
    }
    if waiting > WAITING_MAX {
        return bad("bots", format!("{what}: {waiting} updates wait at Telegram"), advice);
    }
    good("bots", format!("{what}: Telegram takes its token and delivers to us"))
}
