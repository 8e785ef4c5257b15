//! What all messages of one broadcast by one sender have in common, read once for a whole chunk of recipients.

use model::{ErrorKind, Id, Result, Scope, bot::Bot, broadcast::SkipReason, contact::Contact};
use store::{
    broadcasts::{self, Record},
    db::Tx,
    senders::{self, Sender},
};

use super::{
    feed::{Desk, author},
    script::Prepared,
};
use crate::send::{self, Composed, To, Wording};

/// A broadcast that is ready to be filled in for one recipient after the other.
pub(super) struct Press<'a> {
    pub desk: Desk<'a>,
    pub scope: &'a Scope,
    pub record: &'a Record,
    pub sender: Sender,
    prepared: Prepared,
    /// Of the approved template that it needs.
    wording: Option<Wording>,
}

impl<'a> Press<'a> {
    /// None: nothing can be sent now. A broadcast whose template can't be sent any more is paused, so that nobody is lost to
    /// it; a sender that is gone has its recipients taken back elsewhere.
    pub fn set_up(
        tx: &mut Tx,
        desk: &Desk<'a>,
        scope: &'a Scope,
        record: &'a Record,
        bot: Id<Bot>,
    ) -> Result<Option<Self>> {
        let Some(sender) = senders::get(tx, scope, bot, desk.now)? else { return Ok(None) };
        let prepared = Prepared::new(desk.ids, &record.script)?.in_zone(record.steering.zone());
        let wording = match prepared.wording(tx, scope, Some(bot), desk.now) {
            Err(error) if error.kind() == ErrorKind::Invalid => {
                broadcasts::stop(tx, record.id, &format!("Paused by itself: {}", words(&error)))?;
                return Ok(None);
            }
            wording => wording?,
        };
        Ok(Some(Self { desk: *desk, scope, record, sender, prepared, wording }))
    }

    /// Whether it may be sent to people who have not written for long, or never.
    pub fn opens_windows(&self) -> bool {
        self.wording.is_some()
    }

    /// The message for one contact.
    pub fn composed(&self, contact: &Contact) -> Result<Composed, SkipReason> {
        self.compose(contact).map_err(|_| SkipReason::RenderError)
    }

    fn compose(&self, contact: &Contact) -> Result<Composed> {
        let (to, author) = (To::Contact(contact.id), author(self.record));
        let mut composed = self.prepared.compose(contact, to, author, self.desk.now)?;
        composed.parts = send::fit(self.record.platform, composed.parts)?;
        let is_paid = self.record.steering.allow_paid_broadcast;
        composed.parts.iter_mut().for_each(|part| part.options.allow_paid_broadcast = is_paid);
        if let Some(wording) = &self.wording {
            wording.put(&mut composed.content)?;
        }
        Ok(composed)
    }
}

fn words(error: &model::Error) -> String {
    let sentences = error.field_errors().values().flatten().cloned().collect::<Vec<_>>();
    if sentences.is_empty() { error.message().to_owned() } else { sentences.join(" ") }
}
