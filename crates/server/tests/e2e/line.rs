//! A channel with one sender, as a test drives it: so that what must hold for every channel is tested by one body.

use reqwest::RequestBuilder;
use serde_json::{Value, json};
use testkit::graph::{delivery, signature};

use super::{
    service::Service,
    world::{World, until},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    Telegram,
    Whatsapp,
}

/// Tests of which the body runs over every channel, each on both databases.
macro_rules! channel_test {
    ($(async fn $name:ident($db:ident, $channel:ident) $body:block)+) => {
        $(
            mod $name {
                use super::*;

                async fn body($db: testkit::TestDb, $channel: Channel) $body

                testkit::db_test! {
                    async fn telegram(db) {
                        super::body(db, Channel::Telegram).await;
                    }

                    async fn whatsapp(db) {
                        super::body(db, Channel::Whatsapp).await;
                    }
                }
            }
        )+
    };
}
pub(super) use channel_test;

/// A registered sender, and the channel's side of it.
#[derive(Debug, Clone)]
pub struct Line {
    pub channel: Channel,
    /// The bot's or number's id.
    pub sender: String,
    account: Account,
    hook: String,
}

#[derive(Debug, Clone)]
enum Account {
    Bot { bot: i64, secret: String },
    Number { phone_number_id: String, waba_id: String, app_secret: String },
}

/// A message that arrived at the channel.
#[derive(Debug, Clone)]
pub struct Arrival {
    pub user: i64,
    pub text: String,
    pub at_us: i64,
    pub is_accepted: bool,
}

/// The name of the approved template that broadcasts need on some channels.
const TEMPLATE: &str = "sale";

impl Line {
    /// Registers a sender; `bot` numbers it.
    pub async fn open(channel: Channel, world: &World, service: &Service, bot: i64, rate: Option<&str>) -> Self {
        match channel {
            Channel::Telegram => Self::bot(world, service, bot, rate).await,
            Channel::Whatsapp => Self::number(world, service, bot, rate).await,
        }
    }

    async fn bot(world: &World, service: &Service, bot: i64, rate: Option<&str>) -> Self {
        let sender = service.bot(bot, rate, 100_000).await;
        let set = world.calls("setWebhook").await;
        let call = set.iter().rev().find(|call| call["bot"].as_i64() == Some(bot)).unwrap();
        let secret = call["params"]["secret_token"].as_str().unwrap().to_owned();
        let hook = format!("{}/telegram/v1/webhooks/{sender}/", service.url);
        Self { channel: Channel::Telegram, sender, account: Account::Bot { bot, secret }, hook }
    }

    async fn number(world: &World, service: &Service, number: i64, rate: Option<&str>) -> Self {
        let ids = json!({"phone_number_id": format!("77{number}"), "waba_id": format!("88{number}"),
            "messages_per_second": 1_000});
        let made = world.post("graph/numbers", ids).await;
        let text = |name: &str| made[name].as_str().unwrap().to_owned();
        let (phone_number_id, waba_id, app_secret) = (text("phone_number_id"), text("waba_id"), text("app_secret"));
        let new = json!({"name": "Number", "phone_number_id": phone_number_id, "waba_id": waba_id, "app_secret": app_secret,
            "access_token": made["access_token"], "daily_limit": 100_000, "rate_limit": rate});
        let (status, registered) = service.post("/whatsapp/v1/numbers/", new).await;
        assert_eq!((status, &registered["webhook_status"]), (201, &json!("REGISTERED")), "{registered}");
        let sender = registered["id"].as_str().unwrap().to_owned();
        let hook = format!("{}/whatsapp/v1/webhooks/{sender}/", service.url);
        let account = Account::Number { phone_number_id, waba_id, app_secret };
        Self { channel: Channel::Whatsapp, sender, account, hook }
    }

    /// What the channel calls a number.
    pub fn phone_number_id(&self) -> &str {
        match &self.account {
            Account::Number { phone_number_id, .. } => phone_number_id,
            Account::Bot { .. } => panic!("a bot is no number"),
        }
    }

    /// A delivery of what a person wrote, as the channel makes it; `number` tells it from their other messages.
    pub fn delivery(&self, http: &reqwest::Client, user: i64, number: i64) -> RequestBuilder {
        let text = format!("message {number}");
        match &self.account {
            Account::Bot { secret, .. } => {
                let person = json!({"id": user, "first_name": format!("Person {user}"), "is_bot": false});
                let update = json!({"update_id": user * 1_000 + number, "message": {
                    "message_id": number, "date": 1_700_000_000 + number, "text": text,
                    "from": person, "chat": {"id": user, "type": "private", "first_name": "Person"},
                }});
                http.post(&self.hook).header("X-Telegram-Bot-Api-Secret-Token", secret).json(&update)
            }
            Account::Number { phone_number_id, waba_id, app_secret } => {
                let (phone, name) = (phone(user), format!("Person {user}"));
                let value = json!({"contacts": [{"wa_id": phone, "profile": {"name": name}}],
                    "messages": [{"from": phone, "id": format!("wamid.{user}.{number}"), "type": "text",
                        "timestamp": (1_700_000_000 + number).to_string(), "text": {"body": text}}]});
                let body = delivery(waba_id, phone_number_id, value).to_string();
                let signed = signature(app_secret, body.as_bytes());
                http.post(&self.hook).header("x-hub-signature-256", signed).body(body)
            }
        }
    }

    /// People with successive ids who may be written to now.
    pub async fn people(&self, world: &World, service: &Service, count: i64, first_id: i64) {
        match &self.account {
            Account::Bot { bot, .. } => {
                let crowd = json!({"count": count, "start_with": bot, "silent": true, "first_id": first_id});
                world.post("users/bulk", crowd).await;
            }
            Account::Number { .. } => self.writers(world, service, count, first_id).await,
        }
    }

    /// People with successive ids who wrote, and so are contacts.
    pub async fn writers(&self, world: &World, service: &Service, count: i64, first_id: i64) {
        let before = service.count("/contacts/").await;
        match &self.account {
            Account::Bot { bot, .. } => {
                let crowd = json!({"count": count, "start_with": bot, "first_id": first_id});
                world.post("users/bulk", crowd).await;
            }
            Account::Number { phone_number_id, .. } => {
                for user in first_id..first_id + count {
                    self.person(world, user).await;
                    let said = json!({"number": phone_number_id, "text": "hello"});
                    world.post(&format!("graph/people/{}/send", phone(user)), said).await;
                }
            }
        }
        until("everybody is a contact", || async { service.count("/contacts/").await == before + count }).await;
    }

    /// People whom a broadcast can reach: who wrote, or over channels where one may write first, who never did.
    pub async fn audience(&self, world: &World, service: &Service, count: i64, first_id: i64) {
        if self.channel == Channel::Telegram {
            return self.writers(world, service, count, first_id).await;
        }
        let before = service.count("/contacts/").await;
        let mut file = String::from("first_name,phone\n");
        for user in first_id..first_id + count {
            self.person(world, user).await;
            file.push_str(&format!("Person,+{}\n", phone(user)));
        }
        service.upload("/contacts/import/", "people.csv", file.into_bytes(), &[]).await;
        until("everybody is a contact", || async { service.count("/contacts/").await == before + count }).await;
    }

    /// A person with a phone.
    pub async fn person(&self, world: &World, user: i64) {
        world.post("graph/people", json!({"phone": phone(user), "name": format!("Person {user}")})).await;
    }

    /// Sends a text; answers the message.
    pub async fn send(&self, service: &Service, user: i64, text: &str) -> Value {
        let (status, sent) = match self.channel {
            Channel::Telegram => {
                let body = json!({"chat_id": user, "bot_app_id": self.sender, "text": text});
                service.post("/telegram/v1/messages/", body).await
            }
            Channel::Whatsapp => {
                let body = json!({"to": format!("+{}", phone(user)), "number_id": self.sender, "text": text});
                service.post("/whatsapp/v1/messages/", body).await
            }
        };
        assert_eq!(status, 202, "{sent}");
        sent
    }

    pub async fn message(&self, service: &Service, id: &str) -> Value {
        let channel = match self.channel {
            Channel::Telegram => "telegram",
            Channel::Whatsapp => "whatsapp",
        };
        service.get(&format!("/{channel}/v1/messages/{id}/")).await
    }

    /// Starts a broadcast to everybody, by what the channel needs for people who may never have written; answers its path.
    pub async fn broadcast(&self, service: &Service) -> String {
        let mut body = json!({"name": "Sale", "bot_app_id": self.sender, "select_all": true});
        match self.channel {
            Channel::Telegram => {
                body["platform"] = "TELEGRAM".into();
                body["message_text"] = "Hi {{first_name}}".into();
            }
            Channel::Whatsapp => {
                self.template(service).await;
                body["platform"] = "WHATSAPP".into();
                body["template"] = json!({"name": TEMPLATE, "language": "en_US", "variables": ["{{first_name}}"]});
            }
        }
        let (status, made) = service.post("/broadcast/", body).await;
        assert_eq!(status, 201, "{made}");
        format!("/broadcast/{}/", made["id"].as_str().unwrap())
    }

    /// Has a template approved: "Hi {{1}}, it begins."
    pub async fn template(&self, service: &Service) {
        let components = json!([{"type": "BODY", "text": "Hi {{1}}, it begins.", "example": {"body_text": [["Ada"]]}}]);
        let new = json!({"number_id": self.sender, "name": TEMPLATE, "language": "en_US", "category": "UTILITY",
            "components": components});
        let (status, made) = service.post("/whatsapp/v1/templates/", new).await;
        assert_eq!(status, 201, "{made}");
        // The sandbox reviews at once, perhaps before its answer was written down here.
        let (status, synced) = service.post("/whatsapp/v1/templates/sync/", json!({"number_id": self.sender})).await;
        assert_eq!(status, 200, "{synced}");
    }

    /// Messages as they arrived, oldest first.
    pub async fn arrivals(&self, world: &World) -> Vec<Arrival> {
        match &self.account {
            Account::Bot { bot, .. } => {
                let calls = world.calls("sendMessage").await;
                calls.iter().filter(|call| call["bot"].as_i64() == Some(*bot)).map(of_telegram).collect()
            }
            Account::Number { phone_number_id, .. } => {
                let path = format!("{phone_number_id}/messages");
                let calls = world.graph_calls().await;
                let is_message = |call: &&Value| call["path"] == path && call["body"]["type"].is_string();
                calls.iter().filter(is_message).map(of_whatsapp).collect()
            }
        }
    }

    /// The limit of what one person gets: so many within so long.
    pub fn chat_limit(&self) -> (usize, i64) {
        match self.channel {
            Channel::Telegram => (1, 1_000_000),
            Channel::Whatsapp => (45, 270_000_000),
        }
    }
}

/// Digits of a phone for a person's number.
pub fn phone(user: i64) -> String {
    (491_500_000_000 + user).to_string()
}

fn of_telegram(call: &Value) -> Arrival {
    let chat = &call["params"]["chat_id"];
    Arrival {
        user: chat.as_i64().or_else(|| chat.as_str()?.parse().ok()).unwrap(),
        text: call["params"]["text"].as_str().unwrap().to_owned(),
        at_us: call["at_us"].as_i64().unwrap(),
        is_accepted: call["outcome"]["ok"] == true || call["ok"] == true,
    }
}

fn of_whatsapp(call: &Value) -> Arrival {
    let to = call["body"]["to"].as_str().unwrap_or_default().trim_start_matches('+');
    Arrival {
        user: to.parse::<i64>().unwrap() - 491_500_000_000,
        text: call["body"]["text"]["body"].as_str().unwrap_or_default().to_owned(),
        at_us: call["at_ms"].as_i64().unwrap() * 1_000,
        is_accepted: call["status"] == 200 && call["message_id"].is_string(),
    }
}
