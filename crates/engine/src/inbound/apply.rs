//! What a batch of Updates means for the database, in one transaction.

use std::collections::{BTreeMap, HashMap, hash_map::Entry};

use channels::telegram::update::Fact;
use model::{
    Id, Ids, Result, Scope, Tenant, Timestamp, bot::Bot, conversation::Touch, feed::Change, settings::TenantSettings,
};
use store::{db::Tx, events, feed, settings};

use super::{Decoded, Said, buttons, graph, member, message, whatsapp};

/// A pressed button whose sender waits for an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallbackAnswer {
    pub bot: Id<Bot>,
    pub callback_query_id: String,
}

/// What the parts of the processor share while they write one event.
pub(super) struct Writer<'a> {
    pub tx: &'a mut Tx,
    pub ids: &'a dyn Ids,
    pub scope: Scope,
    pub bot: Id<Bot>,
    /// The number of the event that is written.
    pub seq: i64,
    /// How often it was tried before.
    pub tries: i64,
    pub now: Timestamp,
    pub settings: &'a TenantSettings,
    pub changes: &'a mut Vec<Change>,
}

impl Writer<'_> {
    /// What a message from a contact does to its conversation in this tenant.
    pub fn incoming(&self) -> Touch {
        Touch::incoming(self.settings.inbox.reopen_on_reply)
    }
}

/// Writes the events in their order, their feed entries, and that they are done.
pub(super) fn batch(tx: &mut Tx, ids: &dyn Ids, decoded: &[Decoded], now: Timestamp) -> Result<Vec<CallbackAnswer>> {
    let mut changes: BTreeMap<Id<Tenant>, Vec<Change>> = BTreeMap::new();
    let mut tenants: HashMap<Id<Tenant>, TenantSettings> = HashMap::new();
    let mut answers = Vec::new();
    let mut plain = Vec::new();
    for Decoded { open, said } in decoded {
        let changes = changes.entry(open.tenant).or_default();
        let scope = Scope::system(open.tenant);
        let settings = match tenants.entry(open.tenant) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(settings::get(tx, &scope)?),
        };
        let (bot, seq, tries) = (open.bot, open.seq, open.retry_count);
        let mut writer = Writer { tx: &mut *tx, ids, scope, bot, seq, tries, now, settings, changes };
        let unreadable = match said {
            Said::Telegram(update) => {
                answers.extend(one(&mut writer, &update.fact)?);
                unreadable(&update.fact)
            }
            Said::Whatsapp(fact) => {
                whatsapp::write(&mut writer, fact)?;
                unread(fact)
            }
        };
        match unreadable {
            Some(words) => events::mark_processed_with(tx, open.seq, words, now).map(drop)?,
            None => plain.push(open.seq),
        }
    }
    events::mark_processed(tx, &plain, now)?;
    feed::append_all(tx, &changes, now)?;
    Ok(answers)
}

fn one(writer: &mut Writer<'_>, fact: &Fact) -> Result<Option<CallbackAnswer>> {
    match fact {
        Fact::Message(incoming) => message::received(writer, incoming)?,
        Fact::Edited(incoming) => message::edited(writer, incoming)?,
        Fact::Reactions(reactions) => message::reacted(writer, reactions)?,
        Fact::ButtonPressed(pressed) => return buttons::pressed(writer, pressed).map(Some),
        Fact::MyChatMember(change) => member::changed(writer, change)?,
        Fact::Business(connection) => message::connected(writer, connection)?,
        Fact::Deleted(deleted) => message::deleted(writer, deleted)?,
        Fact::Other(other) => message::other(writer, other)?,
    }
    Ok(None)
}

fn unreadable(fact: &Fact) -> Option<&str> {
    match fact {
        Fact::Other(other) => other.unreadable.as_deref(),
        _ => None,
    }
}

fn unread(fact: &graph::update::Fact) -> Option<&str> {
    match fact {
        graph::update::Fact::Unreadable(why) => Some(why),
        _ => None,
    }
}
