//! Broadcasts over WhatsApp: templates reach people who never wrote, texts those who wrote of late, and receipts are counted.

use app::broadcasts::feed;
use model::{
    Clock, Id, Platform,
    bot::Bot,
    chat::ChatKind,
    message::{ErrorCode, Message},
    whatsapp::{Receipt, TemplateStatus, WhatsappUser},
};
use serde_json::{Value, json};
use store::{
    contacts,
    conversations::{self, Arrival, Within},
    deliveries::Settled,
    whatsapp::{self, News, Told, What},
};
use testkit::{ACCOUNT, Client, TestApp, db_test};

use crate::broadcast::{counts, deliver, freeze, make, owed, path, read};

const PHONE: i64 = 16_505_551_234;

/// A contact who never wrote.
async fn stranger(owner: &Client, name: &str, phone: i64) -> Value {
    let (status, made) = owner.post("/contacts/", json!({"first_name": name, "phone": format!("+{phone}")})).await;
    assert_eq!(status, 201, "{made}");
    made
}

/// Somebody who wrote to the number just now.
async fn writer(app: &TestApp, number: Id<Bot>, name: &str, phone: i64) {
    let (scope, ids, now) = (app.scope(), app.app.ids.clone(), app.clock.now());
    let user = WhatsappUser { phone: Some(phone.to_string()), name: Some(name.to_owned()), ..WhatsappUser::default() };
    let write = app.app.db.write(move |tx| {
        let contact = contacts::recognise_on_whatsapp(tx, &scope, &*ids, &user, now)?.contact;
        let chat_id = whatsapp::chat_of_many(tx, &scope, number, user.addresses())?;
        let arrival = Arrival {
            contact,
            platform: Platform::Whatsapp,
            bot: number,
            chat_id,
            chat_kind: ChatKind::Private,
            title: None,
            within: Within::Whole,
            at: now,
        };
        conversations::arrive(tx, &scope, &*ids, &arrival).map(drop)
    });
    write.await.unwrap();
}

fn accepted(chat: i64) -> Settled {
    Settled::Accepted { provider_message_id: chat, name: format!("wamid.{chat}") }
}

/// Meta tells what became of the message into a chat.
async fn told(app: &TestApp, number: Id<Bot>, chat: i64, what: What) {
    let (scope, now) = (app.scope(), app.clock.now());
    let told = Told { name: format!("wamid.{chat}"), number: chat, what, at: now, ours: None };
    app.app.db.write(move |tx| whatsapp::told(tx, &scope, number, &told, now).map(drop)).await.unwrap();
}

fn late() -> What {
    What::Failed { code: ErrorCode::NotReachable, words: "(#131026) Message undeliverable".into() }
}

/// The numbers that receipts change.
fn told_counts(broadcast: &Value) -> [i64; 4] {
    ["sent", "delivered", "read", "failed"].map(|name| broadcast[name].as_i64().unwrap())
}

fn sale(variable: &str) -> Value {
    json!({"name": "Sale", "platform": "WHATSAPP", "select_all": true,
        "template": {"name": "sale", "language": "en_US", "variables": [variable]}})
}

db_test! {
    async fn a_template_reaches_people_who_never_wrote(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        let number = app.whatsapp_number("77").await;
        app.whatsapp_template("sale", "Hi {{1}}, it begins.").await;
        stranger(&owner, "Ada\n Lovelace", PHONE).await;
        let bob = stranger(&owner, "Bob", PHONE + 1).await;
        owner.patch(&format!("/contacts/{}/", bob["id"].as_str().unwrap()), json!({"do_not_contact": true})).await;
        let (_, eve) = owner.post("/contacts/", json!({"first_name": "Eve"})).await;

        let (status, preview) = owner.post("/broadcast/?dry_run=true", sale("{{first_name}}")).await;
        assert_eq!(status, 200, "{preview}");
        assert_eq!((&preview["recipients"], &preview["messages"]), (&json!(1), &json!(1)), "{preview}");
        assert_eq!(preview["exclusions"], json!({"do_not_contact": 1, "no_phone": 1}));
        assert_eq!(preview["sample"][0]["bot_app_id"], json!(number));
        let (_, counted) = owner.post("/broadcast/audience/", json!({"platform": "WHATSAPP", "select_all": true,
            "template": {"name": "sale", "language": "en_US"}})).await;
        assert_eq!((&counted["reachable"], &counted["skipped_by"]["no_phone"]), (&json!(1), &json!(1)), "{counted}");

        let made = make(&owner, sale("{{first_name}}")).await;
        assert_eq!(made["template"], json!({"name": "sale", "language": "en_US", "variables": ["{{first_name}}"], "components": null}));
        freeze(&app).await;
        assert_eq!(counts(&read(&owner, &made).await), [3, 1, 0, 0, 0, 2, 0, 0]);
        assert!(!feed(&app.app, number, 100).await.unwrap());
        assert_eq!(owed(&app, number).await, [(PHONE, "Hi Ada Lovelace, it begins.".to_owned())]);
        // Nobody has to answer what nobody has said.
        let (_, open) = owner.get("/team-inbox/api/conversations/").await;
        assert_eq!((open["results"].as_array().unwrap().len(), &open["results"][0]["status"]), (1, &json!("CLOSED")), "{open}");
        let (_, skipped) = owner.get(&path(&made, "messages/?reason=no_phone")).await;
        assert_eq!(skipped["results"][0]["contact_id"], eve["id"]);

        deliver(&app, number, accepted).await;
        let ended = read(&owner, &made).await;
        assert_eq!((&ended["status"], told_counts(&ended)), (&json!("SENT"), [1, 0, 0, 0]), "{ended}");
        let finished_at = ended["finished_at"].clone();
        app.clock.advance(5_000);
        for (receipt, expected) in [
            (Receipt::Sent, [1, 0, 0, 0]), (Receipt::Delivered, [1, 1, 0, 0]), (Receipt::Delivered, [1, 1, 0, 0]),
            (Receipt::Read, [1, 1, 1, 0]), (Receipt::Delivered, [1, 1, 1, 0]),
        ] {
            told(&app, number, PHONE, What::Came(receipt)).await;
            assert_eq!(told_counts(&read(&owner, &made).await), expected, "{receipt:?}");
        }
        told(&app, number, PHONE, late()).await;
        let after = read(&owner, &made).await;
        assert_eq!((told_counts(&after), &after["finished_at"]), ([1, 1, 1, 0], &finished_at), "what was read has arrived");
        let (_, series) = owner.get(&path(&made, "series/")).await;
        let sent: i64 = series["seconds"].as_array().unwrap().iter().map(|tick| tick["sent"].as_i64().unwrap()).sum();
        assert_eq!(sent, 1, "{series}");
        let (_, recipients) = owner.get(&path(&made, "messages/?status=SENT")).await;
        let ada = &recipients["results"][0];
        assert!(ada["delivered_at"].is_string() && ada["read_at"].is_string(), "{ada}");
        assert_eq!((&ada["provider_message_id"], &ada["chat_id"]), (&json!(format!("wamid.{PHONE}")), &json!(PHONE)));
        let (_, contact) = owner.get(&format!("/contacts/{}/", ada["contact_id"].as_str().unwrap())).await;
        assert_eq!(contact["reachability"][0]["state"], "TEMPLATE_ONLY", "{contact}");
    }

    async fn what_fails_late_is_counted_and_sent_again_by_hand(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        let number = app.whatsapp_number("77").await;
        app.whatsapp_template("sale", "Hi {{1}}").await;
        stranger(&owner, "Ada", PHONE).await;
        stranger(&owner, "Bob", PHONE + 1).await;
        let made = make(&owner, sale("{{first_name}}")).await;
        freeze(&app).await;
        feed(&app.app, number, 100).await.unwrap();
        deliver(&app, number, accepted).await;
        told(&app, number, PHONE, What::Came(Receipt::Delivered)).await;
        told(&app, number, PHONE + 1, late()).await;
        let ended = read(&owner, &made).await;
        assert_eq!((&ended["status"], told_counts(&ended)), (&json!("PARTIALLY_SENT"), [1, 1, 0, 1]), "{ended}");
        let (status, again) = owner.post(&path(&made, "retry_failed/"), json!({})).await;
        assert_eq!((status, &again["status"]), (200, &json!("SENDING")), "{again}");
        assert_eq!(owed(&app, number).await, [(PHONE + 1, "Hi Bob".to_owned())]);
        deliver(&app, number, |chat| Settled::Accepted { provider_message_id: chat * 2, name: format!("wamid.again.{chat}") }).await;
        let ended = read(&owner, &made).await;
        assert_eq!((&ended["status"], told_counts(&ended)), (&json!("SENT"), [2, 1, 0, 0]), "{ended}");

        // The same for one message, from the inbox.
        let (_, all) = owner.get("/whatsapp/v1/messages/").await;
        let bob: Vec<&Value> = all["results"].as_array().unwrap().iter().filter(|one| one["text"] == "Hi Bob").collect();
        let name = bob[0]["provider_message_id"].as_str().unwrap();
        assert_eq!(name, format!("wamid.again.{}", PHONE + 1));
        let id: Id<Message> = bob[0]["id"].as_str().unwrap().parse().unwrap();
        let (status, problem) = owner.post(&format!("/whatsapp/v1/messages/{id}/retry/"), json!({})).await;
        assert_eq!((status, &problem["code"]), (409, &json!("not_retryable")), "it has not failed: {problem}");
        let (scope, now, told) = (app.scope(), app.clock.now(),
            Told { name: name.to_owned(), number: 5, what: late(), at: app.clock.now(), ours: None });
        app.app.db.write(move |tx| whatsapp::told(tx, &scope, number, &told, now).map(drop)).await.unwrap();
        let (status, again) = owner.post(&format!("/team-inbox/api/messages/{id}/retry/"), json!({})).await;
        assert_eq!((status, &again["status"]), (202, &json!("PENDING")), "{again}");
        assert_eq!(again["content"]["template"]["name"], "sale");
        assert_eq!(owed(&app, number).await.len(), 1);
        let (status, cancelled) = owner.post(&format!("/whatsapp/v1/messages/{id}/cancel/"), json!({})).await;
        assert_eq!((status, &cancelled["status"]), (200, &json!("CANCELLED")), "{cancelled}");
    }

    async fn a_text_reaches_who_wrote_within_a_day(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        let number = app.whatsapp_number("77").await;
        writer(&app, number, "Ada", PHONE).await;
        app.clock.advance(20 * 3_600_000);
        writer(&app, number, "Bob", PHONE + 1).await;
        stranger(&owner, "Eve", PHONE + 2).await;
        app.clock.advance(5 * 3_600_000);
        let body = json!({"name": "News", "platform": "WHATSAPP", "select_all": true, "message_text": "*Hi* {{first_name}}",
            "parse_mode": "Markdown", "buttons": [{"type": "QUICK_REPLY", "text": "Yes", "callback_data": "yes"}]});
        let made = make(&owner, body).await;
        freeze(&app).await;
        let (_, skipped) = owner.get(&path(&made, "messages/?status=SKIPPED")).await;
        let mut reasons: Vec<&str> = skipped["results"].as_array().unwrap().iter().map(|one| one["reason"].as_str().unwrap()).collect();
        reasons.sort_unstable();
        assert_eq!(reasons, ["no_chat", "window_closed"]);
        // Bob's window closes while it waits.
        app.clock.advance(20 * 3_600_000);
        feed(&app.app, number, 100).await.unwrap();
        let ended = read(&owner, &made).await;
        assert_eq!((&ended["status"], counts(&ended)), (&json!("FAILED"), vec![3, 0, 0, 0, 0, 3, 0, 0]), "{ended}");
        let (_, conversations) = owner.get("/team-inbox/api/conversations/").await;
        let windows = &conversations["results"][0]["windows"];
        assert_eq!((&windows[0]["platform"], windows[0]["open_until"].is_string()), (&json!("WHATSAPP"), true), "{windows}");
    }

    async fn a_template_that_can_not_be_sent_any_more_pauses_it(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        let number = app.whatsapp_number("77").await;
        app.whatsapp_template("sale", "Hi {{1}}").await;
        stranger(&owner, "Ada", PHONE).await;
        let made = make(&owner, sale("{{first_name}}")).await;
        freeze(&app).await;
        let change = async |status| {
            let (scope, now) = (app.scope(), app.clock.now());
            let news = News { waba_id: ACCOUNT.into(), name: "sale".into(), language: "en_US".into(), status: Some(status), ..News::default() };
            app.app.db.write(move |tx| whatsapp::news(tx, &scope, &news, now)).await.unwrap();
        };
        change(TemplateStatus::Paused).await;
        assert!(!feed(&app.app, number, 100).await.unwrap());
        let paused = read(&owner, &made).await;
        assert_eq!(paused["status"], "PAUSED", "{paused}");
        assert!(paused["status_reason"].as_str().unwrap().contains("PAUSED"), "{paused}");
        change(TemplateStatus::Approved).await;
        let (status, resumed) = owner.post(&path(&made, "resume/"), json!({})).await;
        assert_eq!(status, 200, "{resumed}");
        feed(&app.app, number, 100).await.unwrap();
        assert_eq!(owed(&app, number).await.len(), 1);
    }

    async fn what_the_channel_does_not_take_is_told_before(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        let (bot, number) = (app.bot(1).await, app.whatsapp_number("77").await);
        app.whatsapp_template("sale", "Hi {{1}}").await;
        let with = |field: &str, value: Value| {
            let mut body = sale("{{first_name}}");
            body[field] = value;
            body
        };
        for (field, value, named) in [
            ("platform", json!("TELEGRAM"), "template"), ("message_text", json!("Hi"), "template"),
            ("template", json!({"name": "none", "language": "en_US"}), "template"),
            ("template", json!({"name": "sale", "language": "en_US"}), "template"),
            ("template", json!({"name": "sale", "language": "en_US", "variables": ["{{nobody}}"]}), "message_text"),
            ("template", json!({"name": "sale", "language": "en_US", "variables": ["{{first_name"]}), "template"),
            ("bot_app_id", json!(bot), "bot_app_id"), ("allow_paid_broadcast", json!(true), "allow_paid_broadcast"),
        ] {
            let (status, problem) = owner.post("/broadcast/", with(field, value.clone())).await;
            assert!(status == 400 && problem["errors"][named].is_array(), "{field} {value}: {status} {problem}");
        }
        let (status, problem) = owner.post("/broadcast/", json!({"name": "x", "platform": "TELEGRAM", "message_text": "x",
            "select_all": true, "bot_app_id": number})).await;
        assert!(status == 400 && problem["errors"]["bot_app_id"].is_array(), "{problem}");
        // A draft may wait for its template; it can't start without.
        let mut draft = with("template", json!({"name": "later", "language": "en_US"}));
        draft["status"] = "DRAFT".into();
        let draft = make(&owner, draft).await;
        let (status, problem) = owner.post(&path(&draft, "start/"), json!({})).await;
        assert!(status == 400 && problem["errors"]["template"].is_array(), "{problem}");
        let (status, changed) = owner.patch(&path(&draft, ""), json!({"template": {"name": "sale", "language": "en_US", "variables": ["you"]}})).await;
        assert_eq!((status, &changed["template"]["name"]), (200, &json!("sale")), "{changed}");
        let preview = json!({"platform": "WHATSAPP", "template": {"name": "sale", "language": "en_US", "variables": ["{{first_name|default:\"you\"}}"]}});
        let (status, shown) = owner.post("/broadcast/preview/", preview).await;
        assert_eq!((status, &shown["text"], &shown["parts"][0]["text"]), (200, &json!("Hi you"), &json!("Hi you")), "{shown}");
        let ada = stranger(&owner, "Ada", PHONE).await;
        let (status, test) = owner.post(&path(&draft, "test/"), json!({"contact_id": ada["id"]})).await;
        assert_eq!(status, 202, "{test}");
        let (_, message) = owner.get(&format!("/whatsapp/v1/messages/{}/", test["message_id"].as_str().unwrap())).await;
        assert_eq!((&message["text"], &message["status"]), (&json!("Hi you"), &json!("PENDING")), "{message}");
    }
}
