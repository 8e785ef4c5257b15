//! People who write to bots, by way of the store: for tests of what happens after a message is in.

use model::{
    Id, Ids, Platform, Result, Scope, Timestamp,
    bot::Bot,
    chat::{ChatKind, TelegramUser},
    contact::Contact,
    content::Content,
    conversation::{Conversation, Touch},
    message::{Author, AuthorType, Direction, EntryKind, Message},
};
use store::{
    contacts,
    conversations::{self, Arrival, Within},
    db::Tx,
    timeline,
};

use crate::TestApp;

impl TestApp {
    /// A user writes to a bot: the `number`-th message of their private chat.
    pub async fn says(&self, bot: Id<Bot>, user: &TelegramUser, number: i64, content: Content, at: Timestamp) -> Said {
        let (scope, ids, user) = (self.scope(), self.app.ids.clone(), user.clone());
        let body = move |tx: &mut Tx| say(tx, &scope, &*ids, (bot, &user, number), content.clone(), at);
        self.app.db.write(body).await.expect("a message can be received")
    }
}

/// A user writes to a bot, as a part of a transaction: the `number`-th message of their private chat.
pub fn say(
    tx: &mut Tx,
    scope: &Scope,
    ids: &dyn Ids,
    (bot, user, number): (Id<Bot>, &TelegramUser, i64),
    content: Content,
    at: Timestamp,
) -> Result<Said> {
    let contact = contacts::recognise(tx, scope, ids, user, at)?.contact;
    let place = Arrival {
        contact,
        platform: Platform::Telegram,
        bot,
        chat_id: user.id,
        chat_kind: ChatKind::Private,
        title: None,
        within: Within::Whole,
        at,
    };
    let conversation = conversations::arrive(tx, scope, ids, &place)?.conversation;
    let said = Said { contact, conversation, message: ids.id() };
    let touch = Touch::incoming(store::settings::get(tx, scope)?.inbox.reopen_on_reply);
    timeline::receive(tx, scope, &message(scope, &place, said, user, number, content), touch)?;
    Ok(said)
}

fn message(
    scope: &Scope,
    place: &Arrival<'_>,
    said: Said,
    user: &TelegramUser,
    number: i64,
    content: Content,
) -> Message {
    let id = Some(said.contact.as_uuid());
    Message {
        id: said.message,
        tenant: scope.tenant(),
        conversation: Some(said.conversation),
        sequence: 0,
        kind: EntryKind::Message,
        direction: Some(Direction::Incoming),
        platform: Platform::Telegram,
        bot: Some(place.bot),
        chat_id: Some(place.chat_id),
        author: Author { kind: AuthorType::Contact, id, name: Some(user.full_name()) },
        content,
        reply_to: None,
        provider_message_id: Some(number),
        provider_name: None,
        media_group_id: None,
        broadcast: None,
        edited_at: None,
        deleted_at: None,
        created_at: place.at,
        sending: None,
    }
}

/// A Telegram user of this name.
pub fn user(id: i64, first_name: &str) -> TelegramUser {
    TelegramUser { id, first_name: first_name.into(), language_code: Some("en".into()), ..TelegramUser::default() }
}

/// Where a message went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    pub contact: Id<Contact>,
    pub conversation: Id<Conversation>,
    pub message: Id<Message>,
}
