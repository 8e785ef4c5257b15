//! The bot's own place in a chat: blocked and unblocked by a person, added to and removed from groups.

use model::chat::ChatKind;

use super::{
    facts::{ChatFacts, MemberStatus, MyChatMember},
    message::date,
    people::{chat, name_at, user},
};
use crate::json::Object;

/// A change of the bot's place; without a chat there is none.
pub(super) fn changed(content: &Object<'_>) -> Option<MyChatMember> {
    let chat = chat(content.object("chat")?)?;
    let (old, _) = place(content.object("old_chat_member"), &chat);
    let (new, can_write) = place(Some(content.object("new_chat_member")?), &chat);
    let sentence = sentence(&name_at(content, "from"), &chat, old, new);
    Some(MyChatMember {
        from: content.object("from").and_then(user),
        date: date(content, "date"),
        chat,
        old,
        new,
        can_write,
        sentence,
    })
}

/// A status and whether it lets the bot write.
fn place(member: Option<&Object<'_>>, chat: &ChatFacts) -> (MemberStatus, bool) {
    let Some(member) = member else { return (MemberStatus::Unknown, false) };
    let in_channel = chat.kind == ChatKind::Channel;
    match member.text("status").as_deref() {
        Some("creator") => (MemberStatus::Creator, true),
        Some("administrator") => (MemberStatus::Administrator, !in_channel || member.flag("can_post_messages")),
        Some("member") => (MemberStatus::Member, !in_channel),
        Some("restricted") => (MemberStatus::Restricted, member.flag("is_member") && member.flag("can_send_messages")),
        Some("left") => (MemberStatus::Left, false),
        Some("kicked") => (MemberStatus::Kicked, false),
        _ => (MemberStatus::Unknown, false),
    }
}

fn sentence(who: &str, chat: &ChatFacts, old: MemberStatus, new: MemberStatus) -> String {
    use MemberStatus::{Administrator, Creator, Kicked, Left, Member, Restricted, Unknown};
    if chat.kind.is_private() {
        return match new {
            Kicked => format!("{who} blocked the bot."),
            _ => format!("{who} started or unblocked the bot."),
        };
    }
    let was_inside = matches!(old, Creator | Administrator | Member | Restricted);
    match new {
        Kicked => format!("{who} removed the bot and banned it."),
        Left => format!("{who} removed the bot."),
        Restricted => format!("{who} restricted the bot."),
        Administrator | Creator => format!("{who} made the bot an administrator."),
        Member if was_inside => format!("{who} made the bot an ordinary member."),
        Member => format!("{who} added the bot."),
        Unknown => format!("{who} changed the bot's place in the chat."),
    }
}
