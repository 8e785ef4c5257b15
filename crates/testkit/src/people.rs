//! People who write to bots, by way of the store: for tests of what happens after a message is in.

use std::sync::Arc;

use model::{
    Id, Ids, Platform, Scope, Timestamp,
    bot::{Bot, DAILY_LIMIT_DEFAULT, ReceiveMode, WebhookStatus},
    chat::{ChatKind, TelegramUser},
    contact::Contact,
    content::Content,
    conversation::Conversation,
    message::{Author, AuthorType, Direction, EntryKind, Message},
};
use store::{
    bots::{self, NewBot},
    contacts,
    conversations::{self, Arrival},
    db::{Db, Tx},
    timeline,
};

/// The people and bots of one tenant.
#[derive(Debug, Clone)]
pub struct People {
    pub db: Db,
    pub scope: Scope,
    pub ids: Arc<dyn Ids>,
}

impl People {
    /// A bot that is registered and active, with a token that nobody knows.
    pub async fn bot(&self, bot_user_id: i64, now: Timestamp) -> Id<Bot> {
        let bot = Bot {
            id: self.ids.id(),
            tenant: self.scope.tenant(),
            name: "Support".into(),
            bot_user_id,
            username: format!("support_{bot_user_id}_bot"),
            token_hint: "1234".into(),
            is_active: true,
            daily_limit: DAILY_LIMIT_DEFAULT,
            rate_limit: None,
            receive_mode: ReceiveMode::Polling,
            webhook_status: WebhookStatus::None,
            webhook_error: None,
            created_at: now,
            updated_at: now,
        };
        let new = NewBot { bot, sealed_token: b"sealed".to_vec() };
        let id = new.bot.id;
        let is_new = self.db.write(move |tx| bots::insert(tx, &new)).await.expect("a bot can be made");
        assert!(is_new, "the bot is registered already");
        id
    }

    /// A user writes to a bot: the `number`-th message of their private chat.
    pub async fn says(&self, bot: Id<Bot>, user: &TelegramUser, number: i64, content: Content, at: Timestamp) -> Said {
        let (scope, ids, user) = (self.scope, self.ids.clone(), user.clone());
        let body = move |tx: &mut Tx| {
            let contact = contacts::recognise(tx, &scope, &*ids, &user, at)?.contact;
            let place = Arrival { contact, bot, chat_id: user.id, chat_kind: ChatKind::Private, title: None, at };
            let conversation = conversations::arrive(tx, &scope, &*ids, &place)?.conversation;
            let said = Said { contact, conversation, message: ids.id() };
            timeline::receive(tx, &scope, &message(&scope, &place, said, &user, number, content.clone()))?;
            Ok(said)
        };
        self.db.write(body).await.expect("a message can be received")
    }
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
