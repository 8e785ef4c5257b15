//! `create_broadcast`, `get_broadcast_status`, `list_broadcasts` and `cancel_broadcast`.

use app::{
    App,
    broadcasts::{self as use_case, Act, Listed, New},
};
use model::{
    Error, Id, Permission, Result, Timestamp,
    bot::Bot,
    broadcast::{Broadcast, BroadcastStatus, Steering},
    contact::segment::Segment,
    key_limits::KeyLimits,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{
    broadcasts::{self, Audience, BROADCASTS, Filter, Meant, Record, Script, ScriptTemplate},
    db::Tx,
};

use super::segments;
use crate::{
    caller::Call,
    cursor,
    schema::{Moment, Uuid, Word},
    tool::{About, Effect, Tool},
};

pub(super) fn tools() -> Vec<Tool> {
    vec![Tool::new(CREATE, create), Tool::new(STATUS, status), Tool::new(LIST, list), Tool::new(CANCEL, cancel)]
}

const CREATE: About = About {
    name: "create_broadcast",
    title: "Send a broadcast",
    description: "Sends one text, or one approved WhatsApp template, to many contacts. It starts at once, unless draft is true \
        or scheduled_time is given. Name the audience by recipients, tag_filter, segment or select_all. Who can't be reached \
        is skipped and counted. Ask a person before you write to many people.",
    needs: Permission::Manage,
    effect: Effect::Send,
};

const STATUS: About = About {
    name: "get_broadcast_status",
    title: "Look how a broadcast goes",
    description: "Tells how far a broadcast is: how many got it, how many could not be reached, how long it still takes.",
    needs: Permission::Read,
    effect: Effect::Look,
};

const LIST: About = About {
    name: "list_broadcasts",
    title: "List broadcasts",
    description: "Lists broadcasts, newest first, with where each stands.",
    needs: Permission::Read,
    effect: Effect::Look,
};

const CANCEL: About = About {
    name: "cancel_broadcast",
    title: "Cancel a broadcast",
    description: "Ends a broadcast for good: who has not got it yet will not get it. What was sent stays sent.",
    needs: Permission::Manage,
    effect: Effect::Replace,
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CreateArguments {
    /// For people to find it by.
    name: String,
    /// The text, with variables such as {{first_name}} or {{first_name|default:"there"}}: first_name, last_name, full_name,
    /// phone, company_name, today_date, and the custom attributes of the contacts. Leave it out when a template says it.
    message_text: Option<String>,
    /// The approved WhatsApp template that says it: over WHATSAPP the only thing that reaches people who have not written for 24
    /// hours.
    template: Option<TemplateArgument>,
    /// TELEGRAM, which is the default, or WHATSAPP.
    #[schemars(extend("default" = "TELEGRAM"))]
    platform: Option<String>,
    /// Markup of the text: HTML, MarkdownV2 or Markdown. Absent: plain text.
    parse_mode: Option<String>,
    /// Ids of contacts, as search_contacts gives them; each gets it once.
    #[schemars(with = "Option<Vec<Uuid>>")]
    recipients: Option<Vec<String>>,
    /// Contacts with any of these tags.
    tag_filter: Option<Vec<String>>,
    /// Contacts that a saved segment means: its id or its name.
    segment: Option<String>,
    /// Everybody who is known here.
    select_all: Option<bool>,
    /// Not those with any of these tags.
    exclude_tags: Option<Vec<String>>,
    /// Not those that this segment means: its id or its name.
    exclude_segment: Option<String>,
    /// Buttons under the text, as in send_message.
    #[schemars(with = "Option<Vec<Value>>")]
    buttons: Option<Value>,
    /// The bot that sends. Absent: each contact gets it from the bot that they last wrote to.
    #[schemars(with = "Option<Uuid>")]
    bot_app_id: Option<Id<Bot>>,
    /// Keep it back for a person to look at and start.
    draft: Option<bool>,
    /// When to start.
    #[schemars(with = "Option<Moment>")]
    scheduled_time: Option<Timestamp>,
}

/// An approved template with its variables.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct TemplateArgument {
    name: String,
    /// As WhatsApp writes it, for example en_US.
    language: String,
    /// A list of texts for {{1}}, {{2}} …, or an object for named ones. They may have variables such as {{first_name}}.
    variables: Option<Value>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct OneArguments {
    /// The id that create_broadcast or list_broadcasts gave.
    #[schemars(with = "Uuid")]
    broadcast_id: Id<Broadcast>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ListArguments {
    #[schemars(with = "Option<Word<BroadcastStatus>>")]
    status: Option<BroadcastStatus>,
    /// A part of the name.
    query: Option<String>,
    /// How many to show, at most 100; 20 when absent.
    #[schemars(range(min = 1, max = 100))]
    limit: Option<u32>,
    /// next_cursor of the answer before.
    cursor: Option<String>,
}

/// A broadcast and where it stands.
#[derive(Debug, Serialize, JsonSchema)]
struct BroadcastView {
    #[schemars(with = "Uuid")]
    id: Id<Broadcast>,
    name: String,
    #[schemars(with = "Word<BroadcastStatus>")]
    status: BroadcastStatus,
    /// Whether nothing more happens by itself.
    is_final: bool,
    /// Why it ended as it did, where that is not plain.
    status_reason: Option<String>,
    message_text: String,
    #[schemars(with = "Option<Uuid>")]
    bot_app_id: Option<Id<Bot>>,
    /// Recipients; null until the audience is worked out.
    total: Option<i64>,
    /// Not decided yet.
    pending: i64,
    sent: i64,
    /// Of those that were sent, where the channel tells.
    delivered: i64,
    read: i64,
    failed: i64,
    blocked: i64,
    /// Could not be reached, or not wanted.
    skipped: i64,
    /// Sent, but the channel's answer was lost.
    unknown: i64,
    cancelled: i64,
    /// Seconds until it is done at the present limits; null when it doesn't run.
    eta_seconds: Option<i64>,
    #[schemars(with = "Option<Moment>")]
    scheduled_time: Option<Timestamp>,
    #[schemars(with = "Option<Moment>")]
    started_at: Option<Timestamp>,
    #[schemars(with = "Option<Moment>")]
    finished_at: Option<Timestamp>,
    #[schemars(with = "Moment")]
    created_at: Timestamp,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Broadcasts {
    broadcasts: Vec<BroadcastView>,
    /// For the next call; null when there are no more.
    next_cursor: Option<String>,
}

async fn create(call: Call, arguments: CreateArguments) -> Result<BroadcastView> {
    call.refuse_where_chats_are_limited("send broadcasts")?;
    let bot = arguments.bot_app_id.or(call.limits.only_bot());
    match bot {
        Some(bot) => call.check_bot(bot)?,
        None => call.refuse_where_limited("send a broadcast over every bot: give bot_app_id")?,
    }
    let platform = super::send::channel("platform", arguments.platform.as_deref())?;
    if !arguments.draft.unwrap_or(false) {
        super::approval::forbid(&call, "Create the broadcast with draft = true.").await?;
    }
    let meant = |segment: Segment| Meant { id: segment.id, rules: segment.rules };
    let segment = segments::find(&call, "segment", arguments.segment.as_deref()).await?.map(meant);
    let excluded = segments::find(&call, "exclude_segment", arguments.exclude_segment.as_deref()).await?.map(meant);
    let new = New {
        id: None,
        name: arguments.name,
        platform,
        script: Script {
            text: arguments.message_text.unwrap_or_default(),
            template: arguments.template.map(ScriptTemplate::from),
            parse_mode: arguments.parse_mode,
            buttons: arguments.buttons,
            ..Script::default()
        },
        audience: Audience {
            is_all: arguments.select_all.unwrap_or(false),
            tags: arguments.tag_filter.unwrap_or_default(),
            exclude_tags: arguments.exclude_tags.unwrap_or_default(),
            segment,
            exclude_segment: excluded,
        },
        recipients: arguments.recipients.map(listed),
        exclude_recipients: None,
        bot,
        steering: Steering::default(),
        is_draft: arguments.draft.unwrap_or(false),
        scheduled_time: arguments.scheduled_time,
    };
    let record = use_case::create(&call.app, &call.scope, new).await?;
    shown(&call, record.id).await
}

impl From<TemplateArgument> for ScriptTemplate {
    fn from(TemplateArgument { name, language, variables }: TemplateArgument) -> Self {
        Self { name, language, variables: variables.unwrap_or_default() }
    }
}

/// Ids, and what stands in place of ids, cut to what a complaint can show.
fn listed(texts: Vec<String>) -> Listed {
    let read = |text: String| text.parse().map_err(|_| text.chars().take(50).collect());
    Listed(texts.into_iter().map(read).collect())
}

async fn status(call: Call, OneArguments { broadcast_id }: OneArguments) -> Result<BroadcastView> {
    shown(&call, broadcast_id).await
}

async fn cancel(call: Call, OneArguments { broadcast_id }: OneArguments) -> Result<BroadcastView> {
    shown(&call, broadcast_id).await?;
    use_case::act(&call.app, &call.scope, broadcast_id, Act::Cancel).await?;
    shown(&call, broadcast_id).await
}

async fn list(call: Call, arguments: ListArguments) -> Result<Broadcasts> {
    let request = cursor::request(&BROADCASTS, arguments.limit, arguments.cursor.as_deref())?;
    let search = super::contacts::words("query", arguments.query)?;
    let filter = Filter { status: arguments.status, search, ..Filter::default() };
    let (scope, view, limits) = (call.scope, views(&call.app), call.limits.clone());
    let read = move |tx: &mut Tx| {
        let page = broadcasts::list(tx, &scope, &filter, &request)?;
        let rows = page
            .rows
            .into_iter()
            .filter(|one| may_see(&limits, one))
            .map(|record| view(tx, record))
            .collect::<Result<Vec<_>>>()?;
        Ok((rows, page.next))
    };
    let (broadcasts, next) = call.app.db.read(read).await?;
    Ok(Broadcasts { broadcasts, next_cursor: next.as_ref().map(cursor::after) })
}

/// A broadcast over bots that are out of reach is not there, and none is where chats are limited.
fn may_see(limits: &KeyLimits, record: &Record) -> bool {
    !limits.are_of_places() || (limits.chats.is_none() && record.bot.is_some_and(|bot| limits.allows_bot(bot)))
}

async fn shown(call: &Call, id: Id<Broadcast>) -> Result<BroadcastView> {
    let (view, scope, limits) = (views(&call.app), call.scope, call.limits.clone());
    let read = move |tx: &mut Tx| {
        let found = broadcasts::get(tx, &scope, id)?.filter(|record| may_see(&limits, record));
        let record = found.ok_or_else(|| Error::not_found("broadcast"))?;
        view(tx, record)
    };
    call.app.db.read(read).await
}

/// Broadcasts with the time that they will take.
fn views(app: &App) -> impl Fn(&mut Tx, Record) -> Result<BroadcastView> + Send + 'static {
    let (rate, now) = (app.settings.bot_rate, app.clock.now());
    move |tx, record| {
        let eta_seconds = use_case::eta_seconds(tx, &record, rate, now)?;
        let counts = record.counts;
        Ok(BroadcastView {
            id: record.id,
            pending: record.pending(),
            status: record.status,
            is_final: record.status.is_final(),
            name: record.name,
            status_reason: record.status_reason,
            message_text: record.script.text,
            bot_app_id: record.bot,
            total: counts.total,
            sent: counts.sent,
            delivered: counts.delivered,
            read: counts.read,
            failed: counts.failed,
            blocked: counts.blocked,
            skipped: counts.skipped,
            unknown: counts.unknown,
            cancelled: counts.cancelled,
            eta_seconds,
            scheduled_time: record.scheduled_at,
            started_at: record.started_at,
            finished_at: record.finished_at,
            created_at: record.created_at,
        })
    }
}
