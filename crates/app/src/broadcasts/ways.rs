//! The ways to recipients whose turn it is, looked at once more: much may have changed since the audience was worked out.

use std::collections::HashMap;

use model::{
    Id, Result, Scope,
    broadcast::SkipReason,
    chat::{Chat, ChatState},
    contact::Contact,
    conversation::ConversationStatus,
};
use store::{chats, contacts, db::Tx, senders::Sender};

use super::press::Press;
use crate::send;

/// Recipients and their chats with one sender.
pub(super) struct Ways {
    contacts: HashMap<Id<Contact>, Contact>,
    chats: HashMap<i64, Chat>,
}

impl Ways {
    /// Reads what there is, in few statements for all of them.
    pub fn look(tx: &mut Tx, scope: &Scope, sender: &Sender, next: &[(Id<Contact>, Option<i64>)]) -> Result<Self> {
        let people: Vec<Id<Contact>> = next.iter().map(|(contact, _)| *contact).collect();
        let contacts =
            contacts::get_many(tx, scope, &people)?.into_iter().map(|contact| (contact.id, contact)).collect();
        let chats = chats::of_contacts(tx, scope, &people)?.into_iter().filter(|chat| chat.bot == sender.bot);
        Ok(Self { contacts, chats: chats.map(|chat| (chat.chat_id, chat)).collect() })
    }

    /// The contact and their chat, which is opened for somebody who never wrote; or why they get nothing.
    pub fn to(
        &mut self,
        tx: &mut Tx,
        press: &Press<'_>,
        id: Id<Contact>,
        chat_id: Option<i64>,
    ) -> Result<Result<(&Contact, &Chat), SkipReason>> {
        match self.contacts.get(&id) {
            None => return Ok(Err(SkipReason::ContactDeleted)),
            Some(contact) if contact.do_not_contact => return Ok(Err(SkipReason::DoNotContact)),
            Some(_) => {}
        }
        let Some(chat_id) = (match chat_id {
            Some(chat_id) => Some(chat_id),
            None => self.opened(tx, press, id)?,
        }) else {
            return Ok(Err(SkipReason::NoPhone));
        };
        Ok(self
            .chat(press, id, chat_id)
            .and_then(|chat| Ok((self.contacts.get(&id).ok_or(SkipReason::ContactDeleted)?, chat))))
    }

    /// The chat with somebody who had none when the audience was worked out: the one that they opened since, or a new one.
    fn opened(&mut self, tx: &mut Tx, press: &Press<'_>, id: Id<Contact>) -> Result<Option<i64>> {
        let Some(contact) = self.contacts.get(&id) else { return Ok(None) };
        if let Some(chat) = self.chats.values().find(|chat| chat.contact == Some(id)) {
            return Ok(Some(chat.chat_id));
        }
        // Nobody has to answer it: it opens when they write.
        let person = (contact, ConversationStatus::Closed);
        let opened = send::open(tx, press.desk.ids, press.scope, &press.sender, person, press.desk.now)?;
        let Some((chat_id, _)) = opened else { return Ok(None) };
        self.chats.extend(chats::find(tx, press.scope, press.sender.bot, chat_id)?.map(|chat| (chat_id, chat)));
        Ok(Some(chat_id))
    }

    fn chat(&self, press: &Press<'_>, id: Id<Contact>, chat_id: i64) -> Result<&Chat, SkipReason> {
        let chat = self.chats.get(&chat_id).filter(|chat| chat.contact == Some(id)).ok_or(SkipReason::NoChat)?;
        let chat = match chat.migrated_to.filter(|_| chat.state == ChatState::Migrated) {
            Some(to) => self.chats.get(&to).ok_or(SkipReason::NoChat)?,
            None => chat,
        };
        match chat.state {
            ChatState::Blocked => Err(SkipReason::Blocked),
            ChatState::Migrated => Err(SkipReason::NoChat),
            _ if chat.opted_out_at.is_some() => Err(SkipReason::OptedOut),
            _ if !is_open(press, chat) => Err(SkipReason::WindowClosed),
            ChatState::Active | ChatState::Unknown => Ok(chat),
        }
    }
}

fn is_open(press: &Press<'_>, chat: &Chat) -> bool {
    match press.sender.platform.capabilities().window_ms {
        Some(window_ms) if !press.opens_windows() => {
            chat.last_inbound_at.is_some_and(|at| press.desk.now.since(at) < window_ms)
        }
        _ => true,
    }
}
