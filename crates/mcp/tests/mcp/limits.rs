//! Keys that are limited to tools, bots and chats: what is out of their reach is not there, and they open nothing else.

use model::content::Content;
use serde_json::{Value, json};
use testkit::user;

use crate::world::{Mcp, World};

async fn key(world: &World, limits: Value) -> Mcp {
    let body = json!({"name": "Agent", "role": "MANAGER", "limits": limits});
    let (status, made) = world.app.owner().post("/tenants/tenant-access-keys/", body).await;
    assert_eq!((status, &made["limits"].is_object()), (201, &true), "{made}");
    world.client(made["key"].as_str().unwrap())
}

fn ids(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect()
}

testkit::db_test! {
    async fn a_key_does_what_its_tools_do_and_opens_mcp_alone(db) {
        let world = World::start(db).await;
        let agent = key(&world, json!({"tools": ["search_contacts", "list_bots"]})).await;
        let listed = agent.ask("tools/list", json!({})).await;
        let names: Vec<_> = listed["tools"].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["search_contacts", "list_bots"]);
        agent.call("search_contacts", json!({})).await;
        let said = agent.fails("create_contact", json!({"first_name": "Ada"})).await;
        assert!(said.contains("limited") && said.contains("list_bots"), "{said}");
        let (status, refused) = agent.0.get("/contacts/").await;
        assert_eq!((status, &refused["code"]), (403, &json!("key_limited")));
        let given = world.app.owner().token().to_owned();
        world.client(&given).call("create_contact", json!({"first_name": "Ada"})).await;
        for wrong in [json!({}), json!({"tools": []}), json!({"tools": ["dance"]}), json!({"bots": ["01939d5e-2b7c-7cc3-98c4-dc0c0c07398f"]}), json!({"x": 1})] {
            let body = json!({"name": "Agent", "limits": wrong});
            let (status, refused) = world.app.owner().post("/tenants/tenant-access-keys/", body).await;
            assert_eq!(status, 400, "{wrong}: {refused}");
        }
    }

    async fn a_key_sees_and_reaches_its_bots_and_chats_only(db) {
        let world = World::start(db).await;
        let (shop, help, now) = (world.app.bot(1).await, world.app.bot(2).await, world.app.app.clock.now());
        let ada = world.app.says(shop, &user(501, "Ada"), 1, Content::text("hello"), now).await;
        let bob = world.app.says(help, &user(502, "Bob"), 1, Content::text("help me"), now).await;
        // Ada writes to both; what she says to the other bot is none of the key's business.
        world.app.says(help, &user(501, "Ada"), 2, Content::text("a secret"), now).await;
        for limits in [json!({"bots": [shop]}), json!({"chats": [501], "bots": [shop]})] {
            let agent = key(&world, limits).await;
            assert_eq!(ids(&agent.call("list_bots", json!({})).await["bots"]), [shop.to_string()]);
            assert_eq!(ids(&agent.call("search_contacts", json!({})).await["contacts"]), [ada.contact.to_string()]);
            let threads = agent.call("list_conversations", json!({})).await;
            assert_eq!(ids(&threads["conversations"]), [ada.conversation.to_string()]);
            let thread = agent.call("read_conversation", json!({"conversation_id": ada.conversation})).await;
            assert!(!thread.to_string().contains("a secret") && !threads.to_string().contains("a secret"), "{thread} {threads}");
            assert!(thread.to_string().contains("hello"), "{thread}");
            let sent = agent.call("send_message", json!({"contact_id": ada.contact, "text": "x"})).await;
            assert_eq!(sent["bot_app_id"], json!(shop));
            agent.call("reply_to_conversation", json!({"conversation_id": ada.conversation, "text": "x"})).await;
            for (tool, arguments) in [
                ("read_conversation", json!({"conversation_id": bob.conversation})),
                ("reply_to_conversation", json!({"conversation_id": bob.conversation, "text": "x"})),
                ("assign_conversation", json!({"conversation_id": bob.conversation, "assignee": "none"})),
                ("update_contact", json!({"contact_id": bob.contact, "last_name": "x"})),
                ("create_contact", json!({"first_name": "Eve", "telegram_chat_id": 503})),
                ("get_bot_health", json!({"bot_app_id": help})),
                ("send_message", json!({"contact_id": bob.contact, "text": "x"})),
                ("send_message", json!({"chat_id": 502, "bot_app_id": help, "text": "x"})),
                ("create_broadcast", json!({"name": "x", "message_text": "x", "select_all": true, "draft": true, "bot_app_id": help})),
            ] {
                agent.fails(tool, arguments).await;
            }
        }
    }
    async fn a_key_learns_of_no_other_bot(db) {
        let world = World::start(db).await;
        let (shop, help, now) = (world.app.bot(1).await, world.app.bot(2).await, world.app.app.clock.now());
        let ada = world.app.says(shop, &user(501, "Ada"), 1, Content::text("hello"), now).await;
        world.app.says(help, &user(501, "Ada"), 2, Content::text("and you"), now).await;
        let agent = key(&world, json!({"bots": [shop]})).await;
        let listed = agent.call("list_conversations", json!({})).await;
        let read = agent.call("read_conversation", json!({"conversation_id": ada.conversation})).await;
        for answer in [listed, read] {
            assert!(!answer.to_string().contains(&help.to_string()), "{answer}");
        }
    }
}
