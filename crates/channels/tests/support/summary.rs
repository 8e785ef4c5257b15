//! An Update's fact in one line.

use channels::telegram::update::{ChatFacts, Fact, Incoming, Sender, Update};
use model::content::Content;

pub fn of(update: &Update) -> String {
    let fact = match &update.fact {
        Fact::Message(message) => format!("message {}", incoming(message)),
        Fact::Edited(message) => format!("edited {}", incoming(message)),
        Fact::Reactions(it) => {
            format!(
                "reactions to {} in {} by {}: {:?} -> {:?}",
                it.message_id,
                chat(&it.chat),
                sender(&it.actor),
                it.old,
                it.new
            )
        }
        Fact::ButtonPressed(it) => {
            let place = it.chat.as_ref().map(chat);
            format!(
                "pressed {:?} {:?} on {:?} in {place:?} by {}",
                it.data,
                it.label,
                it.message_id,
                it.from.full_name()
            )
        }
        Fact::MyChatMember(it) => {
            format!("{:?} -> {:?} in {} write={} {}", it.old, it.new, chat(&it.chat), it.can_write, it.sentence)
        }
        Fact::Business(it) => format!(
            "business {} of {} {} enabled={} reply={}",
            it.connection_id, it.user_id, it.name, it.is_enabled, it.can_reply
        ),
        Fact::Deleted(it) => format!("deleted {:?} in {}", it.message_ids, chat(&it.chat)),
        Fact::Other(it) => {
            let (place, user) = (it.chat.as_ref().map(chat), it.user.as_ref().map(|user| user.full_name()));
            format!("other {place:?} {user:?} {} {:?}", it.summary, it.unreadable)
        }
    };
    format!("{} {fact}", update.kind)
}

fn chat(chat: &ChatFacts) -> String {
    format!("{} {} {:?}", chat.kind, chat.id, chat.title.as_deref().unwrap_or_default())
}

fn sender(sender: &Sender) -> String {
    match sender {
        Sender::User(user) => format!("user {} {}", user.id, user.full_name()),
        Sender::Chat(it) => chat(it),
        Sender::Unnamed => "nobody".into(),
    }
}

fn incoming(message: &Incoming) -> String {
    let mut line = format!(
        "{} {:?} in {} by {}",
        message.message_id,
        message.origin,
        chat(&message.chat),
        sender(&message.sender)
    );
    let further = [
        ("at", message.date.map(|date| date.to_string())),
        ("edited", message.edit_date.map(|date| date.to_string())),
        ("signature", message.signature.clone()),
        ("reply", message.reply_to.map(|id| id.to_string())),
        ("group", message.media_group_id.clone()),
        ("business", message.business_connection_id.clone()),
        ("topic", message.topic.as_ref().map(|topic| format!("{} {:?} {:?}", topic.id, topic.name, topic.first_name))),
        ("via", message.via_bot.clone()),
        ("own phone", message.own_phone.clone()),
        ("start", message.start_payload.clone()),
        ("to", message.migrate_to.map(|id| id.to_string())),
        ("from", message.migrate_from.map(|id| id.to_string())),
    ];
    for (name, value) in further {
        if let Some(value) = value {
            line += &format!(" {name}={value:?}");
        }
    }
    format!("{line} | {}", content(&message.content))
}

/// The content as the API shows it, and where its media come from.
fn content(content: &Content) -> String {
    let mut value = serde_json::to_value(content).unwrap();
    let kind = value.as_object_mut().unwrap().remove("type").unwrap();
    format!("{} {value}", kind.as_str().unwrap())
}
