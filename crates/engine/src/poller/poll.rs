//! One long poll of one bot, and what is noted after it.

use std::time::Duration;

use channels::telegram::{errors, outgoing::management, update};
use model::{Id, Result, bot::Bot};
use store::{
    bots::{self, polling},
    events::NewEvent,
};
use transport::Asked;

use super::{Poller, Shares, roster::Wait, share_of};

/// Updates in one answer; Telegram's own maximum.
const UPDATES_MAX: u32 = 100;

/// Beyond the time that Telegram waits for news, for the answer itself.
const ANSWER_S: u64 = 15;

/// Only a new token helps a bot whose token is refused, and a new one is told to us.
const REVOKED_MS: i64 = 300_000;

/// After a webhook was removed: somebody else may set it again and again.
const REMOVED_MS: i64 = 500;

impl Poller {
    pub(super) async fn poll(&self, id: Id<Bot>, seconds: u32, shares: &Shares) -> Wait {
        match self.poll_once(id, seconds, shares).await {
            Ok(wait) => wait,
            Err(error) => {
                tracing::warn!(error = ?error, bot.id = %id, "Fetched Updates could not be stored; they are fetched again.");
                Wait::AfterFailure
            }
        }
    }

    async fn poll_once(&self, id: Id<Bot>, seconds: u32, shares: &Shares) -> Result<Wait> {
        let cipher = self.cipher.clone();
        let Some(poll) = self.db.read(move |tx| polling::open(tx, &cipher, id)).await? else {
            return Ok(Wait::AfterFailure);
        };
        let request = management::get_updates(poll.offset, UPDATES_MAX, seconds);
        let limit = Duration::from_secs(u64::from(seconds) + ANSWER_S);
        let asked = self.bot_api.ask(&poll.token, &request, limit, errors::updates).await;
        match &asked {
            Asked::Ok(updates) => self.store(id, &poll, updates, shares).await,
            // A webhook that was left from before stands in the way.
            Asked::Refused { code: 409, description } if description.contains("webhook is active") => {
                self.remove_webhook(id, &poll).await
            }
            Asked::Refused { .. } if asked.is_token_refused() => self.note_revoked(id, &asked).await,
            Asked::RetryAfter { after_ms } => Ok(Wait::Ms(*after_ms)),
            Asked::Refused { .. } | Asked::Unreachable { .. } => self.note(id, &asked).await,
        }
    }

    /// Stores the Updates together with where to go on.
    async fn store(&self, id: Id<Bot>, poll: &polling::Poll, updates: &[Vec<u8>], shares: &Shares) -> Result<Wait> {
        let new: Vec<NewEvent> = updates.iter().filter_map(|bytes| event(id, poll, bytes)).collect();
        let now = self.clock.now();
        if new.is_empty() && !updates.is_empty() {
            let words = "Telegram's answer holds no Update that can be read.";
            self.db.write(move |tx| polling::note(tx, id, Some(words), now)).await?;
            return Ok(Wait::AfterFailure);
        }
        // Telegram has heard of the offset now, and may begin anew with smaller numbers after a week of silence.
        let offset = new.iter().map(|event| event.update_id).max().map(|last| last.saturating_add(1));
        let is_troubled = poll.is_troubled;
        if offset.is_none() && poll.offset.is_none() && !is_troubled {
            return Ok(Wait::None);
        }
        let shares = shares.clone();
        self.db
            .write(move |tx| {
                // Another node polls this bot by now, and may have gone further.
                if !shares.hold(tx, [share_of(id)])? {
                    return Ok(());
                }
                polling::advance(tx, id, &new, offset, now)?;
                if is_troubled {
                    bots::clear_token_revoked(tx, id, now)?;
                    polling::note(tx, id, None, now)?;
                }
                Ok(())
            })
            .await?;
        Ok(Wait::None)
    }

    async fn remove_webhook(&self, id: Id<Bot>, poll: &polling::Poll) -> Result<Wait> {
        let request = management::delete_webhook();
        let limit = Duration::from_secs(ANSWER_S);
        match self.bot_api.ask(&poll.token, &request, limit, errors::done).await {
            Asked::Ok(()) => {
                tracing::info!(bot.id = %id, "A webhook was removed from a bot that polls.");
                Ok(Wait::Ms(REMOVED_MS))
            }
            Asked::RetryAfter { after_ms } => Ok(Wait::Ms(after_ms)),
            asked => self.note(id, &asked).await,
        }
    }

    async fn note<T>(&self, id: Id<Bot>, asked: &Asked<T>) -> Result<Wait> {
        let (words, now) = (asked.complaint(), self.clock.now());
        self.db.write(move |tx| polling::note(tx, id, words.as_deref(), now)).await?;
        Ok(Wait::AfterFailure)
    }

    async fn note_revoked<T>(&self, id: Id<Bot>, asked: &Asked<T>) -> Result<Wait> {
        let (words, now) = (asked.complaint().unwrap_or_default(), self.clock.now());
        self.db.write(move |tx| bots::mark_token_revoked(tx, id, &words, now)).await?;
        Ok(Wait::Ms(REVOKED_MS))
    }
}

fn event(bot: Id<Bot>, poll: &polling::Poll, bytes: &[u8]) -> Option<NewEvent> {
    let envelope = match update::envelope(bytes) {
        Ok(envelope) => envelope,
        Err(wrong) => {
            tracing::warn!(bot.id = %bot, reason = %wrong, "A fetched Update can't be read and is left out.");
            return None;
        }
    };
    Some(NewEvent {
        tenant: poll.tenant,
        bot,
        update_id: envelope.update_id,
        event_type: envelope.kind,
        // Those that belong to no chat are kept in order among themselves.
        chat_key: envelope.chat_key.unwrap_or(0),
        is_ignored: false,
        payload: bytes.to_vec().into(),
    })
}
