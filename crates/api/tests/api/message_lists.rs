//! Lists of messages, narrowed to a span of time.

use model::{Clock, Timestamp, content::Content};
use serde_json::{Value, json};
use testkit::{Client, TestApp, db_test, user};

const MESSAGES: &str = "/team-inbox/api/messages/";

async fn page(client: &Client, link: &str) -> (Vec<String>, Value) {
    let (status, page) = client.get(link.strip_prefix("http://jina.test").unwrap_or(link)).await;
    assert_eq!(status, 200, "{link}: {page}");
    let results = page["results"].as_array().unwrap();
    (results.iter().map(|one| one["content"]["text"].as_str().unwrap().to_owned()).collect(), page)
}

/// Every page from `link` on, by the links of one name.
async fn walk(client: &Client, link: String, name: &str) -> (Vec<Vec<String>>, Value) {
    let (texts, mut last) = page(client, &link).await;
    let mut pages = vec![texts];
    while let Some(link) = last[name].as_str().map(str::to_owned) {
        let (texts, next) = page(client, &link).await;
        pages.push(texts);
        last = next;
    }
    (pages, last)
}

db_test! {
    async fn those_of_a_span_of_time_come_in_the_order_in_which_they_were_written(db) {
        let app = TestApp::start(db).await;
        let (owner, bot, start) = (app.owner(), app.bot(1).await, app.clock.now());
        let at = |minute: i64| start + minute * 60_000;
        // They arrive in another order, and two are of one moment.
        for (minute, number) in [5, 1, 9, 3, 7, 2, 8, 4, 6, 4].into_iter().zip(1..) {
            app.says(bot, &user(77, "Ada"), number, Content::text(minute.to_string()), at(minute)).await;
        }
        let span = |after: Timestamp, before: Timestamp| {
            format!("{MESSAGES}?created_after={after}&created_before={before}&count=true&page_size=2")
        };

        let (pages, last) = walk(&owner, span(at(3), at(8)), "next").await;
        assert_eq!(pages, [vec!["7", "6"], vec!["5", "4"], vec!["4", "3"]]);
        assert_eq!((&last["count"], &last["next"]), (&json!(6), &Value::Null));
        let (pages, first) = walk(&owner, last["previous"].as_str().unwrap().to_owned(), "previous").await;
        assert_eq!(pages, [["5", "4"], ["7", "6"]]);
        assert_eq!((&first["count"], &first["previous"]), (&json!(6), &Value::Null));
        let (pages, last) = walk(&owner, format!("{}&ordering=created_at", span(at(3), at(8))), "next").await;
        assert_eq!(pages, [vec!["3", "4"], vec!["4", "5"], vec!["6", "7"]]);
        let (pages, _) = walk(&owner, last["previous"].as_str().unwrap().to_owned(), "previous").await;
        assert_eq!(pages, [["4", "5"], ["3", "4"]]);

        for (query, expected) in [
            (format!("created_after={}", at(8)), vec!["9", "8"]),
            (format!("created_before={}", at(3)), vec!["2", "1"]),
            (format!("created_before={}&ordering=created_at", at(3)), vec!["1", "2"]),
            (format!("created_after={}&created_before={}", at(10), at(20)), vec![]),
            (format!("created_after={}&created_before={}", at(8), at(3)), vec![]),
            (format!("created_after={}&status=FAILED", at(1)), vec![]),
        ] {
            let (texts, shown) = page(&owner, &format!("{MESSAGES}?{query}")).await;
            assert_eq!((texts, &shown["previous"], &shown["next"]), (expected.into_iter().map(str::to_owned).collect(), &Value::Null, &Value::Null), "{query}");
        }
        let (_, newest) = page(&owner, &format!("{MESSAGES}?page_size=1")).await;
        let other = format!("{}&created_before={}", newest["next"].as_str().unwrap(), at(9));
        let (status, refused) = owner.get(other.strip_prefix("http://jina.test").unwrap()).await;
        assert_eq!((status, refused["code"].as_str()), (400, Some("invalid_cursor")), "{refused}");
    }

    async fn those_of_one_bot_come_in_pages_of_their_own(db) {
        let app = TestApp::start(db).await;
        let (owner, now) = (app.owner(), app.clock.now());
        let (busy, quiet) = (app.bot(1).await, app.bot(2).await);
        for number in 1..=6 {
            let bot = if number % 2 == 0 { quiet } else { busy };
            app.says(bot, &user(77, "Ada"), number, Content::text(number.to_string()), now + number).await;
        }
        for path in [MESSAGES, "/telegram/v1/messages/"] {
            let mut found = Vec::new();
            let mut link = format!("http://jina.test{path}?bot_app_id={quiet}&page_size=2&count=true");
            loop {
                let (status, page) = owner.get(link.strip_prefix("http://jina.test").unwrap()).await;
                assert_eq!((status, &page["count"]), (200, &json!(3)), "{page}");
                let numbers = page["results"].as_array().unwrap().iter().map(|one| one["provider_message_id"].as_i64().unwrap());
                found.push(numbers.collect::<Vec<_>>());
                let Some(next) = page["next"].as_str() else { break };
                link = next.to_owned();
            }
            assert_eq!(found, [vec![6, 4], vec![2]], "{path}");
            let none = format!("{path}?bot_app_id={quiet}&error_code=blocked_by_user&count=true");
            assert_eq!(owner.get(&none).await.1["count"], 0, "{path}");
        }
    }
}
