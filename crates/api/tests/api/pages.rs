//! Lists: cursors that stay right, links, counts, and what is refused.

use serde_json::{Value, json};
use testkit::{Client, TestApp, db_test};

const KEYS: &str = "/tenants/tenant-access-keys/";

async fn keys(owner: &Client, names: impl IntoIterator<Item = String>) {
    for name in names {
        assert_eq!(owner.post(KEYS, json!({"name": name, "role": "VIEWER"})).await.0, 201);
    }
}

fn names(page: &Value) -> Vec<&str> {
    page["results"].as_array().unwrap().iter().map(|key| key["name"].as_str().unwrap()).collect()
}

/// Follows a link of an answer, which is absolute.
async fn follow(owner: &Client, link: &Value) -> Value {
    let path = link.as_str().unwrap().strip_prefix("http://jina.test").unwrap();
    let (status, page) = owner.get(path).await;
    assert_eq!(status, 200, "{page}");
    page
}

db_test! {
    async fn pages_stay_right_while_rows_are_added(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        keys(&owner, (1..=5).map(|n| format!("k{n}"))).await;
        let (_, first) = owner.get(&format!("{KEYS}?page_size=2&role=VIEWER&other=kept")).await;
        assert_eq!(names(&first), ["k5", "k4"]);
        assert_eq!((&first["count"], &first["previous"]), (&Value::Null, &Value::Null));
        assert!(first["next"].as_str().unwrap().contains("page_size=2&role=VIEWER&other=kept"), "{first}");

        keys(&owner, ["k6".to_owned()]).await;
        let second = follow(&owner, &first["next"]).await;
        assert_eq!(names(&second), ["k3", "k2"]);
        let third = follow(&owner, &second["next"]).await;
        assert_eq!((names(&third), &third["next"]), (vec!["k1"], &Value::Null));
        let back = follow(&owner, &third["previous"]).await;
        assert_eq!(names(&back), ["k3", "k2"]);
        let back = follow(&owner, &back["previous"]).await;
        assert_eq!(names(&back), ["k5", "k4"]);
        let new = follow(&owner, &back["previous"]).await;
        assert_eq!((names(&new), &new["previous"]), (vec!["k6"], &Value::Null));
    }

    async fn lists_count_and_turn_around_when_asked(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        keys(&owner, (1..=3).map(|n| format!("k{n}"))).await;
        let (_, page) = owner.get(&format!("{KEYS}?count=true&role=VIEWER&ordering=created_at&page_size=1")).await;
        assert_eq!((names(&page), &page["count"]), (vec!["k1"], &json!(3)));
        let next = follow(&owner, &page["next"]).await;
        assert_eq!(names(&next), ["k2"]);
        let (_, page) = owner.get(&format!("{KEYS}?ordering=-created_at&role=VIEWER")).await;
        assert_eq!(names(&page), ["k3", "k2", "k1"]);
    }

    async fn what_a_list_cannot_take_is_named(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        keys(&owner, (1..=3).map(|n| format!("k{n}"))).await;
        for (query, field) in [
            ("page_size=0", "page_size"),
            ("page_size=201", "page_size"),
            ("page_size=x", "page_size"),
            ("page_size=-1", "page_size"),
            ("ordering=name", "ordering"),
            ("ordering=created_at&ordering=created_at", "ordering"),
            ("role=KING", "role"),
            ("role=%00", "role"),
            ("count=perhaps", "count"),
        ] {
            let (status, answer) = owner.get(&format!("{KEYS}?{query}")).await;
            assert_eq!((status, answer["errors"][field].is_array()), (400, true), "{query}: {answer}");
        }
        for query in ["page_size=", "role=", "unknown=1", "page_size=200", "%ff=%ff"] {
            assert_eq!(owner.get(&format!("{KEYS}?{query}")).await.0, 200, "{query}");
        }
    }

    async fn a_cursor_works_only_where_it_came_from(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        keys(&owner, (1..=3).map(|n| format!("k{n}"))).await;
        let (_, page) = owner.get(&format!("{KEYS}?page_size=1&role=VIEWER")).await;
        let next = page["next"].as_str().unwrap();
        let cursor = next.split("cursor=").nth(1).unwrap();
        let wrong = [
            format!("cursor={cursor}"),
            format!("role=OWNER&cursor={cursor}"),
            format!("role=VIEWER&ordering=created_at&cursor={cursor}"),
            "role=VIEWER&cursor=nonsense".to_owned(),
            format!("role=VIEWER&cursor={}", "A".repeat(10_000)),
            format!("role=VIEWER&cursor={}", &cursor[..cursor.len() - 2]),
        ];
        for query in wrong {
            let (status, answer) = owner.get(&format!("{KEYS}?{query}")).await;
            assert_eq!((status, &answer["code"]), (400, &json!("invalid_cursor")), "{query}: {answer}");
        }
        assert_eq!(owner.get(&format!("{KEYS}?page_size=2&count=true&role=VIEWER&cursor={cursor}")).await.0, 200);
    }

    async fn lists_of_names_are_searched_by_words(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        let named = ["Über uns", "Grüße an uns", "100% off", "100 things off"];
        type Body = fn(&str) -> Value;
        let lists: [(&str, &str, Body); 6] = [
            (KEYS, "name", |name| json!({"name": name})),
            ("/contacts/segments/", "name", |name| json!({"name": name, "rules": {"rules": []}})),
            ("/team-inbox/api/labels/", "name", |name| json!({"name": name})),
            ("/team-inbox/api/views/", "name", |name| json!({"name": name, "query": "assignee=me"})),
            ("/broadcast/templates/", "name", |name| json!({"name": name, "message_text": "It has begun."})),
            ("/webhooks/endpoints/", "description", |text| json!({"url": "https://shop.example.com/hooks", "description": text})),
        ];
        for (path, field, body) in lists {
            for name in named {
                let (status, made) = owner.post(path, body(name)).await;
                assert_eq!(status, 201, "{path}: {made}");
            }
            for (typed, expected) in [
                ("uns", vec!["Grüße an uns", "Über uns"]),
                ("UNS%20%C3%9Cber", vec!["Über uns"]),
                ("100%25", vec!["100% off"]),
                ("off%20100", vec!["100 things off", "100% off"]),
                ("gr%C3%BC%C3%9Fe%20%20an%20uns", vec!["Grüße an uns"]),
                ("nothing%20of%20this", vec![]),
            ] {
                let (status, page) = owner.get(&format!("{path}?ordering=-created_at&search={typed}&count=true")).await;
                let mut found: Vec<_> = page["results"].as_array().unwrap().iter().map(|one| one[field].as_str().unwrap()).collect();
                found.sort_unstable();
                assert_eq!((status, &page["count"], found), (200, &json!(expected.len()), expected), "{path} {typed}");
            }
            let long = format!("{path}?search={}", "x".repeat(201));
            assert_eq!(owner.get(&long).await.0, 400, "{path}");
        }
    }

    async fn addresses_and_fields_are_searched_by_words(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        assert_eq!(owner.post("/tenants/invites/", json!({"email": "grace@example.org", "role": "AGENT"})).await.0, 201);
        assert_eq!(owner.post("/contacts/attributes/", json!({"name": "shoe_size", "type": "number"})).await.0, 201);
        for (path, typed, count) in [
            ("/tenants/invites/", "GRACE", 1),
            ("/tenants/invites/", "ada", 0),
            ("/contacts/attributes/", "SHOE", 1),
            ("/contacts/attributes/", "hat", 0),
            ("/whatsapp/v1/templates/", "hello", 0),
        ] {
            let (status, page) = owner.get(&format!("{path}?search={typed}&count=true")).await;
            assert_eq!((status, &page["count"]), (200, &json!(count)), "{path} {typed}: {page}");
        }
    }
}
