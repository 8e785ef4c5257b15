//! `/stop` and `/start`: a person opts out of a bot's broadcasts, and in again.

use channels::telegram::update::Incoming;
use model::{
    Result,
    contact::consent::{self, ConsentKind},
    content::{Content, ContentKind},
    conversation::Touch,
    feed::{Change, FeedKind},
    message::EntryKind,
};
use store::{contacts, timeline};

use super::{
    apply::Writer,
    place::{self, Place},
};

/// Does what the command asks for, if it is one and the tenant wants it obeyed, and says so in the timeline.
pub(super) fn obey(writer: &mut Writer<'_>, place: &Place, incoming: &Incoming) -> Result<()> {
    let text = incoming.content.text.as_deref().filter(|_| incoming.chat.kind.is_private());
    obey_text(writer, place, text)
}

/// The same for what was said in a chat of one person, over any channel.
pub(super) fn obey_text(writer: &mut Writer<'_>, place: &Place, text: Option<&str>) -> Result<()> {
    let Some(kind) = text.and_then(consent::asked) else { return Ok(()) };
    if !contacts::settings(writer.tx, &writer.scope)?.obeys_stop {
        return Ok(());
    }
    let whose = (place.contact, writer.bot, place.chat_id);
    if !contacts::opt(writer.tx, &writer.scope, writer.ids, whose, kind, writer.now)? {
        return Ok(());
    }
    let (detail, sentence) = match kind {
        ConsentKind::OptedOut => ("opted_out", "Opted out of broadcasts."),
        ConsentKind::OptedIn => ("opted_in", "Opted in to broadcasts again."),
    };
    let content =
        Content { text: Some(sentence.into()), detail: Some(detail.into()), ..Content::new(ContentKind::Service) };
    let entry = place::entry(writer, place, EntryKind::Activity, place::nobody(), content);
    timeline::append(writer.tx, &writer.scope, &entry, Touch::INTERNAL)?;
    writer.changes.push(Change::new(FeedKind::NewMessage, entry.id));
    writer.changes.push(Change::new(FeedKind::Contact, place.contact));
    Ok(())
}
