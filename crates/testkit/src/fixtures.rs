//! Things of a tenant that a test needs but does not care about, written by the store.

use model::{
    Clock, Id,
    bot::{Bot, DAILY_LIMIT_DEFAULT, ReceiveMode, WebhookStatus},
};
use store::{
    bots::{self, NewBot},
    events::NewEvent,
};

use crate::TestApp;

impl TestApp {
    /// An active webhook bot of the tenant, unknown to any Bot API.
    pub async fn bot(&self, bot_user_id: i64) -> Id<Bot> {
        let id = self.app.ids.id();
        let token = format!("{bot_user_id}:test-token").into();
        let sealed = bots::seal_token(&self.app.cipher, &*self.app.ids, id, &token);
        let (sealed_token, token_hint) = sealed.expect("a token can be sealed");
        let now = self.clock.now();
        let bot = Bot {
            id,
            tenant: self.tenant,
            name: "Test bot".to_owned(),
            bot_user_id,
            username: format!("test_{bot_user_id}_bot"),
            token_hint,
            is_active: true,
            daily_limit: DAILY_LIMIT_DEFAULT,
            rate_limit: None,
            receive_mode: ReceiveMode::Webhook,
            webhook_status: WebhookStatus::Pending,
            webhook_error: None,
            created_at: now,
            updated_at: now,
        };
        let is_new = self
            .app
            .db
            .write(move |tx| bots::insert(tx, &NewBot { bot: bot.clone(), sealed_token: sealed_token.clone() }));
        assert!(is_new.await.expect("a bot can be written"), "the bot {bot_user_id} is there already");
        id
    }

    /// An Update that arrived at a bot and waits to be processed.
    pub async fn event(&self, bot: Id<Bot>, update_id: i64) {
        let payload = format!(r#"{{"update_id": {update_id}}}"#).into();
        let (tenant, event_type, chat_key) = (self.tenant, "UNKNOWN", 0);
        let event = NewEvent { tenant, bot, update_id, event_type, chat_key, is_ignored: false, payload };
        self.app.inbox.put(event).await.expect("an event can be stored");
    }
}
