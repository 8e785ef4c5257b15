//! What people do in Telegram and what becomes of it: Updates in, answers of the API out, on both databases.
#![cfg(test)]

mod consent;
mod erase;
mod threads;

use bytes::Bytes;
use channels::telegram::update::envelope;
use engine::{
    inbound::Inbound,
    nodes::{Nodes, Share},
};
use model::{Clock, Id, bot::Bot};
use serde_json::{Value, json};
use store::{
    db::Tx,
    events::{self, NewEvent},
};
use testkit::TestApp;
use tokio::sync::mpsc;

/// Updates of one bot, and the processor that takes them.
struct Telegram<'a> {
    app: &'a TestApp,
    bot: Id<Bot>,
    inbound: Inbound,
    last: i64,
}

impl<'a> Telegram<'a> {
    async fn of(app: &'a TestApp, bot_user_id: i64) -> Self {
        let bot = app.bot(bot_user_id).await;
        let (answers, _) = mpsc::channel(1);
        let (clock, ids) = (app.app.clock.clone(), app.app.ids.clone());
        let share = Share::whole("inbound", clock.clone(), Nodes::alone(clock.clone(), "test"));
        let inbound = Inbound::new(app.app.db.clone(), clock, ids, answers, share);
        Self { app, bot, inbound, last: 0 }
    }

    /// A user writes to the bot.
    async fn says(&mut self, user: i64, text: &str) {
        self.message(user, json!({"text": text})).await;
    }

    async fn message(&mut self, user: i64, content: Value) {
        let mut message = json!({"message_id": self.last + 1, "date": self.app.clock.now().as_ms() / 1_000,
            "chat": {"id": user, "type": "private", "first_name": "Ada"},
            "from": {"id": user, "is_bot": false, "first_name": "Ada", "username": format!("ada_{user}")}});
        message.as_object_mut().unwrap().extend(content.as_object().unwrap().clone());
        self.update(json!({"message": message})).await;
    }

    async fn update(&mut self, update: Value) {
        self.receive(update).await;
        self.work().await;
    }

    async fn work(&mut self) {
        while self.inbound.work().await.unwrap() > 0 {}
    }

    /// Works on what waits for its next try, so many times. Workers that are at it at once may fail each other's first one.
    async fn work_again(&mut self, times: u32) {
        for _ in 0..times {
            self.app.clock.advance(60_000);
            self.work().await;
        }
    }

    /// Keeps an Update for later.
    async fn receive(&mut self, mut update: Value) {
        self.last += 1;
        update["update_id"] = json!(self.last);
        let payload = Bytes::from(update.to_string());
        let outside = envelope(&payload).unwrap();
        let event = NewEvent {
            tenant: self.app.tenant,
            bot: self.bot,
            update_id: self.last,
            event_type: outside.kind,
            chat_key: outside.chat_key.unwrap_or_default(),
            is_ignored: false,
            payload,
        };
        let now = self.app.clock.now();
        self.app.app.db.write(move |tx| events::insert(tx, std::slice::from_ref(&event), now)).await.unwrap();
    }

    /// The oldest open Update fails in another worker's hands, and waits for its next try.
    async fn fails_elsewhere(&self) {
        let now = self.app.clock.now();
        let fail = move |tx: &mut Tx| {
            let open = events::take_open(tx, now, 1)?;
            events::mark_failed(tx, &open[0], "the database was busy", now)
        };
        self.app.app.db.write(fail).await.unwrap();
    }
}

/// The contact of a Telegram user, as the API shows it.
async fn contact(app: &TestApp, user: i64) -> Value {
    let (_, page) = app.owner().get(&format!("/contacts/?telegram_chat_id={user}")).await;
    let id = page["results"][0]["id"].as_str().unwrap_or_else(|| panic!("nobody has the id {user}: {page}")).to_owned();
    app.owner().get(&format!("/contacts/{id}/")).await.1
}
