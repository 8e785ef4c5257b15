//! `doctor`: looks at everything that an installation needs, and says what to do.

use app::bots;
use model::{Error, Permission, Result, Role, bot::WebhookStatus};
use serde_json::{Value, json};

use super::Context;

/// One thing that was looked at.
#[derive(Debug)]
struct Finding {
    what: String,
    is_good: bool,
    advice: String,
}

fn good(what: impl Into<String>) -> Finding {
    Finding { what: what.into(), is_good: true, advice: String::new() }
}

fn bad(what: impl Into<String>, advice: impl Into<String>) -> Finding {
    Finding { what: what.into(), is_good: false, advice: advice.into() }
}

pub async fn run(context: &Context) -> Result<()> {
    let mut findings = vec![good(format!("Database: {:?}, its schema is up to date", context.app.db.engine()))];
    findings.push(good("Keys: readable, and every secret is opened with them"));
    findings.extend(address(context));
    findings.extend(tenants(context).await?);
    let rows: Vec<Value> =
        findings.iter().map(|f| json!({"what": f.what, "ok": f.is_good, "advice": f.advice})).collect();
    let is_good = findings.iter().all(|f| f.is_good);
    context.output.done(&json!({"ok": is_good, "findings": rows}), || findings.iter().map(line).collect())?;
    if is_good { Ok(()) } else { Err(Error::conflict("unhealthy", "Some things need care; see above.")) }
}

fn line(finding: &Finding) -> String {
    let mark = if finding.is_good { "ok  " } else { "CARE" };
    let advice = if finding.advice.is_empty() { String::new() } else { format!(" -> {}", finding.advice) };
    format!("{mark} {}{advice}", finding.what)
}

fn address(context: &Context) -> Option<Finding> {
    let base_url = &context.app.settings.base_url;
    let what = format!("Public address: {base_url}");
    if base_url.starts_with("https://") || !context.app.bot_api.is_telegram() {
        return Some(good(what));
    }
    Some(bad(what, "Telegram calls https addresses only. Set BASE_URL to one, or let bots poll (their default now)."))
}

async fn tenants(context: &Context) -> Result<Vec<Finding>> {
    let tenants = app::accounts::tenants(&context.app).await?;
    if tenants.is_empty() {
        return Ok(vec![bad("Tenants: none", "Make one: jina-connect tenant create --name Acme")]);
    }
    let mut findings = Vec::new();
    for tenant in tenants {
        let caller = model::Caller { tenant: tenant.id, actor: model::Actor::System, role: Role::Owner };
        let scope = caller.require(Permission::Manage)?;
        let now = context.app.clock.now();
        let all = context.app.db.read(move |tx| store::bots::all(tx, &scope, now)).await?;
        findings.push(good(format!("Tenant {}: {} bots", tenant.name, all.len())));
        for found in all {
            findings.push(bot(context, &scope, &tenant.name, &found.bot).await);
        }
    }
    Ok(findings)
}

async fn bot(context: &Context, scope: &model::Scope, tenant: &str, bot: &model::bot::Bot) -> Finding {
    let what = format!("Bot @{} of {tenant}", bot.username);
    if let Err(error) = bots::prove(&context.app, scope, bot.id).await {
        return bad(
            format!("{what}: {}", error.message()),
            "Check the token, and that the Bot API can be reached from here.",
        );
    }
    match (&bot.webhook_error, bot.webhook_status) {
        (Some(words), _) => {
            bad(format!("{what}: webhook: {words}"), "It is set again by itself while the server runs.")
        }
        (None, WebhookStatus::Failed) => {
            bad(format!("{what}: the webhook is not set"), "Start the server: it sets it.")
        }
        _ => good(format!("{what}: Telegram knows its token")),
    }
}
