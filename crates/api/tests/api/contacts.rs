//! Contacts: CRUD with every complaint, search and filters, bulk actions, merge and split, and whose they are.

use model::{Clock, content::Content};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use testkit::{Client, TestApp, db_test, user};

const CONTACTS: &str = "/contacts/";

async fn make(client: &Client, body: Value) -> Value {
    let (status, made) = client.post(CONTACTS, body).await;
    assert_eq!(status, 201, "{made}");
    made
}

async fn names(client: &Client, query: &str) -> Vec<String> {
    let (status, page) = client.get(&format!("{CONTACTS}?{query}")).await;
    assert_eq!(status, 200, "{page}");
    page["results"].as_array().unwrap().iter().map(|one| one["first_name"].as_str().unwrap().to_owned()).collect()
}

fn path(contact: &Value) -> String {
    format!("{CONTACTS}{}/", contact["id"].as_str().unwrap())
}

db_test! {
    async fn a_contact_is_made_shown_changed_replaced_and_removed(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        let body = json!({"first_name": "Ada", "phone": "+1 415 555 0100", "tags": ["vip", " vip ", "a  b"],
            "custom": {"size": 3}, "telegram_chat_id": "77"});
        let made = make(&owner, body).await;
        assert_eq!(made["phone"], "+14155550100");
        assert_eq!((&made["tags"], &made["source"]), (&json!(["a b", "vip"]), &json!("API")));
        assert_eq!((&made["telegram_chat_id"], &made["do_not_contact"]), (&json!(77), &json!(false)));
        assert_eq!(made["identities"][0]["proof"], "MANUAL");
        assert_eq!(owner.get(&path(&made)).await, (200, made.clone()));

        let (status, changed) = owner.patch(&path(&made), json!({"last_name": "Lovelace", "custom": {"b": 1}})).await;
        assert_eq!((status, &changed["first_name"], &changed["last_name"]), (200, &json!("Ada"), &json!("Lovelace")));
        assert_eq!(changed["custom"], json!({"b": 1, "size": 3}));
        let (_, emptied) = owner.patch(&path(&made), json!({"phone": null, "custom": {"b": null}})).await;
        assert_eq!((&emptied["phone"], &emptied["custom"]), (&Value::Null, &json!({"size": 3})));

        let mut whole = emptied.clone();
        whole["first_name"] = json!("Augusta");
        whole.as_object_mut().unwrap().remove("tags");
        let (status, replaced) = owner.put(&path(&made), whole).await;
        assert_eq!((status, &replaced["first_name"], &replaced["tags"]), (200, &json!("Augusta"), &json!([])));

        assert_eq!(owner.delete(&path(&made)).await.0, 204);
        assert_eq!(owner.get(&path(&made)).await.0, 404);
        assert_eq!(owner.delete(&path(&made)).await.0, 404);
        assert_eq!(owner.patch(&path(&made), json!({"first_name": "x"})).await.0, 404);
    }

    async fn every_wrong_field_is_named(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        let body = json!({"first_name": 5, "phone": "12", "email": "nobody", "telegram_chat_id": -4, "colour": "red"});
        let (status, problem) = owner.post(CONTACTS, body).await;
        assert_eq!((status, &problem["code"]), (400, &json!("invalid_input")));
        assert_eq!(problem["errors"]["colour"], json!(["This field is not known here."]));
        assert!(problem["errors"]["first_name"][0].is_string(), "{problem}");

        let body = json!({"phone": "12", "email": "nobody", "telegram_chat_id": -4, "telegram_username": "a b",
            "language_code": "e!", "tags": [""], "custom": {"a b": 1}, "first_name": "x".repeat(256)});
        let (status, problem) = owner.post(CONTACTS, body).await;
        let fields: Vec<_> = problem["errors"].as_object().unwrap().keys().cloned().collect();
        assert_eq!(status, 400);
        assert_eq!(fields, ["custom", "email", "first_name", "language_code", "phone", "tags", "telegram_chat_id",
            "telegram_username"]);

        assert_eq!(owner.post(CONTACTS, json!({})).await.0, 400);
        let nobody = json!({"first_name": "A", "assigned_to_user": "01939d5e-2b7c-7cc3-98c4-dc0c0c07398f"});
        let (status, problem) = owner.post(CONTACTS, nobody).await;
        assert_eq!((status, problem["errors"]["assigned_to_user"].is_array()), (400, true));
        for (query, field) in [("kind=ROBOT", "kind"), ("created_after=now", "created_after"), ("phone=x", "phone"),
            ("ordering=colour", "ordering"), ("do_not_contact=maybe", "do_not_contact"), ("cursor=x", "cursor")] {
            let (status, problem) = owner.get(&format!("{CONTACTS}?{query}")).await;
            assert_eq!((status, problem["errors"][field].is_array()), (400, true), "{query}: {problem}");
        }
    }

    async fn a_telegram_id_belongs_to_one_contact(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        make(&owner, json!({"first_name": "Ada", "telegram_chat_id": 77})).await;
        let (status, problem) = owner.post(CONTACTS, json!({"first_name": "Bob", "telegram_chat_id": 77})).await;
        assert_eq!((status, &problem["code"]), (409, &json!("identity_taken")));
        let other = app.other_tenant().await;
        make(&other, json!({"first_name": "Bob", "telegram_chat_id": 77})).await;
    }

    async fn search_and_filters_find_the_right_ones(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        make(&owner, json!({"first_name": "Ada", "last_name": "Lovelace", "phone": "+14155550100", "tags": ["vip"],
            "lead_status": "NEW", "telegram_chat_id": 4242})).await;
        make(&owner, json!({"first_name": "Ädam", "email": "adam@example.com", "language_code": "de",
            "do_not_contact": true, "tags": ["vip", "x"], "ticket_status": "OPEN", "company_name": "Engines"})).await;
        make(&owner, json!({"first_name": "100%", "telegram_username": "@percent_er", "source": "IMPORT",
            "lead_score": 7})).await;
        for (query, expected) in [
            ("search=LOVE", vec!["Ada"]), ("search=love+ada", vec!["Ada"]), ("search=ädam", vec!["Ädam"]),
            ("search=0%25", vec!["100%"]), ("search=_", vec!["100%"]), ("search=@percent", vec!["100%"]),
            ("search=4242", vec!["Ada"]), ("search=424", vec![]), ("search=415-555", vec!["Ada"]),
            ("search=%5C", vec![]), ("tag=vip", vec!["Ädam", "Ada"]), ("tag=vip&ordering=first_name", vec!["Ada", "Ädam"]),
            ("tag=x&search=a", vec!["Ädam"]), ("source=IMPORT", vec!["100%"]), ("language_code=de", vec!["Ädam"]),
            ("do_not_contact=true", vec!["Ädam"]), ("lead_status=NEW", vec!["Ada"]), ("ticket_status=OPEN", vec!["Ädam"]),
            ("first_name=Ada", vec!["Ada"]), ("first_name=ad", vec![]), ("last_name=Lovelace", vec!["Ada"]),
            ("tags=x", vec!["Ädam"]), ("company_name=Engines", vec!["Ädam"]), ("lead_score=7", vec!["100%"]),
            ("source=import", vec!["100%"]), ("do_not_contact=True", vec!["Ädam"]),
            ("phone=%2B14155550100", vec!["Ada"]), ("email=adam@example.com", vec!["Ädam"]),
            ("telegram_chat_id=4242", vec!["Ada"]), ("telegram_username=@percent_er", vec!["100%"]),
            ("telegram_chat_id=4242&tag=x", vec![]), ("kind=GROUP", vec![]), ("created_before=2000-01-01T00:00:00Z", vec![]),
            ("created_after=2000-01-01T00:00:00Z&ordering=first_name", vec!["100%", "Ada", "Ädam"]),
            ("ordering=-first_name", vec!["Ädam", "Ada", "100%"]), ("last_seen_after=2000-01-01T00:00:00Z", vec![]),
        ] {
            assert_eq!(names(&owner, query).await, expected, "{query}");
        }
        let (_, page) = owner.get(&format!("{CONTACTS}?tag=vip&count=true&page_size=1")).await;
        assert_eq!(page["count"], 2);
    }

    async fn pages_stay_right_in_every_order(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        for n in 0..7 {
            make(&owner, json!({"first_name": format!("n{}", n % 3), "tags": ["t"]})).await;
        }
        for ordering in ["created_at", "-created_at", "updated_at", "-updated_at", "last_seen_at", "-first_name", "first_name"] {
            for filter in ["", "&tag=t"] {
                let (_, all) = owner.get(&format!("{CONTACTS}?ordering={ordering}{filter}")).await;
                let all: Vec<_> = all["results"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect();
                let mut paged = Vec::new();
                let mut link = json!(format!("http://jina.test{CONTACTS}?ordering={ordering}{filter}&page_size=2"));
                while let Some(next) = link.as_str() {
                    let (status, page) = owner.get(next.strip_prefix("http://jina.test").unwrap()).await;
                    assert_eq!(status, 200, "{page}");
                    paged.extend(page["results"].as_array().unwrap().iter().map(|one| one["id"].clone()));
                    link = page["next"].clone();
                }
                assert_eq!(all.len(), 7);
                assert_eq!(paged, all, "{ordering}{filter}");
            }
        }
    }

    async fn many_are_tagged_and_removed_at_once(db) {
        let app = TestApp::start(db).await;
        let (owner, other) = (app.owner(), app.other_tenant().await);
        let ada = make(&owner, json!({"first_name": "Ada"})).await;
        let bob = make(&owner, json!({"first_name": "Bob", "lead_status": "NEW"})).await;
        let eve = make(&other, json!({"first_name": "Eve"})).await;
        let ids = json!([ada["id"], bob["id"], ada["id"], eve["id"]]);
        let (status, counts) = owner.post("/contacts/bulk/tag/", json!({"ids": ids, "tags": ["x", "y"]})).await;
        assert_eq!((status, counts), (200, json!({"matched": 2, "changed": 4, "not_found": 1})));
        let (_, counts) = owner.post("/contacts/bulk/untag/", json!({"filter": {"lead_status": "NEW"}, "tag": "x"})).await;
        assert_eq!(counts, json!({"matched": 1, "changed": 1, "not_found": 0}));
        assert_eq!(names(&owner, "tag=x").await, ["Ada"]);
        let (_, counts) = owner.post("/contacts/bulk/delete/", json!({"filter": {"tag": "y"}})).await;
        assert_eq!(counts["changed"], 2);
        assert_eq!(names(&owner, "").await, [""; 0]);
        assert_eq!(names(&other, "").await, ["Eve"]);
        for (body, field) in [
            (json!({"tags": ["x"]}), "ids"), (json!({"ids": [], "tags": []}), "tags"),
            (json!({"ids": ["x"], "tags": ["x"]}), "ids"), (json!({"ids": [], "filter": {}, "tags": ["x"]}), "filter"),
            (json!({"filter": {"colour": 1}, "tags": ["x"]}), "filter"),
            (json!({"ids": vec![ada["id"].clone(); 10_001], "tags": ["x"]}), "ids"),
        ] {
            let (status, problem) = owner.post("/contacts/bulk/tag/", body).await;
            assert_eq!((status, problem["errors"][field].is_array()), (400, true), "{field}: {problem}");
        }
    }

    async fn two_records_of_one_person_become_one_and_two_again(db) {
        let app = TestApp::start(db).await;
        let (owner, now) = (app.owner(), app.clock.now());
        let bot = app.bot(1).await;
        let said = app.says(bot, &user(77, "Ada"), 1, Content::text("one"), now).await;
        let record = make(&owner, json!({"first_name": "A. Lovelace", "email": "ada@example.com", "tags": ["vip"]})).await;
        let (status, merged) = owner.post(&format!("{}merge/", path(&record)), json!({"other": said.contact})).await;
        assert_eq!((status, &merged["telegram_chat_id"], &merged["first_name"]), (200, &json!(77), &json!("A. Lovelace")));
        assert_eq!(owner.get(&format!("{CONTACTS}{}/", said.contact)).await.0, 404);

        // The next message finds the merged record.
        let again = app.says(bot, &user(77, "Ada"), 2, Content::text("two"), now).await;
        assert_eq!(again.contact.to_string(), record["id"].as_str().unwrap());
        assert_eq!(again.conversation, said.conversation);
        let (_, timeline) = owner.get(&format!("/team-inbox/api/conversations/{}/timeline/", said.conversation)).await;
        let texts: Vec<_> = timeline["results"].as_array().unwrap().iter().map(|e| e["content"]["text"].clone()).collect();
        assert_eq!(texts, ["one", "two"]);
        assert_eq!(timeline["results"][0]["author"]["id"], record["id"]);

        let split = json!({"platform": "TELEGRAM", "external_id": "77"});
        let (status, both) = owner.post(&format!("{}split/", path(&record)), split.clone()).await;
        assert_eq!(status, 200, "{both}");
        assert_eq!((&both["contact"]["telegram_chat_id"], &both["new_contact"]["telegram_chat_id"]), (&Value::Null, &json!(77)));
        assert_eq!(owner.post(&format!("{}split/", path(&record)), split).await.0, 400);
        let third = app.says(bot, &user(77, "Ada"), 3, Content::text("three"), now).await;
        assert_eq!(json!(third.contact), both["new_contact"]["id"]);
        assert_ne!(third.conversation, said.conversation);

        let stranger = make(&app.other_tenant().await, json!({"first_name": "Eve"})).await;
        for other in [&record["id"], &stranger["id"]] {
            let (status, problem) = owner.post(&format!("{}merge/", path(&record)), json!({"other": other})).await;
            assert_eq!((status, problem["errors"]["other"].is_array()), (400, true), "{problem}");
        }
    }

    async fn a_removed_contact_leaves_no_trace_and_comes_back_as_new(db) {
        let app = TestApp::start(db).await;
        let (owner, now) = (app.owner(), app.clock.now());
        let bot = app.bot(1).await;
        let said = app.says(bot, &user(77, "Ada"), 1, Content::text("secret"), now).await;
        assert_eq!(owner.delete(&format!("{CONTACTS}{}/", said.contact)).await.0, 204);
        let (_, conversations) = owner.get("/team-inbox/api/conversations/").await;
        let (_, messages) = owner.get("/team-inbox/api/messages/").await;
        assert_eq!((&conversations["results"], &messages["results"]), (&json!([]), &json!([])));
        let again = app.says(bot, &user(77, "Ada"), 2, Content::text("hello again"), now).await;
        assert_ne!(again.contact, said.contact);
    }

    async fn an_export_holds_every_contact_once(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        for n in 0..3 {
            make(&owner, json!({"first_name": format!("n{n}, \"x\""), "tags": ["a", "b"], "custom": {"size": n}})).await;
        }
        let request = axum::http::Request::get("/contacts/export/?tag=a").body(axum::body::Body::empty()).unwrap();
        let answer = owner.send(request).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, "text/csv; charset=utf-8"));
        let text = String::from_utf8(answer.body).unwrap();
        let lines: Vec<_> = text.lines().collect();
        assert!(lines[0].starts_with("id,first_name,last_name,phone,"), "{text}");
        assert_eq!(lines.len(), 4);
        assert!(lines[1].contains(r#","n2, ""x""",,"#) && lines[1].contains(r#",a;b,API,"#), "{text}");
        assert_eq!(app.other_tenant().await.get("/contacts/export/").await.0, 200);
    }

    async fn a_start_link_ties_its_opener_once(db) {
        let app = TestApp::start(db).await;
        let (owner, now) = (app.owner(), app.clock.now());
        let ada = make(&owner, json!({"first_name": "Ada", "email": "ada@example.com"})).await;
        let link = format!("{}link/", path(&ada));
        assert_eq!(owner.post(&link, json!({})).await.0, 400);
        let bot = app.bot(1).await;
        let (status, made) = owner.post(&link, json!({})).await;
        assert_eq!((status, &made["bot_app_id"]), (201, &json!(bot)));
        let token = made["start_command"].as_str().unwrap().strip_prefix("/start ").unwrap().to_owned();
        assert_eq!(made["url"], json!(format!("https://t.me/test_1_bot?start={token}")));
        assert!(token.len() <= 64 && token.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b)));
        assert_eq!(owner.post(&link, json!({"expires_at": now})).await.0, 400);
        assert_eq!(app.other_tenant().await.post(&link, json!({})).await.0, 404);

        let hash: [u8; 32] = Sha256::digest(&token).into();
        let said = app.says(bot, &user(77, "A."), 1, Content::text("hi"), now).await;
        let scope = app.scope();
        let open = async |opener, id| {
            let body = move |tx: &mut store::db::Tx| store::contacts::open_link(tx, &scope, (bot, &hash), (opener, id), now);
            app.app.db.write(body).await.unwrap()
        };
        assert_eq!(json!(open(said.contact, 77).await), ada["id"]);
        let other = app.says(bot, &user(78, "Eve"), 1, Content::text("hi"), now).await;
        assert_eq!(open(other.contact, 78).await, None);
        let (_, linked) = owner.get(&path(&ada)).await;
        assert_eq!((&linked["telegram_chat_id"], &linked["email"]), (&json!(77), &json!("ada@example.com")));
        assert_eq!(linked["identities"][0]["proof"], "LINK");
    }

    async fn nobody_else_sees_or_touches_them(db) {
        let app = TestApp::start(db).await;
        let (owner, other) = (app.owner(), app.other_tenant().await);
        let ada = make(&owner, json!({"first_name": "Ada", "phone": "+14155550100"})).await;
        assert_eq!(names(&other, "search=Ada").await, [""; 0]);
        assert_eq!(names(&other, "phone=%2B14155550100").await, [""; 0]);
        assert_eq!(other.get(&path(&ada)).await.0, 404);
        assert_eq!(other.patch(&path(&ada), json!({"first_name": "x"})).await.0, 404);
        assert_eq!(other.put(&path(&ada), json!({"first_name": "x"})).await.0, 404);
        assert_eq!(other.delete(&path(&ada)).await.0, 404);
        assert_eq!(other.post(&format!("{}merge/", path(&ada)), json!({"other": ada["id"]})).await.0, 400);
        assert_eq!(owner.get(&path(&ada)).await.1["first_name"], "Ada");
    }
}
