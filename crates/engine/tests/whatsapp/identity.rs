//! One person is one contact, whichever channel they use and whatever they are called there.

use model::content::Content;
use serde_json::{Value, json};
use testkit::{db_test, user};

use crate::World;

const ADA: &str = "16505551234";

fn text(id: &str) -> Value {
    json!({"id": id, "type": "text", "text": {"body": "hello"}})
}

fn names(contact: &Value) -> Vec<(String, String)> {
    let of = |one: &Value, key: &str| one[key].as_str().unwrap().to_owned();
    let mut names: Vec<_> = contact["identities"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (of(one, "platform"), of(one, "external_id")))
        .collect();
    names.sort();
    names
}

db_test! {
    async fn an_imported_person_writes_on_both_channels(db) {
        let world = World::start(db).await;
        let owner = world.app.owner();
        let (status, imported) = owner.post("/contacts/", json!({"first_name": "Ada L.", "phone": "+16505551234"})).await;
        assert_eq!(status, 201);
        world.says(ADA, "Ada", "wamid.1", "on WhatsApp").await;
        let bot = world.app.bot(123_456).await;
        let said = world.app.says(bot, &user(7, "Ada"), 1, Content::text("on Telegram"), world.app.app.clock.now()).await;
        let (scope, now) = (world.app.scope(), world.app.app.clock.now());
        let proven = world.app.app.db.write(move |tx| {
            store::contacts::prove_phone(tx, &scope, model::Platform::Telegram, said.contact, "+16505551234", now)
        });
        assert_eq!(json!(proven.await.unwrap()), imported["id"]);
        let contacts = world.list("/contacts/").await;
        assert_eq!(contacts.len(), 1, "{contacts:?}");
        assert_eq!(contacts[0]["first_name"], "Ada L.", "a name that the team gave stays");
        let both = [("TELEGRAM".to_owned(), "7".to_owned()), ("WHATSAPP".to_owned(), ADA.to_owned())];
        assert_eq!(names(&contacts[0]), both);
        let timeline = world.timeline().await;
        let mut platforms: Vec<&str> = timeline.iter().map(|one| one["platform"].as_str().unwrap()).collect();
        platforms.sort_unstable();
        assert_eq!(platforms, ["TELEGRAM", "WHATSAPP"]);
        // A reply goes where they were last, or where it is told to go.
        let reply = format!("/team-inbox/api/conversations/{}/messages/",
            world.list("/team-inbox/api/conversations/").await[0]["id"].as_str().unwrap());
        for platform in ["WHATSAPP", "TELEGRAM"] {
            let (status, sent) = owner.post(&reply, json!({"text": "hi", "platform": platform})).await;
            assert_eq!((status, &sent["platform"]), (202, &json!(platform)), "{sent}");
        }
        // Each channel's own address sends over that channel, wherever the person was last.
        for (id, path, platform) in [("wamid.1a", "/telegram/v1/messages/", "TELEGRAM"), ("wamid.1b", "/whatsapp/v1/messages/", "WHATSAPP")] {
            world.says(ADA, "Ada", id, "on WhatsApp once more").await;
            let body = json!({"contact_id": imported["id"], "text": "hi"});
            let (status, sent) = owner.post(path, body).await;
            assert_eq!((status, &sent["platform"]), (202, &json!(platform)), "{sent}");
        }
        let body = json!({"contact_id": imported["id"], "text": "hi", "bot_app_id": bot.to_string()});
        let (status, refused) = owner.post("/whatsapp/v1/messages/", body).await;
        assert_eq!(status, 400, "{refused}");
        assert!(refused["errors"]["bot_app_id"].is_array(), "{refused}");
        // Taken apart again.
        let split = format!("/contacts/{}/split/", imported["id"].as_str().unwrap());
        let (status, apart) = owner.post(&split, json!({"platform": "WHATSAPP", "external_id": ADA})).await;
        assert_eq!(status, 200, "{apart}");
        assert_eq!(world.list("/contacts/").await.len(), 2);
        world.says(ADA, "Ada", "wamid.2", "again").await;
        assert_eq!(world.list("/contacts/").await.len(), 2);
        assert_eq!(world.list("/team-inbox/api/conversations/").await.len(), 2);
    }

    async fn who_hides_their_phone_is_joined_when_it_shows(db) {
        let world = World::start(db).await;
        let (_, imported) = world.app.owner().post("/contacts/", json!({"phone": "+16505551234"})).await;
        world.deliver(world.message(None, Some("US.1"), "Ada", text("wamid.1"))).await;
        assert_eq!(world.list("/contacts/").await.len(), 2);
        world.deliver(world.message(Some(ADA), Some("US.1"), "Ada", text("wamid.2"))).await;
        let contacts = world.list("/contacts/").await;
        assert_eq!(contacts.len(), 1, "{contacts:?}");
        assert_eq!(contacts[0]["id"], imported["id"]);
        let both = [("WHATSAPP".to_owned(), ADA.to_owned()), ("WHATSAPP".to_owned(), "US.1".to_owned())];
        assert_eq!(names(&contacts[0]), both);
        assert_eq!(world.timeline().await.len(), 2);
        // From now on each of both names is enough.
        world.deliver(world.message(None, Some("US.1"), "Ada", text("wamid.3"))).await;
        world.deliver(world.message(Some(ADA), None, "Ada", text("wamid.4"))).await;
        assert_eq!(world.timeline().await.len(), 4);
    }

    async fn a_new_phone_number_is_the_same_person(db) {
        let world = World::start(db).await;
        world.says(ADA, "Ada", "wamid.1", "hello").await;
        let change = json!({"messages": [{"from": ADA, "id": "wamid.c", "timestamp": "1", "type": "system",
            "system": {"body": "Ada changed", "wa_id": "16505559999", "type": "user_changed_number"}}]});
        world.deliver(change.clone()).await;
        world.deliver(change).await;
        world.says("16505559999", "Ada", "wamid.2", "still me").await;
        let contacts = world.list("/contacts/").await;
        assert_eq!((contacts.len(), &contacts[0]["phone"]), (1, &json!("+16505559999")), "{contacts:?}");
        assert_eq!(world.timeline().await.len(), 3);
        // Whoever has the old number now is somebody else.
        world.says(ADA, "Eve", "wamid.3", "hello").await;
        assert_eq!(world.list("/contacts/").await.len(), 2);
        assert_eq!(world.list("/team-inbox/api/conversations/").await.len(), 2);
    }
}
