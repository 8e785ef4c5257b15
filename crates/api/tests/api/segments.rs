//! Attributes with types, segments, and what they find.

use serde_json::{Value, json};
use testkit::{Client, TestApp, db_test};

async fn make(owner: &Client, body: Value) -> Value {
    let (status, made) = owner.post("/contacts/", body).await;
    assert_eq!(status, 201, "{made}");
    made
}

async fn describe(owner: &Client, name: &str, kind: &str, choices: Value) -> Value {
    let (status, made) =
        owner.post("/contacts/attributes/", json!({"name": name, "type": kind, "choices": choices})).await;
    assert_eq!(status, 201, "{made}");
    made
}

/// First names of whom rules mean, in alphabetical order, as the list, the count and the page sizes agree on.
async fn meant(owner: &Client, segment: &str) -> Vec<String> {
    let (_, counted) = owner.get(&format!("/contacts/segments/{segment}/count/")).await;
    let mut names = Vec::new();
    let mut link =
        json!(format!("http://jina.test/contacts/?segment={segment}&page_size=2&count=true&ordering=first_name"));
    while let Some(next) = link.as_str() {
        let (status, page) = owner.get(next.strip_prefix("http://jina.test").unwrap()).await;
        assert_eq!((status, &page["count"]), (200, &counted["count"]), "{page}");
        names.extend(
            page["results"].as_array().unwrap().iter().map(|one| one["first_name"].as_str().unwrap().to_owned()),
        );
        link = page["next"].clone();
    }
    names
}

db_test! {
    async fn values_are_checked_by_their_attributes(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        describe(&owner, "size", "number", json!([])).await;
        let colour = describe(&owner, "colour", "choice", json!(["red", "blue"])).await;
        let (status, problem) = owner.post("/contacts/attributes/", json!({"name": "size", "type": "text"})).await;
        assert_eq!((status, &problem["code"]), (409, &json!("name_taken")));
        for body in [json!({"name": "a b", "type": "text"}), json!({"name": "x", "type": "choice"}), json!({"name": "x", "type": "colour"})] {
            assert_eq!(owner.post("/contacts/attributes/", body.clone()).await.0, 400, "{body}");
        }
        let ada = make(&owner, json!({"first_name": "Ada", "custom": {"size": "41", "colour": "red", "free": [1]}})).await;
        assert_eq!(ada["custom"], json!({"size": 41, "colour": "red", "free": [1]}));
        let path = format!("/contacts/{}/", ada["id"].as_str().unwrap());
        let (status, problem) = owner.patch(&path, json!({"custom": {"size": "large", "colour": "green"}})).await;
        assert_eq!((status, problem["errors"]["custom"].as_array().map(Vec::len)), (400, Some(2)), "{problem}");

        let colour = format!("/contacts/attributes/{}/", colour["id"].as_str().unwrap());
        assert_eq!(owner.patch(&colour, json!({"choices": ["green"]})).await.1["choices"], json!(["green"]));
        // What was chosen before stays, and is no obstacle to other changes.
        assert_eq!(owner.patch(&path, json!({"custom": {"size": 42}})).await.1["custom"]["colour"], "red");
        assert_eq!(owner.patch(&path, json!({"custom": {"colour": "green"}})).await.0, 200);
        assert_eq!(owner.delete(&colour).await.0, 204);
        assert_eq!(owner.patch(&path, json!({"custom": {"colour": 5}})).await.0, 200);

        let csv = "first_name,custom.size\nBob,43\nEve,wide\n";
        let import = crate::imports::imported(&app, csv, &[]).await;
        assert_eq!((&import["created"], &import["failed"]), (&json!(1), &json!(1)));
        let (_, found) = owner.get("/contacts/?search=Bob").await;
        assert_eq!(found["results"][0]["custom"], json!({"size": 43}));
    }

    async fn rules_find_whom_they_say(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        let bot = app.bot(1).await;
        describe(&owner, "size", "number", json!([])).await;
        describe(&owner, "member", "boolean", json!([])).await;
        describe(&owner, "since", "date", json!([])).await;
        make(&owner, json!({"first_name": "Ada", "language_code": "en", "tags": ["vip"], "lead_score": 5,
            "custom": {"size": 41, "member": true, "since": "2026-01-31", "note": "100% sure"}})).await;
        make(&owner, json!({"first_name": "Bob", "email": "Bob@Example.com", "do_not_contact": true, "lead_score": 7,
            "custom": {"size": 39.5, "member": false, "since": "2025-12-31"}})).await;
        make(&owner, json!({"first_name": "Cyd", "phone": "+14155550100", "tags": ["vip", "new"]})).await;
        app.says(bot, &testkit::user(77, "Dan"), 1, model::content::Content::text("hi"), model::Clock::now(&app.clock)).await;
        let field = |field: &str, operator: &str, value: Value| json!({"field": field, "operator": operator, "value": value});
        for (number, (rules, expected)) in [
            (json!([]), vec!["Ada", "Bob", "Cyd", "Dan"]),
            (json!([field("tags", "has", json!("vip"))]), vec!["Ada", "Cyd"]),
            (json!([field("tags", "has_not", json!("vip"))]), vec!["Bob", "Dan"]),
            (json!([field("tags", "has", json!("vip")), field("phone", "is_not_set", Value::Null)]), vec!["Ada"]),
            (json!([field("phone", "is", json!("+1 415 555 0100"))]), vec!["Cyd"]),
            (json!([field("email", "contains", json!("@example."))]), vec!["Bob"]),
            (json!([field("first_name", "in", json!(["Ada", "Cyd"]))]), vec!["Ada", "Cyd"]),
            (json!([field("language_code", "is_not", json!("de"))]), vec!["Ada", "Bob", "Cyd", "Dan"]),
            (json!([field("lead_score", "gte", json!(5)), field("lead_score", "lt", json!(7))]), vec!["Ada"]),
            (json!([field("do_not_contact", "is", json!(false))]), vec!["Ada", "Cyd", "Dan"]),
            (json!([field("custom.size", "gt", json!(40))]), vec!["Ada"]),
            (json!([field("custom.size", "lte", json!(39.5))]), vec!["Bob"]),
            (json!([field("custom.member", "is", json!(true))]), vec!["Ada"]),
            (json!([field("custom.member", "is", json!(false))]), vec!["Bob"]),
            (json!([field("custom.since", "after", json!("2025-12-31"))]), vec!["Ada"]),
            (json!([field("custom.since", "is_set", Value::Null)]), vec!["Ada", "Bob"]),
            (json!([field("custom.note", "contains", json!("0% S"))]), vec!["Ada"]),
            (json!([field("reachable", "is", json!(true))]), vec!["Dan"]),
            (json!([field("opted_out", "is", json!(false))]), vec!["Ada", "Bob", "Cyd", "Dan"]),
            (json!([field("bot_app_id", "is", json!(bot))]), vec!["Dan"]),
            (json!([field("last_seen_at", "within_days", json!(1))]), vec!["Dan"]),
            (json!([field("created_at", "before", json!("2000-01-01T00:00:00Z"))]), vec![]),
            (json!([field("source", "is", json!("TELEGRAM"))]), vec!["Dan"]),
            (json!([field("do_not_contact", "is", json!(false)),
                {"match": "any", "rules": [field("lead_score", "is", json!(5)), field("tags", "has", json!("new"))]}]), vec!["Ada", "Cyd"]),
        ].into_iter().enumerate() {
            let body = json!({"name": format!("s{number}"), "rules": {"rules": rules}});
            let (status, made) = owner.post("/contacts/segments/", body).await;
            assert_eq!(status, 201, "{rules}: {made}");
            assert_eq!(meant(&owner, made["id"].as_str().unwrap()).await, expected, "{rules}");
            let (_, counted) = owner.post("/contacts/segments/count/", json!({"rules": {"match": "all", "rules": rules}})).await;
            assert_eq!(counted["count"], json!(expected.len()), "{rules}");
        }
        let (_, fields) = owner.get("/contacts/segments/fields/").await;
        let size = fields["fields"].as_array().unwrap().iter().find(|one| one["field"] == "custom.size").unwrap();
        assert_eq!(size["type"], "number");
    }

    async fn segments_are_kept_and_used_for_more_than_lists(db) {
        let app = TestApp::start(db).await;
        let (owner, other) = (app.owner(), app.other_tenant().await);
        make(&owner, json!({"first_name": "Ada", "tags": ["vip"]})).await;
        make(&owner, json!({"first_name": "Bob"})).await;
        let rules = json!({"rules": [{"field": "tags", "operator": "has", "value": "vip"}]});
        let (_, made) = owner.post("/contacts/segments/", json!({"name": "VIPs", "rules": rules})).await;
        let path = format!("/contacts/segments/{}/", made["id"].as_str().unwrap());
        assert_eq!(owner.post("/contacts/segments/", json!({"name": "VIPs", "rules": rules})).await.0, 409);
        for rules in [json!({"rules": [{"field": "colour", "operator": "is", "value": "x"}]}), json!([]), json!({"rules": 5}), json!(null)] {
            let (status, problem) = owner.patch(&path, json!({"rules": rules})).await;
            assert!(status == 200 && rules.is_null() || problem["errors"]["rules"].is_array(), "{rules}: {problem}");
        }
        let (_, counts) = owner.post("/contacts/bulk/tag/", json!({"filter": {"segment": made["id"]}, "tag": "x"})).await;
        assert_eq!(counts["matched"], 1);
        let request = format!("/contacts/export/?segment={}", made["id"].as_str().unwrap());
        let request = axum::http::Request::get(request).body(axum::body::Body::empty()).unwrap();
        assert_eq!(String::from_utf8(owner.send(request).await.body).unwrap().lines().count(), 2);
        let (status, problem) = other.get(&format!("/contacts/?segment={}", made["id"].as_str().unwrap())).await;
        assert_eq!((status, problem["errors"]["segment"].is_array()), (400, true), "{problem}");
        assert_eq!(owner.delete(&path).await.0, 204);
        assert_eq!(owner.get(&path).await.0, 404);
    }
}
