//! What can be done to a message after it was accepted: cancel, send again, edit, delete.

use channels::telegram::{
    entities::{self, Formatted},
    split,
};
use model::{
    Error, Id, Result, Scope, Timestamp,
    activity::Deed,
    chat::ChatKind,
    content::ContentKind,
    delivery::Class,
    feed::{Change, FeedKind},
    message::{Direction, EntryKind, Message, OnUnknown, Status},
    outgoing::{Op, Outgoing},
};
use store::{
    activity, chats,
    db::Tx,
    deliveries::{self, Cancelled, NewDelivery},
    feed, messages, timeline,
};

use super::{
    again::{self, queue_again},
    compose::parsed,
    draft::Markup,
};
use crate::{App, inbox};

/// Telegram lets a bot delete its own messages for this long.
const DELETE_MAX_MS: i64 = 48 * 3_600_000;

/// Takes a message back that has not left yet.
pub async fn cancel(app: &App, scope: &Scope, id: Id<Message>) -> Result<Message> {
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    app.db
        .write(move |tx| {
            outgoing(tx, &scope, id)?;
            if deliveries::cancel(tx, &scope, id, now)? == Cancelled::TooLate {
                return Err(Error::conflict(
                    "too_late",
                    "The message is being sent, or its outcome is decided already.",
                ));
            }
            activity::record(tx, &scope, &*ids, &Deed::new("message.cancelled", "message", id), now)?;
            feed::append(tx, &scope, &[Change::new(FeedKind::MessageStatus, id)], now)?;
            outgoing(tx, &scope, id)
        })
        .await
}

/// Sends what is left of a message that ended without being sent.
pub async fn retry(app: &App, scope: &Scope, id: Id<Message>) -> Result<Message> {
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    app.db
        .write(move |tx| {
            let status = outgoing(tx, &scope, id)?.sending.map(|s| s.status);
            let was_unknown = status == Some(Status::Unknown);
            if !status.is_some_and(again::may_be) || queue_again(tx, &*ids, &scope, id, was_unknown, now)? == 0 {
                return Err(Error::conflict(
                    "not_retryable",
                    "Only a message that ended without being sent can be sent again.",
                ));
            }
            activity::record(tx, &scope, &*ids, &Deed::new("message.retried", "message", id), now)?;
            feed::append(tx, &scope, &[Change::new(FeedKind::MessageStatus, id)], now)?;
            outgoing(tx, &scope, id)
        })
        .await
}

/// Asks Telegram to show another text. Wait with [`super::settled`] for what came of it.
pub async fn edit(app: &App, scope: &Scope, id: Id<Message>, markup: &Markup) -> Result<Message> {
    let Formatted { text, entities } = parsed(markup, "text")?;
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    app.db
        .write(move |tx| {
            let message = sent(tx, &scope, id)?;
            check_may_change(&message)?;
            let is_caption = message.content.kind != ContentKind::Text;
            check_editable(&message)?;
            let units_max = if is_caption { split::CAPTION_MAX } else { split::TEXT_MAX };
            if entities::utf16_len(&text) > units_max || (entities::is_blank(&text) && !is_caption) {
                return Err(Error::field(
                    "text",
                    "The text must have 1 to 4096 characters, or up to 1024 as a caption.",
                ));
            }
            let number = message.provider_message_id.ok_or_else(not_sent)?;
            let op = Op::EditText {
                provider_message_id: number,
                text: text.clone(),
                entities: entities.clone(),
                is_caption,
            };
            let mut outgoing = Outgoing::new(op);
            outgoing.options.buttons = message.content.buttons.clone();
            activity::record(tx, &scope, &*ids, &Deed::new("message.edited", "message", id), now)?;
            enqueue(tx, &scope, &message, outgoing, now)?;
            Ok(message)
        })
        .await
}

/// Asks Telegram to remove a message, for everybody in the chat.
pub async fn delete(app: &App, scope: &Scope, id: Id<Message>) -> Result<Message> {
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    app.db
        .write(move |tx| {
            let message = sent(tx, &scope, id)?;
            check_may_change(&message)?;
            if message.deleted_at.is_some() {
                return Ok(message);
            }
            if now.since(message.created_at) > DELETE_MAX_MS {
                let words = "Telegram lets bots delete a message within 48 hours only.";
                return Err(Error::conflict("too_old_to_delete", words));
            }
            let provider_message_ids = timeline::provider_ids(tx, &scope, id)?;
            activity::record(tx, &scope, &*ids, &Deed::new("message.deleted", "message", id), now)?;
            enqueue(tx, &scope, &message, Outgoing::new(Op::Delete { provider_message_ids }), now)?;
            Ok(message)
        })
        .await
}

/// Asks Telegram to show an emoji at a message, or to take ours away: a bot has one.
pub async fn react(app: &App, scope: &Scope, id: Id<Message>, emoji: Option<String>) -> Result<Message> {
    const EMOJI_CHARS_MAX: usize = 16;
    if emoji.as_ref().is_some_and(|emoji| !(1..=EMOJI_CHARS_MAX).contains(&emoji.chars().count())) {
        return Err(Error::field("emoji", "Enter one emoji, or null to take yours away."));
    }
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    app.db
        .write(move |tx| {
            let message = messages::get(tx, &scope, id)?.filter(|message| message.kind == EntryKind::Message);
            let message = message.ok_or_else(|| Error::not_found("message"))?;
            if message.deleted_at.is_some() {
                return Err(Error::conflict("message_deleted", "The message was deleted."));
            }
            let number = message.provider_message_id.ok_or_else(not_sent)?;
            let by = inbox::author(tx, &scope)?.name;
            let name = message.provider_name.clone();
            let op = Op::React { provider_message_id: number, name, emoji: emoji.clone(), by };
            activity::record(tx, &scope, &*ids, &Deed::new("message.reacted", "message", id), now)?;
            enqueue(tx, &scope, &message, Outgoing::new(op), now)?;
            Ok(message)
        })
        .await
}

fn check_may_change(message: &Message) -> Result<()> {
    if message.platform.capabilities().has_edits {
        return Ok(());
    }
    let words = "What was sent over this channel can neither be edited nor taken back.";
    Err(Error::conflict("not_supported_by_channel", words))
}

fn check_editable(message: &Message) -> Result<()> {
    let parts = message.sending.as_ref().map_or(1, |s| s.parts);
    let has_text = matches!(
        message.content.kind,
        ContentKind::Text
            | ContentKind::Photo
            | ContentKind::Video
            | ContentKind::Animation
            | ContentKind::Audio
            | ContentKind::Voice
            | ContentKind::Document
    );
    if message.deleted_at.is_some() {
        return Err(Error::conflict("message_deleted", "The message was deleted."));
    }
    if parts > 1 || !has_text {
        let words = "Only the text or caption of a message that went out as one can be edited.";
        return Err(Error::conflict("not_editable", words));
    }
    Ok(())
}

/// Puts a change into the lane, behind what waits for the same chat.
fn enqueue(tx: &mut Tx, scope: &Scope, message: &Message, mut outgoing: Outgoing, now: Timestamp) -> Result<()> {
    let (Some(bot), Some(chat_id)) = (message.bot, message.chat_id) else { return Err(not_sent()) };
    outgoing.options.business = chats::find(tx, scope, bot, chat_id)?.and_then(|chat| chat.business);
    if outgoing.options.business.is_some() && matches!(outgoing.op, Op::React { .. }) {
        let words = "Telegram lets bots react in their own chats only, not in a business account's.";
        return Err(Error::conflict("not_supported_by_channel", words));
    }
    let delivery = NewDelivery {
        message: message.id,
        part: 0,
        broadcast: None,
        class: Class::Reply,
        chat_id,
        is_group: !ChatKind::guess(chat_id).is_private(),
        scheduled: None,
        expires_at: None,
        // Doing either twice does no harm.
        on_unknown: OnUnknown::Retry,
        outgoing,
    };
    deliveries::accept(tx, scope, bot, &[delivery], now)
}

/// A message of ours, whatever became of it.
fn outgoing(tx: &mut Tx, scope: &Scope, id: Id<Message>) -> Result<Message> {
    let message = messages::get(tx, scope, id)?.filter(|m| m.direction == Some(Direction::Outgoing));
    message.ok_or_else(|| Error::not_found("message"))
}

fn sent(tx: &mut Tx, scope: &Scope, id: Id<Message>) -> Result<Message> {
    let message = outgoing(tx, scope, id)?;
    match message.sending.as_ref().map(|s| s.status) {
        Some(status) if status.has_left() => Ok(message),
        _ => Err(not_sent()),
    }
}

fn not_sent() -> Error {
    Error::conflict(
        "message_not_sent",
        "The message has not been sent, so there is nothing to change at Telegram. Cancel it instead.",
    )
}
