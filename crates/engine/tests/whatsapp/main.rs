//! What people do on WhatsApp and what becomes of it: signed deliveries in, answers of the API out, on both databases.
#![cfg(test)]

mod identity;
mod inbound;
mod numbers;
mod receipts;

use engine::{
    inbound::Inbound,
    nodes::{Nodes, Share},
};
use model::Clock;
use serde_json::{Value, json};
use testkit::{
    Answer, Graph, TestApp, TestDb,
    graph::{deliver, delivery},
};
use tokio::sync::mpsc;

pub const NUMBERS: &str = "/whatsapp/v1/numbers/";
pub const SECRET: &str = "app-secret";
pub const WABA: &str = "102290129340398";
pub const PHONE: &str = "106540352242922";

/// A service with one number, its Graph API, and the processor of what is delivered.
#[derive(Debug)]
pub struct World {
    pub app: TestApp,
    pub graph: Graph,
    pub number: Value,
    inbound: Inbound,
}

impl World {
    pub async fn start(db: TestDb) -> Self {
        let graph = Graph::start().await;
        let url = graph.url.clone();
        let app = TestApp::start_with(db, |set| {
            set.whatsapp_api_base_url = url;
            set.settings.base_url = "https://jina.test".to_owned();
        })
        .await;
        let (status, number) = app.owner().post(NUMBERS, new_number()).await;
        assert_eq!(status, 201, "{number}");
        let (answers, _) = mpsc::channel(1);
        let (clock, ids) = (app.app.clock.clone(), app.app.ids.clone());
        let share = Share::whole("inbound", clock.clone(), Nodes::alone(clock.clone(), "test"));
        let inbound = Inbound::new(app.app.db.clone(), clock, ids, answers, share);
        Self { app, graph, number, inbound }
    }

    pub fn path(&self) -> String {
        format!("{NUMBERS}{}/", self.number["id"].as_str().unwrap())
    }

    pub fn webhook(&self) -> String {
        format!("/whatsapp/v1/webhooks/{}/", self.number["id"].as_str().unwrap())
    }

    pub async fn deliver(&self, value: Value) -> Answer {
        let answer = deliver(&self.app.anonymous(), &self.webhook(), SECRET, &delivery(WABA, PHONE, value)).await;
        while self.inbound.work().await.unwrap() > 0 {}
        answer
    }

    /// Works on what was delivered in another way.
    pub async fn work(&self) {
        while self.inbound.work().await.unwrap() > 0 {}
    }

    /// A person with this phone writes.
    pub async fn says(&self, phone: &str, name: &str, id: &str, text: &str) {
        let value = self.message(Some(phone), None, name, json!({"id": id, "type": "text", "text": {"body": text}}));
        assert_eq!(self.deliver(value).await.status, 200);
    }

    /// A message of somebody known by a phone, a user id, or both.
    pub fn message(&self, phone: Option<&str>, user_id: Option<&str>, name: &str, content: Value) -> Value {
        let now = self.app.clock.now().as_ms() / 1_000;
        let mut message = json!({"timestamp": now.to_string()});
        let mut contact = json!({"profile": {"name": name}});
        if let Some(phone) = phone {
            message["from"] = phone.into();
            contact["wa_id"] = phone.into();
        }
        if let Some(user_id) = user_id {
            message["from_user_id"] = user_id.into();
            contact["user_id"] = user_id.into();
        }
        message.as_object_mut().unwrap().extend(content.as_object().unwrap().clone());
        json!({"contacts": [contact], "messages": [message]})
    }

    pub async fn get(&self, path: &str) -> Value {
        let (status, body) = self.app.owner().get(path).await;
        assert_eq!(status, 200, "GET {path}: {body}");
        body
    }

    pub async fn list(&self, path: &str) -> Vec<Value> {
        self.get(path).await["results"].as_array().unwrap().clone()
    }

    /// The timeline of the only conversation, oldest first.
    pub async fn timeline(&self) -> Vec<Value> {
        let conversations = self.list("/team-inbox/api/conversations/").await;
        assert_eq!(conversations.len(), 1, "{conversations:?}");
        let id = conversations[0]["id"].as_str().unwrap();
        self.list(&format!("/team-inbox/api/conversations/{id}/timeline/")).await
    }
}

pub fn new_number() -> Value {
    json!({"name": "Support", "phone_number_id": PHONE, "waba_id": WABA, "access_token": "EAAG-good-1234",
        "app_secret": SECRET})
}
