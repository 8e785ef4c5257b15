//! The one door for sending. API, inbox, MCP, command line and broadcasts all come through here.

mod address;
mod again;
mod change;
mod compose;
mod draft;
mod route;
mod wait;
mod wording;

use model::{
    Error, Id, Ids, Platform, Result, Scope, Timestamp,
    activity::Deed,
    content::Content,
    conversation::Touch,
    delivery::Class,
    feed::{Change, FeedKind},
    message::{Direction, EntryKind, Message, OnUnknown, Sending, Status, WaitingFor},
    outgoing::{Op, Outgoing},
};
use store::{
    activity, callback_data, conversations,
    db::Tx,
    deliveries::{self, NewDelivery},
    feed, messages, timeline,
};

pub use address::{address, by_phone};
pub(crate) use again::queue_again;
pub use change::{cancel, delete, edit, react, retry};
pub use compose::{Composed, Keyboard, MARKERS, compose, compose_with, parsed};
pub use draft::{Body, Draft, Markup, ReplyTo, To};
pub(crate) use route::open;
pub use wait::settled;
pub(crate) use wording::Wording;

use crate::{App, inbox};
use route::Route;

/// How far ahead a message can be scheduled.
const SCHEDULE_MAX_MS: i64 = 366 * model::DAY_MS;

/// Accepts a message: after this it is never lost.
pub async fn send(app: &App, scope: &Scope, draft: Draft) -> Result<Message> {
    let now = app.clock.now();
    check_times(&draft, now)?;
    let composed = compose(&*app.ids, &draft)?;
    let (scope, ids) = (*scope, app.ids.clone());
    app.db.write(move |tx| accept(tx, &*ids, &scope, &draft, composed.clone(), now)).await
}

fn check_times(draft: &Draft, now: Timestamp) -> Result<()> {
    if draft.scheduled_time.is_some_and(|at| at.since(now) > SCHEDULE_MAX_MS) {
        return Err(Error::field("scheduled_time", "A message can be scheduled at most 366 days ahead."));
    }
    let leaves_at = draft.scheduled_time.unwrap_or(now).max(now);
    if draft.expires_at.is_some_and(|at| at <= leaves_at) {
        return Err(Error::field("expires_at", "The message would expire before it can leave."));
    }
    Ok(())
}

/// Accepts an automatic answer in the caller's transaction; what the feed has to say of it is the caller's to write. A chat
/// that can't be written to gets none.
pub(crate) fn accept_automatic(
    tx: &mut Tx,
    ids: &dyn Ids,
    scope: &Scope,
    draft: &Draft,
    now: Timestamp,
) -> Result<Vec<Change>> {
    let composed = compose(ids, draft)?;
    let route = route::find(tx, ids, scope, draft, now)?;
    if route.blocked.is_some() {
        return Ok(Vec::new());
    }
    let message = write(tx, ids.id(), scope, draft, &route, composed, Touch::AUTOMATIC, now)?;
    Ok(vec![Change::new(FeedKind::NewMessage, message.id)])
}

/// Writes a composed draft in the caller's transaction: the message, its deliveries, the feed.
fn accept(
    tx: &mut Tx,
    ids: &dyn Ids,
    scope: &Scope,
    draft: &Draft,
    composed: Composed,
    now: Timestamp,
) -> Result<Message> {
    if let Some(known) = draft.id.map(|id| messages::get(tx, scope, id)).transpose()?.flatten() {
        return Ok(known);
    }
    let route = route::find(tx, ids, scope, draft, now)?;
    if draft.limits.as_ref().is_some_and(|limits| !limits.allows_chat(route.sender.bot, route.chat_id)) {
        let words = "Your key is limited to other chats, or other bots.";
        return Err(Error::forbidden(words).with_code("key_limited"));
    }
    let id = draft.id.unwrap_or_else(|| ids.id());
    if let (Some(name), Some(conversation)) = (&draft.client_id, route.conversation)
        && let Some(known) = timeline::take_name(tx, conversation, name, id)?
    {
        return messages::get(tx, scope, known)?.ok_or_else(|| Error::not_found("message"));
    }
    let touch = touch(tx, scope, draft, &route)?;
    let message = write(tx, id, scope, draft, &route, composed, touch, now)?;
    activity::record(tx, scope, ids, &Deed::new("message.sent", "message", message.id), now)?;
    let mut changes = vec![Change::new(FeedKind::NewMessage, message.id)];
    if let (To::Conversation(id), Class::Reply) = (draft.to, draft.class) {
        changes.extend(inbox::answered(tx, scope, ids, id, now)?);
    }
    feed::append(tx, scope, &changes, now)?;
    Ok(message)
}

/// Writes a message with its deliveries.
#[expect(clippy::too_many_arguments, reason = "the parts of one write, each of its own kind")]
fn write(
    tx: &mut Tx,
    id: Id<Message>,
    scope: &Scope,
    draft: &Draft,
    route: &Route,
    composed: Composed,
    touch: Touch,
    now: Timestamp,
) -> Result<Message> {
    let Composed { mut content, parts, long_data } = composed;
    let mut parts = fit(route.sender.platform, parts)?;
    if let Some(filled) = &content.template {
        let named = (filled.name.as_str(), filled.language.as_str());
        Wording::of(tx, scope, Some(route.sender.bot), named, now)?.put(&mut content)?;
    }
    let reply = answered(tx, scope, draft, route)?;
    if let (Some(first), Some(reply)) = (parts.first_mut(), &reply) {
        first.options.reply_to = Some(reply.number);
        first.options.reply_to_name.clone_from(&reply.name);
    }
    for part in &mut parts {
        part.options.topic_id = route.topic_id.or(part.options.topic_id);
        part.options.business.clone_from(&route.business);
    }
    let scheduled = draft.scheduled_time.filter(|at| *at > now);
    let mut message = message(id, scope, draft, route, content, now);
    message.reply_to = reply.and_then(|reply| reply.ours);
    message.sending = Some(sending(draft, route, scheduled, parts.len(), now));
    message.sequence = timeline::append(tx, scope, &message, touch)?;
    callback_data::put(tx, scope, &long_data, now)?;
    if route.blocked.is_none() {
        let deliveries: Vec<NewDelivery> = (0..)
            .zip(parts)
            .map(|(part, outgoing)| NewDelivery {
                message: message.id,
                part,
                broadcast: None,
                class: draft.class,
                chat_id: route.chat_id,
                is_group: route.is_group,
                scheduled,
                expires_at: draft.expires_at,
                on_unknown: on_unknown(draft, route),
                outgoing,
            })
            .collect();
        deliveries::accept(tx, scope, route.sender.bot, &deliveries, now)?;
    }
    Ok(message)
}

fn message(id: Id<Message>, scope: &Scope, draft: &Draft, route: &Route, content: Content, now: Timestamp) -> Message {
    Message {
        id,
        tenant: scope.tenant(),
        conversation: route.conversation,
        sequence: 0,
        kind: EntryKind::Message,
        direction: Some(Direction::Outgoing),
        platform: route.sender.platform,
        bot: Some(route.sender.bot),
        chat_id: Some(route.chat_id),
        author: draft.author.clone(),
        content,
        reply_to: None,
        provider_message_id: None,
        provider_name: None,
        media_group_id: None,
        broadcast: None,
        edited_at: None,
        deleted_at: None,
        created_at: now,
        sending: None,
    }
}

/// A chat that can't be written to ends the message at once, without a call.
fn sending(draft: &Draft, route: &Route, scheduled: Option<Timestamp>, parts: usize, now: Timestamp) -> Sending {
    let status = match (route.blocked, scheduled) {
        (Some(_), _) => Status::Blocked,
        (None, Some(_)) => Status::Scheduled,
        (None, None) => Status::Pending,
    };
    Sending {
        status,
        attempts: 0,
        error_code: route.blocked,
        error_message: route
            .blocked
            .map(|_| "This chat can't be written to until the person writes or unblocks the bot.".to_owned()),
        waiting_for: scheduled.map(|_| WaitingFor::Schedule),
        next_attempt_at: scheduled,
        scheduled_time: draft.scheduled_time,
        expires_at: draft.expires_at,
        sent_at: None,
        delivered_at: None,
        read_at: None,
        failed_at: route.blocked.map(|_| now),
        parts: i64::try_from(parts).unwrap_or(i64::MAX),
        parts_sent: 0,
        on_unknown: on_unknown(draft, route),
    }
}

fn touch(tx: &mut Tx, scope: &Scope, draft: &Draft, route: &Route) -> Result<Touch> {
    match (route.conversation, draft.to, draft.class) {
        (Some(id), To::Conversation(_), Class::Reply) => {
            if conversations::get(tx, scope, id)?.is_none() {
                return Err(Error::not_found("conversation"));
            }
            Ok(Touch::REPLY)
        }
        _ => Ok(Touch::AUTOMATIC),
    }
}

/// Where the channel tells later what became of a message, nothing is sent twice in the dark.
fn on_unknown(draft: &Draft, route: &Route) -> OnUnknown {
    if route.sender.platform.capabilities().has_receipts { OnUnknown::Hold } else { draft.on_unknown }
}

/// The parts as the channel takes them.
pub(crate) fn fit(platform: Platform, parts: Vec<Outgoing>) -> Result<Vec<Outgoing>> {
    match platform {
        Platform::Whatsapp => channels::whatsapp::fit(parts),
        Platform::Telegram if parts.iter().any(|part| matches!(part.op, Op::Template { .. })) => {
            Err(Error::field("template", "Telegram has no templates. Send a text."))
        }
        Platform::Telegram => Ok(parts),
    }
}

/// The message that is answered: our id of it, if we have it, and the channel's number and name.
struct Answered {
    ours: Option<Id<Message>>,
    number: i64,
    name: Option<String>,
}

fn answered(tx: &mut Tx, scope: &Scope, draft: &Draft, route: &Route) -> Result<Option<Answered>> {
    match draft.reply_to {
        None => Ok(None),
        Some(ReplyTo::Number(number)) => {
            let ours = timeline::by_provider(tx, scope, route.sender.bot, route.chat_id, number)?;
            Ok(Some(Answered { ours, number, name: None }))
        }
        Some(ReplyTo::Message(id)) => {
            let message = messages::get(tx, scope, id)?;
            let message = message.filter(|m| m.chat_id == Some(route.chat_id));
            let answered = message
                .and_then(|m| Some(Answered { ours: Some(id), number: m.provider_message_id?, name: m.provider_name }));
            let answered = answered.ok_or_else(|| {
                Error::field(
                    "reply_to_message_id",
                    "There is no such message in this chat, or it has not been sent yet.",
                )
            })?;
            Ok(Some(answered))
        }
    }
}
