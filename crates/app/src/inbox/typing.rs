//! "typing …" in the customer's chat while somebody of the team writes. Cosmetic: never queued, and left out as soon as it
//! could be in the way of a message.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use channels::telegram::{errors, outgoing::management};
use model::{Id, Result, Scope, Timestamp, bot::Bot, conversation::Conversation, outgoing::Options};
use store::{bots, chats, conversations, deliveries};
use tokio::sync::Semaphore;
use transport::Asked;

use crate::App;

/// Telegram shows it for five seconds.
const AGAIN_MS: i64 = 4_000;
/// Of one bot, over all its chats.
const BOT_INTERVAL_MS: i64 = 1_000;
const PATIENCE: Duration = Duration::from_secs(5);
const AT_ONCE_MAX: usize = 16;
/// Chats and bots that are remembered.
const REMEMBERED_MAX: usize = 10_000;

/// What was shown of late, and where not to call before.
#[derive(Debug)]
pub struct TypingBudget {
    free_at: Mutex<HashMap<Place, Timestamp>>,
    room: Arc<Semaphore>,
}

impl Default for TypingBudget {
    fn default() -> Self {
        Self { free_at: Mutex::default(), room: Arc::new(Semaphore::new(AT_ONCE_MAX)) }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Place {
    Bot(Id<Bot>),
    Chat(Id<Bot>, i64),
}

impl TypingBudget {
    /// Takes the turn of a bot and a chat, if both have one.
    fn take(&self, bot: Id<Bot>, chat_id: i64, now: Timestamp) -> bool {
        let mut free_at = self.free_at.lock().unwrap_or_else(PoisonError::into_inner);
        let places = [(Place::Bot(bot), BOT_INTERVAL_MS), (Place::Chat(bot, chat_id), AGAIN_MS)];
        if places.iter().any(|(place, _)| free_at.get(place).is_some_and(|at| *at > now)) {
            return false;
        }
        if free_at.len() + places.len() > REMEMBERED_MAX {
            free_at.retain(|_, at| *at > now);
        }
        if free_at.len() + places.len() > REMEMBERED_MAX {
            return false;
        }
        free_at.extend(places.map(|(place, interval)| (place, now + interval)));
        true
    }

    fn silence(&self, bot: Id<Bot>, until: Timestamp) {
        self.free_at.lock().unwrap_or_else(PoisonError::into_inner).insert(Place::Bot(bot), until);
    }
}

/// Shows it in the chat that the contact used last, beside the request that asks for it. Answers whether it is tried.
pub async fn show_typing(
    app: &App,
    scope: &Scope,
    budget: &Arc<TypingBudget>,
    conversation: &Conversation,
) -> Result<bool> {
    let (Some(bot), Some(chat_id @ 1..)) = (conversation.bot, conversation.chat_id) else { return Ok(false) };
    if !conversation.platform.capabilities().has_typing {
        return Ok(false);
    }
    let (scope, rates, now, cipher) = (*scope, app.settings.rates(), app.clock.now(), app.cipher.clone());
    let way = app.db.read(move |tx| {
        if !deliveries::has_slack(tx, &scope, (bot, chat_id), rates, now)? {
            return Ok(None);
        }
        let business = chats::find(tx, &scope, bot, chat_id)?.and_then(|chat| chat.business);
        let token = bots::token(tx, &cipher, bot)?;
        Ok(token.map(|token| (token, Options { business, ..Options::default() })))
    });
    let Some((token, options)) = way.await? else { return Ok(false) };
    let Ok(place) = budget.room.clone().try_acquire_owned() else { return Ok(false) };
    if !budget.take(bot, chat_id, now) {
        return Ok(false);
    }
    let (app, budget) = (app.clone(), budget.clone());
    tokio::spawn(async move {
        let request = management::send_chat_action(chat_id, "typing", &options);
        if let Asked::RetryAfter { after_ms } = app.bot_api.ask(&token, &request, PATIENCE, errors::done).await {
            budget.silence(bot, app.clock.now() + after_ms);
        }
        drop(place);
    });
    Ok(true)
}

/// The conversation in which somebody types.
pub async fn typed_in(app: &App, scope: &Scope, id: Id<Conversation>) -> Result<Conversation> {
    let scope = *scope;
    let found = app.db.read(move |tx| conversations::get(tx, &scope, id)).await?;
    found.ok_or_else(|| model::Error::not_found("conversation"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chat_and_a_bot_have_their_turns() {
        let (budget, bot, other) = (TypingBudget::default(), Id::from_bytes([1; 16]), Id::from_bytes([2; 16]));
        let at = Timestamp::from_ms;
        assert!(budget.take(bot, 1, at(0)));
        assert!(!budget.take(bot, 1, at(3_999)), "the chat shows it still");
        assert!(!budget.take(bot, 2, at(999)), "the bot had its turn");
        assert!(budget.take(other, 1, at(999)));
        assert!(budget.take(bot, 2, at(1_000)));
        assert!(budget.take(bot, 1, at(4_000)));
        budget.silence(bot, at(60_000));
        assert!(!budget.take(bot, 3, at(59_999)));
        assert!(budget.take(bot, 3, at(60_000)));
    }
}
