//! What a limited key may see and reach. What is out of its reach is not there for it.

use std::collections::HashSet;

use model::{Error, Id, Result, Scope, bot::Bot, contact::Contact, conversation::Conversation, key_limits::KeyLimits};
use store::{chats, conversations, db::Tx};

use crate::caller::Call;

impl Call {
    /// For tools whose doings have no bounds of bots or chats.
    pub fn refuse_where_limited(&self, what: &str) -> Result<()> {
        match self.limits.are_of_places() {
            true => Err(refusal(&format!("Your key is limited to some bots or chats, so it can't {what}."))),
            false => Ok(()),
        }
    }

    /// For tools that write to chats which nobody names.
    pub fn refuse_where_chats_are_limited(&self, what: &str) -> Result<()> {
        match self.limits.chats.is_some() {
            true => Err(refusal(&format!("Your key is limited to some chats, so it can't {what}."))),
            false => Ok(()),
        }
    }

    pub fn check_bot(&self, bot: Id<Bot>) -> Result<()> {
        if self.limits.allows_bot(bot) { Ok(()) } else { Err(Error::not_found("bot")) }
    }

    pub async fn check_contact(&self, contact: Id<Contact>) -> Result<()> {
        let (limits, scope) = (self.limits.clone(), self.scope);
        let is_within = self.app.db.read(move |tx| within(tx, &scope, &limits, &[contact])).await?.contains(&contact);
        if is_within { Ok(()) } else { Err(Error::not_found("contact")) }
    }

    pub async fn check_conversation(&self, conversation: Id<Conversation>) -> Result<()> {
        let (limits, scope) = (self.limits.clone(), self.scope);
        let is_within = self.app.db.read(move |tx| {
            let Some(found) = conversations::get(tx, &scope, conversation)? else { return Ok(false) };
            if let (false, Some(bot), Some(chat)) = (found.thread.is_empty(), found.bot, found.chat_id) {
                return Ok(limits.allows_chat(bot, chat));
            }
            Ok(within(tx, &scope, &limits, &[found.contact])?.contains(&found.contact))
        });
        if is_within.await? { Ok(()) } else { Err(Error::not_found("conversation")) }
    }
}

pub(crate) fn refusal(words: &str) -> Error {
    Error::forbidden(words).with_code("key_limited")
}

/// Those of the contacts who have a chat within the limits.
pub(crate) fn within(
    tx: &mut Tx,
    scope: &Scope,
    limits: &KeyLimits,
    contacts: &[Id<Contact>],
) -> Result<HashSet<Id<Contact>>> {
    if !limits.are_of_places() {
        return Ok(contacts.iter().copied().collect());
    }
    let chats = chats::of_contacts(tx, scope, contacts)?;
    let allowed = chats.into_iter().filter(|chat| limits.allows_chat(chat.bot, chat.chat_id));
    Ok(allowed.filter_map(|chat| chat.contact).collect())
}
