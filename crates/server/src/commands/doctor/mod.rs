//! `doctor`: looks at everything that an installation needs, and says what to do about each thing that is not well.

mod bots;
mod house;
mod numbers;

use model::{Actor, Caller, Origin, Permission, Result, Role, Scope};
use serde_json::{Value, json};

use super::Context;
use crate::{
    open,
    output::{self, Output},
    settings::{Resolved, Settings},
};

/// One thing that was looked at.
#[derive(Debug)]
struct Finding {
    /// What it belongs to: `database`, `keys`, `bot` …
    area: &'static str,
    what: String,
    /// What to do; None when all is well.
    advice: Option<String>,
}

fn good(area: &'static str, what: impl Into<String>) -> Finding {
    Finding { area, what: what.into(), advice: None }
}

fn bad(area: &'static str, what: impl Into<String>, advice: impl Into<String>) -> Finding {
    Finding { area, what: what.into(), advice: Some(advice.into()) }
}

pub async fn run(resolved: &Resolved, output: Output) -> Result<()> {
    let settings = Settings::read(resolved).map_err(output::wrong_use)?;
    let mut findings = vec![house::folder(&settings)];
    findings.extend(house::key_files(&settings));
    let opened = match house::locked_out(&settings) {
        Some(finding) => Err(finding),
        None => open::open(&settings).await.map_err(|error| house::closed(&error)),
    };
    match opened {
        Err(finding) => findings.push(finding),
        Ok(app) => {
            let context = Context { app, settings, output };
            findings.extend(inside(&context).await?);
            context.app.db.close().await;
        }
    }
    report(&findings, output)
}

/// What can be seen once everything is open.
async fn inside(context: &Context) -> Result<Vec<Finding>> {
    let mut findings = vec![house::database(context), house::secrets(context).await?, house::storage(context).await];
    findings.extend(house::bot_api(context).await);
    findings.extend(house::mail(context).await);
    findings.push(house::address(context));
    let tenants = tenants(context).await?;
    if tenants.is_empty() {
        let advice = "Make one, and get its API key: jina-connect tenant create --name Acme";
        findings.push(bad("tenants", "Tenants: none", advice));
    }
    findings.extend(bots::all(context, &tenants).await?);
    findings.extend(numbers::all(context, &tenants).await?);
    Ok(findings)
}

/// A tenant, with the right to look at all that is its own.
struct Tenancy {
    scope: Scope,
    name: String,
}

async fn tenants(context: &Context) -> Result<Vec<Tenancy>> {
    let mut tenants = Vec::new();
    for tenant in app::accounts::tenants(&context.app).await? {
        let caller = Caller { tenant: tenant.id, actor: Actor::System, role: Role::Owner, origin: Origin::Internal };
        tenants.push(Tenancy { scope: caller.require(Permission::Manage)?, name: tenant.name });
    }
    Ok(tenants)
}

fn report(findings: &[Finding], output: Output) -> Result<()> {
    let rows: Vec<Value> = findings
        .iter()
        .map(|f| json!({"area": f.area, "what": f.what, "ok": f.advice.is_none(), "advice": f.advice}))
        .collect();
    let is_good = findings.iter().all(|f| f.advice.is_none());
    let document = json!({"ok": is_good, "findings": rows});
    let lines = || findings.iter().map(line).collect();
    if is_good { output.done(&document, lines) } else { output.failed(&document, lines, "Some things need care.") }
}

fn line(finding: &Finding) -> String {
    match &finding.advice {
        None => format!("ok    {}", finding.what),
        Some(advice) => format!("CARE  {}\n      -> {advice}", finding.what),
    }
}
