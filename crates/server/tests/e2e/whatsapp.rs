//! WhatsApp through the real binary: sending, limits, lost answers, and what Meta tells later.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use testkit::{
    Graph, TestDb, db_test,
    graph::{delivery, signature},
};

use super::{
    service::Service,
    world::{World, client, until},
};

const WABA: &str = "102290129340398";
const PHONE: &str = "106540352242922";
const SECRET: &str = "app-secret";
const ADA: &str = "16505551234";
const SENT: &str = "POST 106540352242922/messages";

/// The binary with one number, and Meta's side.
struct House {
    graph: Graph,
    service: Service,
    webhook: String,
    _telegram: World,
}

impl House {
    async fn start(db: &TestDb) -> Self {
        let (graph, telegram) = (Graph::start().await, World::start().await);
        let service = Service::start(db, &telegram, &[("WHATSAPP_API_BASE_URL", &graph.url)]).await;
        let number =
            json!({"phone_number_id": PHONE, "waba_id": WABA, "access_token": "EAAG-good", "app_secret": SECRET});
        let (status, number) = service.post("/whatsapp/v1/numbers/", number).await;
        assert_eq!((status, &number["webhook_status"]), (201, &json!("REGISTERED")), "{number}");
        let webhook = format!("{}/whatsapp/v1/webhooks/{}/", service.url, number["id"].as_str().unwrap());
        Self { graph, service, webhook, _telegram: telegram }
    }

    async fn deliver(&self, value: Value) {
        let body = delivery(WABA, PHONE, value).to_string();
        let request = client().post(&self.webhook).header("x-hub-signature-256", signature(SECRET, body.as_bytes()));
        assert_eq!(request.body(body).send().await.unwrap().status().as_u16(), 200);
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the process reads the real clock, and a window is counted from the message's"
    )]
    async fn says(&self, id: &str, text: &str) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let message =
            json!({"from": ADA, "id": id, "timestamp": now.to_string(), "type": "text", "text": {"body": text}});
        let contact = json!({"wa_id": ADA, "profile": {"name": "Ada"}});
        let before = self.service.count("/whatsapp/v1/messages/?direction=INCOMING").await;
        self.deliver(json!({"contacts": [contact], "messages": [message]})).await;
        until("it is in the inbox", || async {
            self.service.count("/whatsapp/v1/messages/?direction=INCOMING").await == before + 1
        })
        .await;
    }

    async fn send(&self, mut body: Value) -> Value {
        body["to"] = ADA.into();
        let (status, sent) = self.service.post("/whatsapp/v1/messages/", body).await;
        assert_eq!(status, 202, "{sent}");
        sent
    }

    async fn is(&self, message: &Value) -> Value {
        self.service.get(&format!("/whatsapp/v1/messages/{}/", message["id"].as_str().unwrap())).await
    }

    async fn becomes(&self, message: &Value, status: &str) -> Value {
        until(&format!("the message is {status}"), || async { self.is(message).await["status"] == status }).await;
        self.is(message).await
    }
}

db_test! {
    async fn what_is_sent_arrives_and_is_followed(db) {
        let house = House::start(&db).await;
        house.says("wamid.in1", "hello").await;
        let sent = house.send(json!({"text": "*Hi* <b>Ada</b>", "parse_mode": "HTML",
            "buttons": [{"type": "QUICK_REPLY", "text": "Yes", "callback_data": "yes"}]})).await;
        let shown = house.becomes(&sent, "SENT").await;
        let call = &house.graph.calls(SENT)[0];
        assert_eq!((&call.body["to"], &call.body["type"], call.token.as_str()), (&json!("+16505551234"), &json!("interactive"), "EAAG-good"));
        assert_eq!(call.body["interactive"]["body"]["text"], "*Hi* *Ada*");
        assert_eq!(call.body["biz_opaque_callback_data"], format!("{}.0", sent["id"].as_str().unwrap()));
        let name = shown["provider_message_id"].as_str().unwrap().to_owned();
        house.deliver(json!({"statuses": [{"id": name, "status": "read", "timestamp": "1"}]})).await;
        house.becomes(&sent, "READ").await;
        // An answer to ours, and one of ours to theirs.
        let reply = house.send(json!({"text": "and?", "reply_to_message_id": sent["id"]})).await;
        house.becomes(&reply, "SENT").await;
        assert_eq!(house.graph.calls(SENT)[1].body["context"]["message_id"], name.as_str());
        let react = format!("/team-inbox/api/messages/{}/react/", reply["id"].as_str().unwrap());
        let (status, body) = house.service.post(&react, json!({"emoji": "👍"})).await;
        assert!(status < 300, "{status} {body}");
        until("the reaction has arrived", || async { house.graph.calls(SENT).len() == 3 }).await;
        assert_eq!(house.graph.calls(SENT)[2].body["reaction"]["emoji"], "👍");
    }

    async fn a_lost_answer_is_known_by_what_meta_tells(db) {
        let house = House::start(&db).await;
        house.says("wamid.in1", "hello").await;
        house.graph.lose_next();
        let sent = house.send(json!({"text": "one"})).await;
        house.becomes(&sent, "UNKNOWN").await;
        assert_eq!(house.graph.calls(SENT).len(), 1, "nothing is sent twice in the dark");
        let ours = format!("{}.0", sent["id"].as_str().unwrap());
        let told = json!({"id": "wamid.lost", "status": "delivered", "timestamp": "1", "biz_opaque_callback_data": ours});
        house.deliver(json!({"statuses": [told]})).await;
        let shown = house.becomes(&sent, "DELIVERED").await;
        assert_eq!(shown["provider_message_id"], "wamid.lost");
        let later = house.send(json!({"text": "two"})).await;
        house.becomes(&later, "SENT").await;
        assert_eq!(house.graph.calls(SENT).len(), 2);
    }

    async fn what_meta_refuses_has_its_reason(db) {
        let house = House::start(&db).await;
        house.says("wamid.in1", "hello").await;
        for (code, error_code) in [(131_047, "window_closed"), (131_026, "not_reachable"), (100, "payload_invalid")] {
            house.graph.next_error(code);
            let sent = house.send(json!({"text": "x"})).await;
            let failed = house.becomes(&sent, "FAILED").await;
            assert_eq!(failed["error_code"], error_code, "{failed}");
        }
        // Over a limit it waits, and leaves after.
        house.graph.next_error(130_429);
        let sent = house.send(json!({"text": "later"})).await;
        house.becomes(&sent, "SENT").await;
        // An account that is locked holds back everything and loses nothing.
        house.graph.next_error(131_031);
        let held = house.send(json!({"text": "held"})).await;
        until("it is held back", || async { house.is(&held).await["error_code"] == "sender_suspended" }).await;
        let next = house.send(json!({"text": "behind it"})).await;
        let waits = house.is(&next).await;
        assert_eq!((&waits["status"], &waits["waiting_for"]), (&json!("PENDING"), &json!("retry_after")), "{waits}");
    }

    async fn nothing_is_lost_or_doubled_by_a_crash(db) {
        let mut house = House::start(&db).await;
        house.says("wamid.in1", "hello").await;
        let mut sent = Vec::new();
        for number in 0..10 {
            sent.push(house.send(json!({"text": number.to_string()})).await);
        }
        house.service.kill();
        house.service.launch().await;
        for message in &sent {
            until("its fate is known", || async {
                matches!(house.is(message).await["status"].as_str(), Some("SENT" | "UNKNOWN"))
            }).await;
        }
        let mut texts: Vec<String> = house.graph.calls(SENT).iter().map(|call| call.body["text"]["body"].to_string()).collect();
        let all = texts.len();
        texts.sort();
        texts.dedup();
        assert_eq!(texts.len(), all, "none twice");
        // What comes again after the crash is the same.
        house.deliver(json!({"messages": [{"from": ADA, "id": "wamid.in1", "timestamp": "1", "type": "text", "text": {"body": "hello"}}]})).await;
        assert_eq!(house.service.count("/whatsapp/v1/messages/?direction=INCOMING").await, 1);
    }
}
