//! `broadcast`: making, watching and steering broadcasts. A running server sends them.

use std::path::Path;

use app::broadcasts::{self as use_case, Act};
use model::{Error, Id, Permission, Result, Scope, broadcast::Broadcast};
use serde_json::{Map, Value, json};
use store::broadcasts::Filter;

use super::{Context, id, watch};
use crate::cli::{BroadcastCmd, CreateArgs, OneArgs};

/// A list of this many ids of 36 characters is as long as one request may be.
const LIST_BYTES_MAX: u64 = 8 << 20;

pub async fn broadcast(context: &Context, command: BroadcastCmd) -> Result<()> {
    match command {
        BroadcastCmd::Create(arguments) => create(context, *arguments).await,
        BroadcastCmd::List { tenant, status, limit } => {
            let scope = context.caller(&tenant).await?.require(Permission::Read)?;
            let filter = Filter { status, ..Filter::default() };
            let found = api::documents::broadcasts(&context.app, &scope, filter, limit).await?;
            context.output.list(&found, line, "There are no broadcasts. Make one: jina-connect broadcast create --help")
        }
        BroadcastCmd::Watch(one) => {
            let (scope, id) = named(context, &one).await?;
            watch::watch(context, &scope, id).await
        }
        BroadcastCmd::Pause(one) => act(context, &one, Act::Pause).await,
        BroadcastCmd::Resume(one) => act(context, &one, Act::Resume).await,
        BroadcastCmd::Cancel(one) => act(context, &one, Act::Cancel).await,
    }
}

async fn named(context: &Context, one: &OneArgs) -> Result<(Scope, Id<Broadcast>)> {
    let id = id(&one.id)?;
    Ok((context.caller(&one.tenant).await?.require(Permission::Manage)?, id))
}

async fn act(context: &Context, one: &OneArgs, act: Act) -> Result<()> {
    let (scope, id) = named(context, one).await?;
    use_case::act(&context.app, &scope, id, act).await?;
    let document = api::documents::broadcast(&context.app, &scope, id).await?;
    context.output.done(&document, || vec![line(&document)])
}

async fn create(context: &Context, arguments: CreateArgs) -> Result<()> {
    let scope = context.caller(&arguments.tenant).await?.require(Permission::Manage)?;
    let new = api::documents::new_broadcast(fields(&arguments)?)?;
    if arguments.dry_run {
        let document = api::documents::preview(use_case::dry_run(&context.app, &scope, new).await?)?;
        return context.output.done(&document, || forecast(&document));
    }
    let id = use_case::create(&context.app, &scope, new).await?.id;
    if arguments.watch {
        return watch::watch(context, &scope, id).await;
    }
    let document = api::documents::broadcast(&context.app, &scope, id).await?;
    context.output.done(&document, || vec![line(&document), format!("Look on with: jina-connect broadcast watch {id}")])
}

/// What was typed, in the form in which `POST /broadcast/` takes it.
fn fields(arguments: &CreateArgs) -> Result<Map<String, Value>> {
    let mut fields = Map::new();
    let mut set = |name: &str, value: Value| drop(fields.insert(name.to_owned(), value));
    set("name", json!(arguments.name));
    set("platform", json!(arguments.platform));
    set("message_text", json!(arguments.text));
    if let Some(name) = &arguments.template {
        set("template", json!({"name": name, "language": arguments.language, "variables": arguments.variable}));
    }
    set("select_all", json!(arguments.all));
    set("tag_filter", json!(arguments.tag));
    set("exclude_tags", json!(arguments.exclude_tag));
    set("parse_mode", json!(arguments.parse_mode));
    set("media_url", json!(arguments.media_url));
    set("media_type", json!(arguments.media_type));
    set("bot_app_id", json!(arguments.bot));
    set("scheduled_time", json!(arguments.at));
    if arguments.draft {
        set("status", json!("DRAFT"));
    }
    let mut recipients = arguments.to.clone();
    if let Some(file) = &arguments.recipients {
        recipients.extend(listed(file)?);
    }
    if !recipients.is_empty() {
        set("recipients", json!(recipients));
    }
    Ok(fields)
}

/// The ids of a file, one a line.
fn listed(file: &Path) -> Result<Vec<String>> {
    let text = super::read_text(file, LIST_BYTES_MAX)?;
    let ids: Vec<String> = text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
    if ids.is_empty() {
        return Err(Error::invalid(format!("{} lists no contacts: write their ids, one a line.", file.display())));
    }
    Ok(ids)
}

/// A broadcast in one line.
pub fn line(document: &Value) -> String {
    let number = |name: &str| document[name].as_i64().unwrap_or(0);
    let total = document["total"].as_i64().map_or_else(|| "?".to_owned(), |total| total.to_string());
    let troubles = ["failed", "blocked", "skipped", "unknown", "cancelled"].map(|name| (name, number(name)));
    let troubles: String = troubles.iter().filter(|(_, n)| *n > 0).map(|(name, n)| format!(", {n} {name}")).collect();
    let reason = document["status_reason"].as_str().map(|why| format!(" ({why})")).unwrap_or_default();
    let word = |name: &str| document[name].as_str().unwrap_or_default().to_owned();
    format!(
        "{}  {:<14} {}/{total} sent{troubles}  {}{reason}",
        word("id"),
        word("status"),
        number("sent"),
        word("name")
    )
}

fn forecast(document: &Value) -> Vec<String> {
    let mut lines = vec![format!(
        "{} of {} contacts would get it, within {} s from now.",
        document["recipients"], document["total"], document["duration_seconds"]
    )];
    let reasons = document["exclusions"].as_object().into_iter().flatten();
    lines.extend(reasons.map(|(reason, count)| format!("{count} would be skipped: {reason}")));
    let errors = document["render_errors"].as_array().into_iter().flatten();
    lines.extend(errors.map(|one| format!("{}: {}", one["contact_id"], one["error"])));
    lines
}
