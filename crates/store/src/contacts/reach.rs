//! Through which bots a contact can be reached.

use model::{
    Id, Result, Scope,
    bot::Bot,
    chat::Chat,
    contact::{
        Contact, ContactKind,
        consent::{Reach, reach},
    },
};

use crate::{args, chats, db::Tx};

/// How many bots are looked at.
const BOTS_MAX: i64 = 50;

crate::statements! {
    hot BOTS = "contact.bots", "SELECT id FROM bot WHERE tenant_id = $1 AND platform = 'TELEGRAM'
        AND removed_at IS NULL ORDER BY id LIMIT $2";
}

/// One bot, and whether it reaches the contact.
#[derive(Debug, Clone, PartialEq)]
pub struct BotReach {
    pub bot: Id<Bot>,
    pub state: Reach,
    /// `None`: they never met.
    pub chat: Option<Chat>,
}

/// Every way to a contact, the one they used last first; then the bots to which a person never wrote.
pub fn reachability(tx: &mut Tx, scope: &Scope, contact: &Contact) -> Result<Vec<BotReach>> {
    let bots: Vec<Id<Bot>> = tx.query(BOTS, &args![scope.tenant(), BOTS_MAX], |row| row.get(0))?;
    let chats = chats::of_contact(tx, scope, contact.id)?;
    let mut ways = Vec::new();
    for chat in chats.into_iter().filter(|chat| bots.contains(&chat.bot)) {
        if let Some(state) = reach(&chat) {
            ways.push(BotReach { bot: chat.bot, state, chat: Some(chat) });
        }
    }
    if contact.kind == ContactKind::Person {
        let strangers: Vec<_> = bots.into_iter().filter(|bot| ways.iter().all(|way| way.bot != *bot)).collect();
        ways.extend(strangers.into_iter().map(|bot| BotReach { bot, state: Reach::NeverStarted, chat: None }));
    }
    Ok(ways)
}
