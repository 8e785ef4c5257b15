//! Making a broadcast: what it says and for whom is checked whole, then one transaction writes it. Who exactly gets it is
//! worked out afterwards, in the background.

use std::collections::HashSet;

use model::{
    Actor, Error, FieldErrors, Id, Platform, Result, Scope, Timestamp,
    activity::Deed,
    bot::Bot,
    broadcast::{Broadcast, BroadcastStatus, Counts, Steering},
    contact::{Contact, change},
    feed::{Change as FeedChange, FeedKind},
};
use store::{
    activity,
    broadcasts::{self, Audience, Record, Script, ScriptMedia, audience},
    callback_data, contacts,
    db::Tx,
    feed, senders,
};
use uuid::Uuid;

use super::{RECIPIENTS_MAX, script::Prepared};
use crate::App;

const NAME_CHARS_MAX: usize = 255;
const TAGS_MAX: usize = 50;
/// Errors in a row after which a broadcast can pause by itself.
const STREAK_MAX: u32 = 10_000;
/// How many wrong ids an answer names.
const SHOWN_MAX: usize = 10;
const SCHEDULE_MAX_MS: i64 = 366 * model::DAY_MS;

/// A broadcast to be made.
#[derive(Debug, Clone)]
pub struct New {
    /// The id that it gets. If there is one with it already, that one is the answer, and nothing starts again.
    pub id: Option<Id<Broadcast>>,
    pub name: String,
    pub platform: Platform,
    pub script: Script,
    pub audience: Audience,
    pub recipients: Option<Listed>,
    pub exclude_recipients: Option<Listed>,
    pub bot: Option<Id<Bot>>,
    pub steering: Steering,
    /// Kept back until somebody starts it.
    pub is_draft: bool,
    pub scheduled_time: Option<Timestamp>,
}

/// Ids of contacts as they were given; those that are none are kept for the complaint.
#[derive(Debug, Clone, Default)]
pub struct Listed(pub Vec<Result<Id<Contact>, String>>);

/// Makes a broadcast, and starts it unless it is a draft or has a time.
pub async fn create(app: &App, scope: &Scope, new: New) -> Result<Record> {
    let now = app.clock.now();
    let prepared = check(app, scope, &new, now).await?;
    let record = record(app, scope, &new, &prepared, now);
    let (scope, ids) = (*scope, app.ids.clone());
    app.db
        .write(move |tx| {
            if let Some(known) = broadcasts::get(tx, &scope, record.id)? {
                return Ok(known);
            }
            check_bot(tx, &scope, (record.platform, record.bot), now)?;
            if !new.is_draft {
                prepared.check_approved(tx, &scope, record.bot, now)?;
            }
            let mut record = record.clone();
            audience::resolve(tx, &scope, &mut record.audience, now)?;
            broadcasts::insert(tx, &scope, &record)?;
            put_list(tx, &scope, &record, "recipients", new.recipients.as_ref())?;
            put_list(tx, &scope, &record, "exclude_recipients", new.exclude_recipients.as_ref())?;
            callback_data::put(tx, &scope, &record.script.long_data, now)?;
            let deed = Deed::new("broadcast.created", "broadcast", record.id).named(&record.name);
            activity::record(tx, &scope, &*ids, &deed, now)?;
            feed::append(tx, &scope, &[FeedChange::new(FeedKind::Broadcast, record.id)], now)?;
            Ok(record)
        })
        .await
}

/// Everything that can be said without the lists of contacts.
pub(super) async fn check(app: &App, scope: &Scope, new: &New, now: Timestamp) -> Result<Prepared> {
    let mut errors = FieldErrors::new();
    check_name(&new.name, &mut errors);
    check_channel(new, &mut errors);
    check_time(new.scheduled_time, now, &mut errors);
    check_steering(&new.steering, &mut errors);
    check_audience(&new.audience, [&new.recipients, &new.exclude_recipients], &mut errors);
    check_somebody(new, &mut errors);
    check_file_ids(new, &mut errors);
    let prepared =
        Prepared::new(&*app.ids, &new.script).and_then(|prepared| prepared.check(new.platform, now).map(|()| prepared));
    match (prepared, Error::fields(errors)) {
        (Ok(prepared), None) => {
            check_names(app, scope, &prepared).await?;
            Ok(prepared)
        }
        (Ok(_), Some(error)) => Err(error),
        (Err(error), others) => Err(both(error, others)),
    }
}

/// The complaints of two checks in one.
fn both(error: Error, others: Option<Error>) -> Error {
    let Some(others) = others else { return error };
    let mut fields = others.field_errors().clone();
    for (field, sentences) in error.field_errors() {
        fields.entry(field.clone()).or_default().extend(sentences.iter().cloned());
    }
    Error::fields(fields).unwrap_or(error)
}

fn check_name(name: &str, errors: &mut FieldErrors) {
    if !(1..=NAME_CHARS_MAX).contains(&name.trim().chars().count()) {
        complain(errors, "name", &format!("Enter 1 to {NAME_CHARS_MAX} characters."));
    }
}

/// What not every channel has.
fn check_channel(new: &New, errors: &mut FieldErrors) {
    let (can, title) = (new.platform.capabilities(), new.platform.title());
    if new.script.template.is_some() && !can.has_templates {
        complain(errors, "template", &format!("{title} has no templates. Say it in message_text."));
    }
    if new.steering.allow_paid_broadcast && !can.has_paid_broadcasts {
        complain(errors, "allow_paid_broadcast", &format!("{title} has no paid broadcasts."));
    }
}

fn check_time(time: Option<Timestamp>, now: Timestamp, errors: &mut FieldErrors) {
    if time.is_some_and(|at| at.since(now) > SCHEDULE_MAX_MS) {
        complain(errors, "scheduled_time", "A broadcast can be scheduled at most 366 days ahead.");
    }
}

fn check_steering(steering: &Steering, errors: &mut FieldErrors) {
    if steering.auto_pause_after.is_some_and(|most| !(1..=STREAK_MAX).contains(&most)) {
        complain(errors, "auto_pause_after", &format!("Enter a number from 1 to {STREAK_MAX}."));
    }
    if steering.quiet_hours.as_ref().is_some_and(|hours| hours.from == hours.to) {
        complain(errors, "quiet_hours", "They begin when they end: nothing could ever leave.");
    }
}

/// Whom an audience names: `lists` are its recipients and those who are left out.
pub(super) fn check_audience(audience: &Audience, lists: [&Option<Listed>; 2], errors: &mut FieldErrors) {
    for (field, tags) in [("tag_filter", &audience.tags), ("exclude_tags", &audience.exclude_tags)] {
        if tags.len() > TAGS_MAX {
            complain(errors, field, &format!("Enter at most {TAGS_MAX} tags."));
        } else if let Err(error) = change::tags(tags.clone()) {
            complain(errors, field, error.message());
        }
    }
    for (field, list) in ["recipients", "exclude_recipients"].into_iter().zip(lists) {
        if list.as_ref().is_some_and(|list| list.0.len() > RECIPIENTS_MAX) {
            let words = format!("List at most {RECIPIENTS_MAX} contacts; use a tag or select_all for more.");
            complain(errors, field, &words);
        }
    }
}

fn check_somebody(new: &New, errors: &mut FieldErrors) {
    let has_some = new.recipients.as_ref().is_some_and(|list| !list.0.is_empty());
    if !has_some && !new.audience.names_somebody() && !new.is_draft {
        complain(errors, "recipients", "Say who gets it: list contacts, or use tag_filter, segment or select_all.");
    }
}

/// A file id is of use to the bot that knows the file only.
fn check_file_ids(new: &New, errors: &mut FieldErrors) {
    if new.bot.is_none() && new.script.all_media().any(ScriptMedia::is_file_id) {
        complain(errors, "bot_app_id", "A Telegram file id is good for one bot only: say which one sends.");
    }
}

fn complain(errors: &mut FieldErrors, field: &str, words: &str) {
    errors.entry(field.to_owned()).or_default().push(words.to_owned());
}

/// Variables must be known: built in, or an attribute that some contact of the tenant has.
pub(super) async fn check_names(app: &App, scope: &Scope, prepared: &Prepared) -> Result<()> {
    let (scope, names) = (*scope, prepared.custom_names());
    if names.is_empty() {
        return Ok(());
    }
    let unknown = app
        .db
        .read(move |tx| {
            let mut unknown = Vec::new();
            for name in &names {
                if !broadcasts::has_attribute(tx, &scope, name)? {
                    unknown.push(format!("{{{{{name}}}}}"));
                }
            }
            Ok(unknown)
        })
        .await?;
    if unknown.is_empty() {
        return Ok(());
    }
    let known = model::template::BUILT_IN.map(|name| format!("{{{{{name}}}}}")).join(", ");
    let words = format!(
        "Unknown variable {}. Known are {known}, and the custom attributes of your contacts.",
        unknown.join(", ")
    );
    Err(Error::field("message_text", words).with_code("unknown_variable"))
}

fn record(app: &App, scope: &Scope, new: &New, prepared: &Prepared, now: Timestamp) -> Record {
    let status = first_status(new.is_draft, new.scheduled_time, now);
    let quiet = new.steering.quiet(now).filter(|_| status.is_running());
    Record {
        id: new.id.unwrap_or_else(|| app.ids.id()),
        tenant: scope.tenant(),
        name: new.name.trim().to_owned(),
        platform: new.platform,
        status,
        status_reason: None,
        script: prepared.script().clone(),
        audience: tidy(&new.audience),
        steering: new.steering.clone(),
        bot: new.bot,
        created_by: author_id(scope),
        scheduled_at: new.scheduled_time,
        started_at: (status == BroadcastStatus::Queued).then_some(now),
        finished_at: None,
        paused_from: None,
        quiet,
        is_frozen: false,
        counts: Counts::default(),
        found: 0,
        created_at: now,
        updated_at: now,
    }
}

/// The user or key who acts.
pub(super) fn author_id(scope: &Scope) -> Option<Uuid> {
    match scope.actor() {
        Actor::User(id) => Some(id.as_uuid()),
        Actor::Key(id) => Some(id.as_uuid()),
        Actor::System => None,
    }
}

/// Where a broadcast begins. A time that has passed means now.
pub(super) fn first_status(is_draft: bool, scheduled: Option<Timestamp>, now: Timestamp) -> BroadcastStatus {
    match scheduled {
        _ if is_draft => BroadcastStatus::Draft,
        Some(at) if at > now => BroadcastStatus::Scheduled,
        _ => BroadcastStatus::Queued,
    }
}

/// Tags in the form in which contacts carry them.
pub(super) fn tidy(audience: &Audience) -> Audience {
    let tags = |tags: &Vec<String>| change::tags(tags.clone()).unwrap_or_default();
    Audience { tags: tags(&audience.tags), exclude_tags: tags(&audience.exclude_tags), ..audience.clone() }
}

/// The bot must be there, and send over the broadcast's channel.
pub(super) fn check_bot(
    tx: &mut Tx,
    scope: &Scope,
    (platform, bot): (Platform, Option<Id<Bot>>),
    now: Timestamp,
) -> Result<()> {
    let Some(bot) = bot else { return Ok(()) };
    let sender = senders::get(tx, scope, bot, now)?.ok_or_else(|| Error::field("bot_app_id", "No such bot."))?;
    if sender.platform == platform {
        return Ok(());
    }
    let words = format!("It sends over {}, and the broadcast goes out over {platform}.", sender.platform);
    Err(Error::field("bot_app_id", words))
}

/// Writes the contacts that are listed, each once, in place of those before.
pub(super) fn put_list(
    tx: &mut Tx,
    scope: &Scope,
    record: &Record,
    field: &'static str,
    list: Option<&Listed>,
) -> Result<()> {
    let Some(list) = list else { return Ok(()) };
    let ids = known(tx, scope, field, list)?;
    let is_excluded = field == "exclude_recipients";
    audience::unlist(tx, record.id, is_excluded)?;
    audience::list(tx, record.id, is_excluded, &ids)
}

/// The listed contacts, sorted and each once. The first ten that are none of the tenant's are named.
pub(super) fn known(tx: &mut Tx, scope: &Scope, field: &'static str, list: &Listed) -> Result<Vec<Id<Contact>>> {
    let mut ids: Vec<Id<Contact>> = list.0.iter().filter_map(|id| id.as_ref().ok().copied()).collect();
    ids.sort_unstable();
    ids.dedup();
    let missing: HashSet<Id<Contact>> = contacts::missing(tx, scope, &ids)?.into_iter().collect();
    let wrong = list.0.iter().filter_map(|one| match one {
        Ok(id) if missing.contains(id) => Some(format!("{id}: No such contact.")),
        Ok(_) => None,
        Err(text) => Some(format!("{text}: Not a UUID.")),
    });
    let wrong: Vec<String> = wrong.take(SHOWN_MAX).collect();
    if wrong.is_empty() {
        return Ok(ids);
    }
    let errors = FieldErrors::from([(field.to_owned(), wrong)]);
    Err(Error::fields(errors).unwrap_or_else(|| Error::internal("a complaint without words")))
}
