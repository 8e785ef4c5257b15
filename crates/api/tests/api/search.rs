//! The inbox's search: parts of words in any script, where they stand, and whose they are.

use model::{Clock, content::Content};
use serde_json::{Value, json};
use testkit::{Client, TestApp, db_test, user};

const SEARCH: &str = "/team-inbox/api/search/";

async fn find(client: &Client, query: &[(&str, &str)]) -> Value {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    let (status, found) = client.get(&format!("{SEARCH}?{query}")).await;
    assert_eq!(status, 200, "{query}: {found}");
    found
}

fn texts(found: &Value) -> Vec<&str> {
    found["results"].as_array().unwrap().iter().map(|hit| hit["snippet"]["text"].as_str().unwrap()).collect()
}

fn people(found: &Value) -> Vec<&str> {
    let people = found["people"].as_array().unwrap();
    people.iter().map(|one| one["contact"]["first_name"].as_str().unwrap()).collect()
}

db_test! {
    async fn parts_of_words_are_found_in_every_script(db) {
        let app = TestApp::start(db).await;
        let (owner, now, bot) = (app.owner(), app.clock.now(), app.bot(1).await);
        let all = ["Where is my ORDER 4711?", "Где мой заказ?", "أين طلبي", "お茶を一つください", "Thanks 🍵", "the end"];
        for (text, number) in all.into_iter().zip(1..) {
            app.says(bot, &user(77, "Zoë"), number, Content::text(text), now + number * 1_000).await;
        }
        for (typed, expected) in [
            ("order", vec![all[0]]), ("rde", vec![all[0]]), ("47", vec![all[0]]), ("order where", vec![all[0]]),
            ("ЗАК", vec![all[1]]), ("طلب", vec![all[2]]), ("茶", vec![all[3]]), ("ください", vec![all[3]]),
            ("🍵", vec![all[4]]), ("th", vec![all[5], all[4]]), ("order missing", vec![]), ("red", vec![]), ("x", vec![]),
        ] {
            let found = find(&owner, &[("q", typed)]).await;
            assert_eq!(texts(&found), expected, "{typed}");
        }
        let found = find(&owner, &[("q", "zo")]).await;
        assert_eq!(people(&found), ["Zoë"]);
        assert_eq!(people(&find(&owner, &[("q", "z")]).await), ["Zoë"]);
        let other = app.other_tenant().await;
        assert_eq!(find(&other, &[("q", "order")]).await["results"], json!([]));
        assert_eq!(find(&other, &[("q", "zo")]).await["people"], json!([]));
    }

    async fn a_find_names_its_place_and_pages_run_back(db) {
        let app = TestApp::start(db).await;
        let (owner, now, bot) = (app.owner(), app.clock.now(), app.bot(1).await);
        let mut said = Vec::new();
        for number in 1..=5 {
            let text = format!("parcel {number} 🍵 Parcel");
            said.push(app.says(bot, &user(77, "Ada"), number, Content::text(text), now + number * 1_000).await);
        }
        let found = find(&owner, &[("q", "parcel"), ("page_size", "2")]).await;
        let hit = &found["results"][0];
        assert_eq!((&hit["conversation_id"], &hit["message_id"]), (&json!(said[4].conversation), &json!(said[4].message)));
        assert_eq!((&hit["sequence"], &hit["contact"]["name"]), (&json!(5), &json!("Ada")));
        assert_eq!(hit["snippet"]["highlights"], json!([{"offset": 0, "length": 6}, {"offset": 12, "length": 6}]));
        let mut seen = texts(&found).into_iter().map(str::to_owned).collect::<Vec<_>>();
        let mut next = found["next"].as_str().map(str::to_owned);
        while let Some(link) = next {
            let (status, page) = owner.get(link.strip_prefix("http://jina.test").unwrap()).await;
            assert_eq!(status, 200, "{page}");
            seen.extend(texts(&page).into_iter().map(str::to_owned));
            next = page["next"].as_str().map(str::to_owned);
        }
        let numbers: Vec<_> = seen.iter().map(|text| text.split(' ').nth(1).unwrap()).collect();
        assert_eq!(numbers, ["5", "4", "3", "2", "1"]);
        let timeline = format!("/team-inbox/api/conversations/{}/timeline/?around={}&page_size=3", said[0].conversation, said[2].message);
        let (status, page) = owner.get(&timeline).await;
        assert_eq!((status, &page["results"][1]["id"]), (200, &json!(said[2].message)));
        for query in ["", "?q=%20", "?q=a&cursor=x", "?q=a&page_size=0", "?q=a&before=soon", "?q=a&bot=none"] {
            assert_eq!(owner.get(&format!("{SEARCH}{query}")).await.0, 400, "{query}");
        }
    }

    async fn filters_narrow_and_edits_and_removals_show(db) {
        let app = TestApp::start(db).await;
        let (owner, now) = (app.owner(), app.clock.now());
        let (bot, other_bot) = (app.bot(1).await, app.bot(2).await);
        let ada = app.says(bot, &user(77, "Ada"), 1, Content::text("my parcel is late"), now).await;
        let bob = app.says(other_bot, &user(78, "Bob"), 1, Content::text("a parcel came"), now + 10_000).await;
        let labels = format!("/team-inbox/api/conversations/{}/labels/", bob.conversation);
        assert_eq!(owner.put(&labels, json!({"labels": ["billing"]})).await.0, 200);
        let note = format!("/team-inbox/api/conversations/{}/messages/", ada.conversation);
        assert_eq!(owner.post(&note, json!({"type": "note", "text": "refund the parcel"})).await.0, 201);
        let (bot_id, before) = (bot.to_string(), json!(now + 5_000));
        for (query, expected) in [
            (vec![("q", "parcel from:bob")], vec!["a parcel came"]),
            (vec![("q", "parcel"), ("from", "Ada")], vec!["my parcel is late"]),
            (vec![("q", "from:bob")], vec!["a parcel came"]),
            (vec![("q", "parcel from:nobody")], vec![]),
            (vec![("q", "parcel label:billing")], vec!["a parcel came"]),
            (vec![("q", "late parcel"), ("bot", bot_id.as_str())], vec!["my parcel is late"]),
            (vec![("q", "late"), ("before", before.as_str().unwrap())], vec!["my parcel is late"]),
            (vec![("q", "refund")], vec!["refund the parcel"]),
        ] {
            assert_eq!(texts(&find(&owner, &query).await), expected, "{query:?}");
        }
        let message = bob.message;
        let edited = Content::text("a package came");
        app.app.db.write(move |tx| store::messages::edit(tx, message, &edited, now)).await.unwrap();
        assert_eq!(texts(&find(&owner, &[("q", "package")]).await), ["a package came"]);
        assert_eq!(find(&owner, &[("q", "parcel from:bob")]).await["results"], json!([]));
        assert_eq!(owner.delete(&format!("/contacts/{}/", bob.contact)).await.0, 204);
        assert_eq!(find(&owner, &[("q", "package")]).await["results"], json!([]));
        assert_eq!(find(&owner, &[("q", "bob")]).await["people"], json!([]));
    }

    async fn usernames_are_the_same_in_any_case(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        owner.post("/contacts/", json!({"first_name": "Ada", "telegram_username": "AdaLove"})).await;
        for name in ["adalove", "ADALOVE", "@AdaLove"] {
            let (_, page) = owner.get(&format!("/contacts/?telegram_username={name}")).await;
            assert_eq!(page["results"].as_array().unwrap().len(), 1, "{name}");
        }
    }
}
