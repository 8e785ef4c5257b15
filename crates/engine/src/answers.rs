//! Stops the spinner on pressed buttons. Cosmetic: an answer that fails is not tried again, Telegram's spinner ends by
//! itself.

use std::sync::Arc;

use channels::telegram::outgoing::management::answer_callback_query;
use model::Result;
use secrecy::SecretString;
use store::{Cipher, bots, db::Db};
use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::CancellationToken;
use transport::BotApi;

use crate::inbound::CallbackAnswer;

/// Answers under way at a time.
const AT_ONCE_MAX: usize = 16;

/// Answers that may wait; further ones are left out.
pub const WAITING_MAX: usize = 1_024;

/// Answers pressed buttons.
#[derive(Debug)]
pub struct Answers {
    pub db: Db,
    pub cipher: Arc<Cipher>,
    pub bot_api: BotApi,
    pub waiting: mpsc::Receiver<CallbackAnswer>,
}

impl Answers {
    /// Works until `stop`.
    pub async fn run(mut self, stop: CancellationToken) {
        let room = Arc::new(Semaphore::new(AT_ONCE_MAX));
        loop {
            let answer = tokio::select! {
                () = stop.cancelled() => return,
                answer = self.waiting.recv() => answer,
            };
            let Some(answer) = answer else { return };
            let Ok(place) = room.clone().acquire_owned().await else { return };
            let (db, cipher, bot_api) = (self.db.clone(), self.cipher.clone(), self.bot_api.clone());
            tokio::spawn(async move {
                if let Err(error) = give(&db, cipher, &bot_api, &answer).await {
                    tracing::debug!(bot.id = %answer.bot, error = ?error, "A pressed button could not be answered.");
                }
                drop(place);
            });
        }
    }
}

async fn give(db: &Db, cipher: Arc<Cipher>, bot_api: &BotApi, answer: &CallbackAnswer) -> Result<()> {
    let bot = answer.bot;
    let token: Option<SecretString> = db.read(move |tx| bots::token(tx, &cipher, bot)).await?;
    let Some(token) = token else { return Ok(()) };
    let request = answer_callback_query(&answer.callback_query_id, None);
    if let Err(failure) = bot_api.call(&token, &request).await {
        tracing::debug!(bot.id = %bot, reason = failure.message(), "A pressed button could not be answered.");
    }
    Ok(())
}
