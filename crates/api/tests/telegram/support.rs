//! A service that talks to a Bot API server.

use serde_json::{Value, json};
use testkit::{Telegram, TestApp, TestDb};

pub const BOTS: &str = "/telegram/v1/bots/";
pub const TOKEN: &str = "123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11";

/// A service and its Bot API server.
pub async fn start(db: TestDb) -> (TestApp, Telegram) {
    let telegram = Telegram::start().await;
    let url = telegram.url.clone();
    let app = TestApp::start_with(db, |set| {
        set.telegram_api_base_url = url;
        set.settings.base_url = "https://jina.test".to_owned();
    })
    .await;
    (app, telegram)
}

/// A bot that is registered, as its answer shows it.
pub async fn registered(app: &TestApp) -> Value {
    let (status, bot) = app.owner().post(BOTS, json!({"bot_token": TOKEN})).await;
    assert_eq!(status, 201, "{bot}");
    bot
}

/// The path of a bot.
pub fn path(bot: &Value) -> String {
    format!("{BOTS}{}/", bot["id"].as_str().unwrap())
}

/// The secret that the last setWebhook call gave to Telegram.
pub async fn secret(telegram: &Telegram) -> String {
    telegram.calls("setWebhook").await.last().unwrap()["secret_token"].as_str().unwrap().to_owned()
}
