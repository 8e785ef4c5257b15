//! The same person on two channels: one contact, one timeline, and replies that reach them where they are.

use serde_json::{Value, json};
use testkit::db_test;

use super::{
    line::{Channel, Line, phone},
    service::Service,
    world::{World, until},
};

const BOT: i64 = 4_501;
/// Her number at WhatsApp, and her id at Telegram.
const ADA: i64 = 7_001;
const ADA_AT_TELEGRAM: i64 = 81_001;

/// A tenant with a bot and a number, and both channels' phones.
struct House {
    world: World,
    service: Service,
    bot: Line,
    number: Line,
}

impl House {
    async fn start(db: &testkit::TestDb) -> Self {
        let world = World::start().await;
        let service = Service::start(db, &world, &[]).await;
        let bot = Line::open(Channel::Telegram, &world, &service, BOT, None).await;
        let number = Line::open(Channel::Whatsapp, &world, &service, 4_502, None).await;
        number.person(&world, ADA).await;
        Self { world, service, bot, number }
    }

    async fn import(&self) -> String {
        let file = format!("first_name,phone,company\nAda,+{},Analytical Engines\n", phone(ADA));
        self.service.upload("/contacts/import/", "people.csv", file.into_bytes(), &[]).await;
        until("she is imported", || async { self.service.count("/contacts/").await == 1 }).await;
        self.service.all("/contacts/").await[0]["id"].as_str().unwrap().to_owned()
    }

    /// She writes by her phone's WhatsApp.
    async fn writes(&self, text: &str) {
        let said = json!({"number": self.number.phone_number_id(), "text": text});
        self.world.post(&format!("graph/people/{}/send", phone(ADA)), said).await;
        self.arrives("WHATSAPP", text).await;
    }

    /// She writes in Telegram.
    async fn says(&self, text: &str) {
        self.world.says(ADA_AT_TELEGRAM, BOT, text).await;
        self.arrives("TELEGRAM", text).await;
    }

    async fn arrives(&self, platform: &str, text: &str) {
        until(&format!("{text:?} is in the inbox"), || async {
            let all = self.service.all("/team-inbox/api/messages/?direction=INCOMING").await;
            all.iter().any(|one| one["platform"] == platform && one["content"]["text"] == text)
        })
        .await;
    }

    /// Opens the contact's start link in Telegram.
    async fn opens_link(&self, contact: &str) {
        let link = json!({"bot_app_id": self.bot.sender});
        let (status, link) = self.service.post(&format!("/contacts/{contact}/link/"), link).await;
        assert_eq!(status, 201, "{link}");
        let token = link["url"].as_str().unwrap().split("start=").nth(1).unwrap().to_owned();
        self.world.post("users", json!({"id": ADA_AT_TELEGRAM, "first_name": "Ada"})).await;
        let start = json!({"bot": BOT, "payload": token});
        self.world.post(&format!("users/{ADA_AT_TELEGRAM}/start"), start).await;
        until("the link has tied her to the contact", || async {
            self.contact(contact).await["telegram_chat_id"] == ADA_AT_TELEGRAM
        })
        .await;
    }

    async fn contact(&self, id: &str) -> Value {
        self.service.get(&format!("/contacts/{id}/")).await
    }

    /// The conversation of a contact.
    async fn conversation(&self, contact: &str) -> Value {
        let all = self.service.all("/team-inbox/api/conversations/").await;
        all.into_iter().find(|one| one["contact"]["id"] == contact).unwrap()
    }

    /// Who said what over which channel, oldest first.
    async fn timeline(&self, contact: &str) -> Vec<(String, String)> {
        let id = self.conversation(contact).await["id"].as_str().unwrap().to_owned();
        let page = self.service.get(&format!("/team-inbox/api/conversations/{id}/timeline/?page_size=200")).await;
        let entries = page["results"].as_array().unwrap().iter().filter(|one| one["kind"] == "message");
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        entries.map(|one| (text(&one["platform"]), text(&one["content"]["text"]))).collect()
    }

    /// Replies, over the channel that was used last unless one is named; it must arrive there, and nowhere else.
    async fn reply(&self, contact: &str, text: &str, platform: Option<&str>, arrives_over: Channel) {
        let id = self.conversation(contact).await["id"].as_str().unwrap().to_owned();
        let mut body = json!({"text": text});
        if let Some(platform) = platform {
            body["platform"] = platform.into();
        }
        let (status, sent) = self.service.post(&format!("/team-inbox/api/conversations/{id}/messages/"), body).await;
        assert_eq!(status, 202, "{sent}");
        let (right, wrong) = match arrives_over {
            Channel::Telegram => ((&self.bot, ADA_AT_TELEGRAM), &self.number),
            Channel::Whatsapp => ((&self.number, ADA), &self.bot),
        };
        until(&format!("{text:?} has arrived"), || async {
            right.0.arrivals(&self.world).await.iter().any(|one| one.text == text && one.user == right.1)
        })
        .await;
        assert!(!wrong.arrivals(&self.world).await.iter().any(|one| one.text == text), "{text:?} went both ways");
    }
}

fn over(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(platform, text)| ((*platform).to_owned(), (*text).to_owned())).collect()
}

db_test! {
    async fn one_person_is_one_contact_with_one_timeline_over_both_channels(db) {
        let house = House::start(&db).await;
        let ada = house.import().await;
        house.writes("Hello from my phone").await;
        house.opens_link(&ada).await;
        house.says("And now here").await;

        assert_eq!(house.service.count("/contacts/").await, 1);
        assert_eq!(house.service.count("/team-inbox/api/conversations/").await, 1);
        let contact = house.contact(&ada).await;
        let mut names: Vec<String> =
            contact["identities"].as_array().unwrap().iter().map(|one| format!("{} {}", one["platform"], one["external_id"])).collect();
        names.sort();
        assert_eq!(names[0], format!("\"TELEGRAM\" \"{ADA_AT_TELEGRAM}\""), "{names:?}");
        assert!(names[1..].contains(&format!("\"WHATSAPP\" \"{}\"", phone(ADA))), "{names:?}");
        let ways = contact["reachability"].as_array().unwrap();
        assert!(ways.iter().all(|way| way["state"] == "ACTIVE") && ways.len() == 2, "{ways:?}");
        assert!(ways.iter().any(|way| way["platform"] == "WHATSAPP" && way["open_until"].is_string()), "{ways:?}");

        // Where she was last, or where somebody chooses.
        house.reply(&ada, "over Telegram", None, Channel::Telegram).await;
        house.reply(&ada, "to her phone", Some("WHATSAPP"), Channel::Whatsapp).await;
        house.writes("On the phone again").await;
        house.reply(&ada, "there, too", None, Channel::Whatsapp).await;
        let said = house.timeline(&ada).await;
        let said: Vec<_> = said.into_iter().filter(|(_, text)| !text.starts_with("/start")).collect();
        assert_eq!(said, over(&[
            ("WHATSAPP", "Hello from my phone"), ("TELEGRAM", "And now here"), ("TELEGRAM", "over Telegram"),
            ("WHATSAPP", "to her phone"), ("WHATSAPP", "On the phone again"), ("WHATSAPP", "there, too"),
        ]));
        let windows = house.conversation(&ada).await["windows"].clone();
        assert_eq!((windows.as_array().unwrap().len(), &windows[0]["platform"]), (1, &json!("WHATSAPP")), "{windows}");
        // Who writes has read what came before.
        until("her phone's receipts show in the timeline", || async {
            let read = house.service.all("/team-inbox/api/messages/?status=READ").await;
            let delivered = house.service.all("/team-inbox/api/messages/?status=DELIVERED").await;
            (read.len(), delivered.len()) == (1, 1)
        }).await;

        // Taken apart, each channel is a person of its own.
        let apart = json!({"platform": "TELEGRAM", "external_id": ADA_AT_TELEGRAM.to_string()});
        let (status, split) = house.service.post(&format!("/contacts/{ada}/split/"), apart).await;
        assert_eq!(status, 200, "{split}");
        house.says("Who am I?").await;
        house.writes("Still me").await;
        assert_eq!(house.service.count("/contacts/").await, 2);
        assert_eq!(house.service.count("/team-inbox/api/conversations/").await, 2);
        let all = house.service.all("/contacts/").await;
        let other = all.iter().find(|one| one["id"] != ada.as_str()).unwrap()["id"].as_str().unwrap().to_owned();
        assert_eq!(house.timeline(&other).await, over(&[("TELEGRAM", "Who am I?")]));
        house.reply(&other, "somebody else", None, Channel::Telegram).await;
        house.reply(&ada, "still you", None, Channel::Whatsapp).await;
    }
}
