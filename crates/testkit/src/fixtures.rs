//! Things of a tenant that a test needs but does not care about, written by the store.

use model::{
    Clock, Id, Platform,
    bot::{Bot, DAILY_LIMIT_DEFAULT, ReceiveMode, WebhookStatus},
    whatsapp::{Number, Template, TemplateCategory, TemplateStatus, sender_id},
};
use serde_json::json;
use store::{
    bots::{self, NewBot},
    events::NewEvent,
    whatsapp::NewNumber,
};

use crate::TestApp;

/// Meta's id of the numbers' account.
/// Of every WhatsApp number that is made here.
pub const ACCOUNT: &str = "102290129340398";

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
            platform: Platform::Telegram,
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

    /// An active WhatsApp number of the tenant, unknown to any Graph API.
    pub async fn whatsapp_number(&self, phone_number_id: &str) -> Id<Bot> {
        let id = self.app.ids.id();
        let (cipher, ids, now) = (self.app.cipher.clone(), self.app.ids.clone(), self.clock.now());
        let sealed = bots::seal_token(&cipher, &*ids, id, &"a test's token".into());
        let (sealed_token, token_hint) = sealed.expect("a token can be sealed");
        let bot = Bot {
            id,
            tenant: self.tenant,
            platform: Platform::Whatsapp,
            name: "Test number".to_owned(),
            bot_user_id: sender_id(phone_number_id).expect("the test's id has digits only"),
            username: "+1 555-078-3881".to_owned(),
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
        let new = NewNumber {
            sealed_token,
            sealed_app_secret: store::whatsapp::seal_app_secret(&cipher, &*ids, id, &"a test's secret".into())
                .expect("a secret can be sealed"),
            verify_token: format!("verify-{id}").into(),
            number: Number {
                bot,
                phone_number_id: phone_number_id.to_owned(),
                waba_id: ACCOUNT.to_owned(),
                display_phone_number: "+1 555-078-3881".to_owned(),
                verified_name: "Test".to_owned(),
                quality_rating: None,
            },
        };
        let is_new = self.app.db.write(move |tx| store::whatsapp::insert(tx, &cipher, &*ids, &new)).await;
        assert!(is_new.expect("a number can be written"), "the number is there already");
        id
    }

    /// An approved template of the number's account.
    pub async fn whatsapp_template(&self, name: &str, body: &str) -> Id<Template> {
        let (scope, now) = (self.scope(), self.clock.now());
        let template = Template {
            id: self.app.ids.id(),
            tenant: self.tenant,
            waba_id: ACCOUNT.to_owned(),
            provider_id: Some("5".to_owned()),
            name: name.to_owned(),
            language: "en_US".to_owned(),
            category: TemplateCategory::Utility,
            status: TemplateStatus::Approved,
            quality: None,
            reason: None,
            components: json!([{"type": "BODY", "text": body}]),
            created_at: now,
            updated_at: now,
        };
        let id = template.id;
        let put = self.app.db.write(move |tx| store::whatsapp::put_template(tx, &scope, &template));
        put.await.expect("a template can be written");
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
