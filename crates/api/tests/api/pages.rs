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
}
