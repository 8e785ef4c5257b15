//! What broadcasts say: languages, albums, previews, tests and templates.

use app::broadcasts::feed;
use model::{Clock, delivery::Class, outgoing::Op};
use serde_json::{Value, json};
use store::deliveries::{self, Wanted};
use testkit::{TestApp, db_test};

use crate::broadcast::{freeze, make, owed, path, person, read};

db_test! {
    async fn everybody_reads_it_in_their_language(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        let bot = app.bot(1).await;
        for (id, name, language) in [(11, "Ada", "de"), (12, "Bob", "pt-BR"), (13, "Eve", "fr")] {
            let said = person(&app, bot, id, name).await;
            owner.patch(&format!("/contacts/{}/", said.contact), json!({"language_code": language})).await;
        }
        let body = json!({"name": "Sale", "message_text": "Hi <b>{{first_name}}</b>", "parse_mode": "HTML", "select_all": true,
            "variants": {"de": {"message_text": "Hallo {{first_name}}"}, "PT": {"message_text": "Oi {{first_name}}"}}});
        let made = make(&owner, body).await;
        assert_eq!(made["variants"]["pt"]["message_text"], "Oi {{first_name}}");
        let (_, again) = owner.post("/broadcast/", json!({"name": "x", "message_text": "Hi", "select_all": true,
            "status": "DRAFT", "variants": made["variants"]})).await;
        assert_eq!(again["variants"], made["variants"], "what we answer can be sent back");
        freeze(&app).await;
        feed(&app.app, bot, 100).await.unwrap();
        let mut texts = owed(&app, bot).await;
        texts.sort();
        let expected = [(11, "Hallo Ada"), (12, "Oi Bob"), (13, "Hi Eve")].map(|(chat, text)| (chat, text.to_owned()));
        assert_eq!(texts, expected);
        for (variants, field) in [
            (json!({"deutsch": {"message_text": "x"}}), "variants"),
            (json!({"de": {"message_text": "{{nobody"}}), "variants.de.message_text"),
            (json!({"de": {"message_text": "<b>x"}}), "variants.de.message_text"),
            (json!({"de": {"message_text": ""}}), "variants.de.message_text"),
            (json!({"de": {"media_url": "ftp://x", "media_type": "photo"}}), "variants.de.media_url"),
            (json!({"de": {"buttons": [{"type": "URL", "text": "x"}]}}), "variants.de.buttons[0].url"),
            (json!({"de": {"colour": "red"}}), "variants"),
        ] {
            let body = json!({"name": "x", "message_text": "Hi", "parse_mode": "HTML", "status": "DRAFT", "variants": variants});
            let (status, problem) = owner.post("/broadcast/", body).await;
            assert!(status == 400 && problem["errors"][field].is_array(), "{field}: {status} {problem}");
        }
    }

    async fn an_album_goes_out_as_one(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        let bot = app.bot(1).await;
        person(&app, bot, 11, "Ada").await;
        let photo = |name: &str| json!({"type": "photo", "media": format!("https://example.com/{name}.jpg")});
        let body = |items: Value| json!({"name": "Album", "message_text": "For {{first_name}}", "select_all": true, "media_group": items});
        let made = make(&owner, body(json!([photo("a"), photo("b")]))).await;
        assert_eq!(made["media_group"], json!([photo("a"), photo("b")]));
        freeze(&app).await;
        feed(&app.app, bot, 100).await.unwrap();
        let now = app.clock.now();
        let claimed = app.app.db.write(move |tx| {
            let fence = deliveries::open_lane(tx, "test", bot, now)?.expect("the lane is free").fence;
            let rows = deliveries::load(tx, bot, Class::Bulk, 0, 100)?;
            let wanted: Vec<_> = rows.iter().map(|row| Wanted { key: row.key, fence }).collect();
            deliveries::claim(tx, &wanted, now)
        }).await.unwrap().granted;
        let Op::Album { items, caption, .. } = &claimed[0].outgoing.op else { panic!("no album: {claimed:?}") };
        assert_eq!((items.len(), caption.as_str(), claimed.len(), claimed[0].weight), (2, "For Ada", 1, 2));
        for (items, field) in [
            (json!([photo("a")]), "media_group"),
            (json!([photo("a"), {"type": "document", "media": "https://example.com/a.pdf"}]), "media_group"),
            (json!([photo("a"), {"type": "photo", "media": "x"}]), "media_group[1].media"),
            (json!([{"type": "photo", "media": "AgACAgIAAxkBAAIB"}, photo("b")]), "bot_app_id"),
        ] {
            let (status, problem) = owner.post("/broadcast/", body(items)).await;
            assert!(status == 400 && problem["errors"][field].is_array(), "{field}: {status} {problem}");
        }
        let mut both = body(json!([photo("a"), photo("b")]));
        both["media_url"] = json!("https://example.com/c.jpg");
        both["media_type"] = json!("photo");
        assert!(owner.post("/broadcast/", both).await.1["errors"]["media_group"].is_array());
        let mut buttons = body(json!([photo("a"), photo("b")]));
        buttons["buttons"] = json!([{"type": "URL", "text": "x", "url": "https://example.com"}]);
        assert!(owner.post("/broadcast/", buttons).await.1["errors"]["buttons"].is_array());
    }

    async fn a_preview_is_the_message_that_would_be_sent(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        let bot = app.bot(1).await;
        let ada = person(&app, bot, 11, "Ada & Co").await;
        let body = json!({"message_text": "Hi <b>{{first_name}}</b> {{last_name}}", "parse_mode": "HTML", "contact_id": ada.contact,
            "buttons": [{"type": "QUICK_REPLY", "text": "Yes", "callback_data": "y".repeat(80)}]});
        let (status, shown) = owner.post("/broadcast/preview/", body).await;
        assert_eq!((status, &shown["text"]), (200, &json!("Hi Ada & Co ")), "{shown}");
        assert_eq!(shown["entities"], json!([{"type": "bold", "offset": 3, "length": 8}]));
        assert_eq!(shown["buttons"][0][0], json!({"text": "Yes", "type": "QUICK_REPLY", "callback_data": "y".repeat(80)}));
        assert_eq!((&shown["parts"][0]["text"], &shown["variables"]), (&json!("Hi Ada & Co "), &json!(["first_name", "last_name"])));
        assert_eq!((&shown["warnings"][0]["code"], shown["warnings"].as_array().unwrap().len()), (&json!("empty_variable"), 1));
        // UTF-16 units, as Telegram counts: an emoji is two.
        let (_, shown) = owner.post("/broadcast/preview/", json!({"message_text": "😀".repeat(2_049)})).await;
        assert_eq!((shown["parts"].as_array().unwrap().len(), &shown["warnings"][0]["code"]), (2, &json!("text_split")));
        let photo = json!({"message_text": "x".repeat(1_025), "media_url": "https://example.com/a.jpg", "media_type": "photo"});
        let (_, shown) = owner.post("/broadcast/preview/", photo).await;
        assert_eq!((&shown["type"], &shown["warnings"][0]["code"]), (&json!("photo"), &json!("caption_follows")));
        assert_eq!((&shown["parts"][0]["text"], shown["parts"][0]["media"].as_array().unwrap().len()), (&json!(""), 1));
        let german = json!({"message_text": "Hi", "variants": {"de": {"message_text": "Hallo"}}, "language": "de-AT"});
        let (_, shown) = owner.post("/broadcast/preview/", german).await;
        assert_eq!((&shown["text"], &shown["language"]), (&json!("Hallo"), &json!("de")));
        let eve = app.other_tenant().await.post("/contacts/", json!({"first_name": "Eve"})).await.1;
        for (body, field) in [
            (json!({}), "message_text"), (json!({"message_text": "{{nobody}}"}), "message_text"),
            (json!({"message_text": "Hi", "contact_id": eve["id"]}), "contact_id"),
            (json!({"message_text": "Hi", "template_id": eve["id"]}), "template_id"),
            (json!({"message_text": "Hi", "language": "x".repeat(21)}), "language"),
            (json!({"message_text": "Hi", "colour": 1}), "colour"),
        ] {
            let (status, problem) = owner.post("/broadcast/preview/", body).await;
            assert!(status == 400 && problem["errors"][field].is_array(), "{field}: {status} {problem}");
        }
    }

    async fn a_test_goes_to_the_named_ones_only(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        let bot = app.bot(1).await;
        let (ada, bob) = (person(&app, bot, 11, "Ada").await, person(&app, bot, 12, "Bob").await);
        let made = make(&owner, json!({"name": "Sale", "message_text": "Hi {{first_name}}", "status": "DRAFT"})).await;
        let test = path(&made, "test/");
        let (status, sent) = owner.post(&test, json!({"contact_ids": [ada.contact, bob.contact, ada.contact]})).await;
        assert_eq!((status, sent["messages"].as_array().unwrap().len()), (202, 2), "{sent}");
        assert_eq!((&sent["messages"][1]["contact_id"], &sent["status"]), (&json!(bob.contact), &json!("PENDING")));
        let (_, message) = owner.get(&format!("/telegram/v1/messages/{}/", sent["message_id"].as_str().unwrap())).await;
        assert_eq!(message["text"].as_str().or(message["content"]["text"].as_str()), Some("Hi Ada"), "{message}");
        assert_eq!(owner.post(&test, json!({"chat_id": 12})).await.0, 202);
        for body in [json!({}), json!({"contact_ids": []}), json!({"contact_id": ada.contact, "chat_id": 5}), json!({"chat_id": 0}),
            json!({"contact_ids": (1..12).map(|n| format!("01939d5e-2b7c-7cc3-98c4-dc0c0c0739{n:02}")).collect::<Vec<_>>()})] {
            assert_eq!(owner.post(&test, body.clone()).await.0, 400, "{body}");
        }
        assert_eq!(read(&owner, &made).await["status"], "DRAFT");
    }

    async fn a_template_is_kept_and_taken_over(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        let path = "/broadcast/templates/";
        let body = json!({"name": "Sale", "message_text": "Hi {{first_name}}", "variants": {"de": {"message_text": "Hallo {{last_name}}"}}});
        let (status, made) = owner.post(path, body.clone()).await;
        assert_eq!((status, &made["variables"]), (201, &json!(["first_name", "last_name"])), "{made}");
        assert_eq!(owner.post(path, body).await.1["code"], "name_taken");
        let one = format!("{path}{}/", made["id"].as_str().unwrap());
        assert_eq!(owner.put(&one, made.clone()).await.1["variants"], made["variants"]);
        let draft = json!({"name": "B", "template_id": made["id"], "status": "DRAFT", "disable_notification": true});
        let broadcast = make(&owner, draft).await;
        assert_eq!((&broadcast["message_text"], &broadcast["variants"]), (&made["message_text"], &made["variants"]));
        let (_, changed) = owner.patch(&one, json!({"message_text": "Hello", "variants": null})).await;
        assert_eq!((&changed["variables"], &changed["name"]), (&json!([]), &json!("Sale")));
        let (_, shown) = owner.post("/broadcast/preview/", json!({"template_id": made["id"]})).await;
        assert_eq!(shown["text"], "Hello");
        assert_eq!(read(&owner, &broadcast).await["message_text"], "Hi {{first_name}}", "a copy stays as it is");
        let (_, list) = owner.get(&format!("{path}?search=sal&ordering=name")).await;
        assert_eq!(list["results"][0]["id"], made["id"]);
        assert_eq!(owner.patch(&one, json!({"message_text": "{{nobody}}"})).await.1["code"], "unknown_variable");
        assert_eq!((owner.delete(&one).await.0, owner.get(&one).await.0, owner.delete(&one).await.0), (204, 404, 404));
    }
}
