//! What the contact sees of the team: that somebody writes, and that their messages were read. Cosmetic: never queued, and left
//! out as soon as it could be in the way of a message.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use channels::{
    telegram::{
        errors,
        outgoing::{self as telegram, management},
    },
    whatsapp::{management as graph, outgoing as whatsapp},
};
use model::{Id, Platform, Result, Scope, Timestamp, bot::Bot, conversation::Conversation, outgoing::Options};
use store::{bots, chats, conversations, db::Tx, deliveries, timeline};
use tokio::sync::Semaphore;
use transport::Asked;

use crate::App;

/// Of one bot, over all its chats.
const TYPING_INTERVAL_MS: i64 = 1_000;
const READ_INTERVAL_MS: i64 = 100;
/// Of one chat.
const READ_AGAIN_MS: i64 = 1_000;
const PATIENCE: Duration = Duration::from_secs(5);
const AT_ONCE_MAX: usize = 16;
/// Chats and bots that are remembered.
const REMEMBERED_MAX: usize = 10_000;

/// What was shown of late, and where not to call before.
#[derive(Debug)]
pub struct Signs {
    free_at: Mutex<HashMap<Place, Timestamp>>,
    room: Arc<Semaphore>,
}

impl Default for Signs {
    fn default() -> Self {
        Self { free_at: Mutex::default(), room: Arc::new(Semaphore::new(AT_ONCE_MAX)) }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Typing,
    Reading,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Place {
    /// Everything of a bot.
    Silence(Id<Bot>),
    Bot(Id<Bot>, Kind),
    Chat(Id<Bot>, i64, Kind),
}

impl Signs {
    /// Takes the turn of a bot and a chat, if both have one.
    fn take(&self, (bot, chat_id): (Id<Bot>, i64), kind: Kind, again_ms: i64, now: Timestamp) -> bool {
        let mut free_at = self.free_at.lock().unwrap_or_else(PoisonError::into_inner);
        let interval_ms = if kind == Kind::Typing { TYPING_INTERVAL_MS } else { READ_INTERVAL_MS };
        let places = [(Place::Bot(bot, kind), interval_ms), (Place::Chat(bot, chat_id, kind), again_ms)];
        let is_taken = |place: &Place| free_at.get(place).is_some_and(|at| *at > now);
        if is_taken(&Place::Silence(bot)) || places.iter().any(|(place, _)| is_taken(place)) {
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
        self.free_at.lock().unwrap_or_else(PoisonError::into_inner).insert(Place::Silence(bot), until);
    }
}

/// Shows that somebody writes, in the chat that the contact used last, beside the request that asks for it. Answers whether it
/// is tried.
pub async fn show_typing(app: &App, scope: &Scope, conversation: &Conversation) -> Result<bool> {
    match conversation.platform.capabilities().typing_again_ms {
        Some(again_ms) => show(app, scope, conversation, Kind::Typing, again_ms).await,
        None => Ok(false),
    }
}

/// Shows that the contact's messages were read, where the channel shows that.
pub(crate) async fn show_reading(app: &App, scope: &Scope, conversation: &Conversation) -> Result<bool> {
    match conversation.platform.capabilities().shows_reading {
        true => show(app, scope, conversation, Kind::Reading, READ_AGAIN_MS).await,
        false => Ok(false),
    }
}

async fn show(app: &App, scope: &Scope, conversation: &Conversation, kind: Kind, again_ms: i64) -> Result<bool> {
    let (Some(bot), Some(chat_id @ 1..)) = (conversation.bot, conversation.chat_id) else { return Ok(false) };
    let (scope, rates, now, cipher) = (*scope, app.settings.rates(), app.clock.now(), app.cipher.clone());
    let (id, platform) = (conversation.id, conversation.platform);
    let found = app.db.read(move |tx| {
        if !deliveries::has_slack(tx, &scope, (bot, chat_id), rates, now)? {
            return Ok(None);
        }
        let call = call(tx, &scope, platform, (id, bot, chat_id), kind)?;
        Ok(bots::token(tx, &cipher, bot)?.zip(call))
    });
    let Some((token, call)) = found.await? else { return Ok(false) };
    let Ok(place) = app.signs.room.clone().try_acquire_owned() else { return Ok(false) };
    if !app.signs.take((bot, chat_id), kind, again_ms, now) {
        return Ok(false);
    }
    let app = app.clone();
    tokio::spawn(async move {
        let asked = match &call {
            Call::BotApi(request) => app.bot_api.ask(&token, request, PATIENCE, errors::done).await,
            Call::GraphApi(request) => app.graph_api.ask(&token, request, PATIENCE, graph::done).await,
        };
        if let Asked::RetryAfter { after_ms } = asked {
            app.signs.silence(bot, app.clock.now() + after_ms);
        }
        drop(place);
    });
    Ok(true)
}

/// The sign in the channel's words.
enum Call {
    BotApi(telegram::Request),
    GraphApi(whatsapp::Request),
}

fn call(
    tx: &mut Tx,
    scope: &Scope,
    platform: Platform,
    (conversation, bot, chat_id): (Id<Conversation>, Id<Bot>, i64),
    kind: Kind,
) -> Result<Option<Call>> {
    match (platform, kind) {
        (Platform::Telegram, Kind::Typing) => {
            let business = chats::find(tx, scope, bot, chat_id)?.and_then(|chat| chat.business);
            let options = Options { business, ..Options::default() };
            Ok(Some(Call::BotApi(management::send_chat_action(chat_id, "typing", &options))))
        }
        (Platform::Telegram, Kind::Reading) => Ok(None),
        (Platform::Whatsapp, kind) => {
            let name = timeline::last_name(tx, scope, conversation, bot)?;
            let number = store::whatsapp::phone_number_id(tx, bot)?;
            let request = |(name, number): (String, String)| graph::mark_read(&number, &name, kind == Kind::Typing);
            Ok(name.zip(number).map(request).map(Call::GraphApi))
        }
    }
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
        let (signs, bot, other) = (Signs::default(), Id::from_bytes([1; 16]), Id::from_bytes([2; 16]));
        let take = |bot, chat, kind, ms| signs.take((bot, chat), kind, 4_000, Timestamp::from_ms(ms));
        assert!(take(bot, 1, Kind::Typing, 0));
        assert!(!take(bot, 1, Kind::Typing, 3_999), "the chat shows it still");
        assert!(!take(bot, 2, Kind::Typing, 999), "the bot had its turn");
        assert!(take(bot, 2, Kind::Reading, 999), "reading has turns of its own");
        assert!(take(other, 1, Kind::Typing, 999));
        assert!(take(bot, 2, Kind::Typing, 1_000));
        assert!(take(bot, 1, Kind::Typing, 4_000));
        signs.silence(bot, Timestamp::from_ms(60_000));
        assert!(!take(bot, 3, Kind::Typing, 59_999) && !take(bot, 3, Kind::Reading, 59_999));
        assert!(take(bot, 3, Kind::Typing, 60_000));
    }
}
