//! Through which bots and numbers a contact can be reached.

use model::{
    Id, Platform, Result, Scope, Timestamp,
    bot::Bot,
    chat::Chat,
    contact::{
        Contact, ContactKind,
        consent::{Reach, reach},
    },
};

use crate::{args, chats, columns, db::Tx};

/// How many bots are looked at.
const BOTS_MAX: i64 = 50;

crate::statements! {
    hot BOTS = "contact.bots", "SELECT id, platform FROM bot WHERE tenant_id = $1 AND removed_at IS NULL
        ORDER BY platform, id LIMIT $2";
}

/// One bot or number, and whether it reaches the contact.
#[derive(Debug, Clone, PartialEq)]
pub struct BotReach {
    pub bot: Id<Bot>,
    pub platform: Platform,
    pub state: Reach,
    /// `None`: they never met.
    pub chat: Option<Chat>,
}

impl BotReach {
    /// Until when they can be written to freely, on channels that limit it.
    pub fn open_until(&self) -> Option<Timestamp> {
        let last = self.chat.as_ref()?.last_inbound_at?;
        self.platform.capabilities().window_ms.map(|window| last + window)
    }
}

/// Every way to a contact, the one they used last first; then the bots to which a person never wrote.
pub fn reachability(tx: &mut Tx, scope: &Scope, contact: &Contact) -> Result<Vec<BotReach>> {
    let bots: Vec<(Id<Bot>, Platform)> =
        tx.query(BOTS, &args![scope.tenant(), BOTS_MAX], |row| Ok((row.get(0)?, columns::word(row, 1)?)))?;
    let chats = chats::of_contact(tx, scope, contact.id)?;
    let mut ways = Vec::new();
    for chat in chats {
        let platform = bots.iter().find(|(bot, _)| *bot == chat.bot).map(|(_, platform)| *platform);
        if let (Some(platform), Some(state)) = (platform, reach(&chat)) {
            let state = if state == Reach::NeverStarted { stranger(contact, platform) } else { state };
            ways.push(BotReach { bot: chat.bot, platform, state, chat: Some(chat) });
        }
    }
    if contact.kind == ContactKind::Person {
        let strangers: Vec<_> = bots.into_iter().filter(|(bot, _)| ways.iter().all(|way| way.bot != *bot)).collect();
        let way = |(bot, platform)| BotReach { bot, platform, state: stranger(contact, platform), chat: None };
        ways.extend(strangers.into_iter().map(way));
    }
    Ok(ways)
}

/// Whether somebody who never wrote can be reached all the same: by what they are called on the channel.
fn stranger(contact: &Contact, platform: Platform) -> Reach {
    let has_name = contact.phone.is_some() || contact.identities.iter().any(|one| one.platform == platform);
    match platform.capabilities().may_write_first && has_name {
        true => Reach::TemplateOnly,
        false => Reach::NeverStarted,
    }
}
