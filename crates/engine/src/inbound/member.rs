//! The bot's own place in a chat: blocked and unblocked by a person, added to and removed from a group.

use channels::telegram::update::{MemberStatus, MyChatMember, Sender};
use model::{
    Result,
    chat::ChatState,
    content::{Content, ContentKind},
    conversation::Touch,
    feed::{Change, FeedKind},
    message::{EntryKind, ErrorCode},
};
use store::{chats, timeline};

use super::{
    apply::Writer,
    happened,
    place::{self, Place, Spot},
};

/// Writes whether the chat can be written to, and says so in its timeline.
pub(super) fn changed(writer: &mut Writer<'_>, change: &MyChatMember) -> Result<()> {
    let at = happened(change.date, writer.now);
    let (state, reason) = verdict(change);
    let place = match (known(writer, change)?, state) {
        (Some((contact, conversation)), _) => Place { contact, conversation, chat_id: change.chat.id, at },
        // A group that the bot joined is worth a conversation; a stranger who blocks it is not.
        (None, ChatState::Active) if !change.chat.kind.is_private() => {
            let sender = change.from.clone().map_or(Sender::Unnamed, Sender::User);
            place::arrive(writer, &Spot::whole(&change.chat), &sender, at)?
        }
        (None, _) => {
            chats::ensure(writer.tx, &writer.scope, writer.bot, change.chat.id)?;
            chats::set_state(writer.tx, &writer.scope, writer.bot, change.chat.id, state, reason)?;
            return Ok(());
        }
    };
    chats::set_state(writer.tx, &writer.scope, writer.bot, change.chat.id, state, reason)?;
    let content = Content {
        text: Some(change.sentence.clone()),
        detail: Some("my_chat_member".into()),
        ..Content::new(ContentKind::Service)
    };
    let message = place::entry(writer, &place, EntryKind::Activity, place::nobody(), content);
    writer.changes.push(Change::new(FeedKind::NewMessage, message.id));
    writer.changes.push(Change::new(FeedKind::Contact, place.contact));
    timeline::append(writer.tx, &writer.scope, &message, Touch::INTERNAL)?;
    Ok(())
}

type Known = (model::Id<model::contact::Contact>, model::Id<model::conversation::Conversation>);

fn known(writer: &mut Writer<'_>, change: &MyChatMember) -> Result<Option<Known>> {
    let chat = chats::find(writer.tx, &writer.scope, writer.bot, change.chat.id)?;
    Ok(chat.and_then(|chat| Some((chat.contact?, chat.conversation?))))
}

/// Whether the bot may write there now, and why not.
fn verdict(change: &MyChatMember) -> (ChatState, Option<ErrorCode>) {
    match change.new {
        MemberStatus::Kicked if change.chat.kind.is_private() => (ChatState::Blocked, Some(ErrorCode::BlockedByUser)),
        MemberStatus::Kicked | MemberStatus::Left => (ChatState::Blocked, Some(ErrorCode::BotRemoved)),
        _ if !change.can_write => (ChatState::Blocked, Some(ErrorCode::NoRights)),
        _ => (ChatState::Active, None),
    }
}
