//! Every tool × role and × another tenant: a table that fails on a new tool.

use std::collections::BTreeSet;

use model::{Role, content::Content};
use serde_json::{Value, json};

use crate::world::World;

/// A tool, the lowest role that may call it, and good arguments.
fn table(world: &Things) -> Vec<(&'static str, Role, Value)> {
    let Things { contact, conversation, bot, message, broadcast } = world;
    vec![
        ("send_message", Role::Agent, json!({"contact_id": contact, "text": "x"})),
        ("get_message_status", Role::Viewer, json!({"message_id": message})),
        ("search_contacts", Role::Viewer, json!({})),
        ("create_contact", Role::Manager, json!({"first_name": "x"})),
        ("update_contact", Role::Agent, json!({"contact_id": contact, "last_name": "x"})),
        ("list_conversations", Role::Viewer, json!({})),
        ("read_conversation", Role::Viewer, json!({"conversation_id": conversation})),
        ("reply_to_conversation", Role::Agent, json!({"conversation_id": conversation, "text": "x"})),
        ("assign_conversation", Role::Agent, json!({"conversation_id": conversation, "assignee": "none"})),
        (
            "create_broadcast",
            Role::Manager,
            json!({"name": "x", "message_text": "x", "select_all": true, "draft": true}),
        ),
        ("get_broadcast_status", Role::Viewer, json!({"broadcast_id": broadcast})),
        ("list_broadcasts", Role::Viewer, json!({})),
        ("cancel_broadcast", Role::Manager, json!({"broadcast_id": broadcast})),
        ("list_bots", Role::Viewer, json!({})),
        ("get_bot_health", Role::Viewer, json!({"bot_app_id": bot})),
    ]
}

struct Things {
    contact: Value,
    conversation: Value,
    bot: Value,
    message: Value,
    broadcast: Value,
}

async fn things(world: &World) -> Things {
    let bot = world.app.bot(1).await;
    let at = world.app.app.clock.now();
    let said = world.app.says(bot, &testkit::user(501, "Ada"), 1, Content::text("hello"), at).await;
    let draft = json!({"name": "x", "message_text": "x", "select_all": true, "draft": true});
    let made = world.owner.call("create_broadcast", draft).await;
    let sent = world.owner.call("send_message", json!({"chat_id": 501, "text": "x"})).await;
    Things {
        contact: json!(said.contact),
        conversation: json!(said.conversation),
        bot: json!(bot),
        message: sent["id"].clone(),
        broadcast: made["id"].clone(),
    }
}

testkit::db_test! {
    async fn a_role_may_do_what_it_may_and_no_more(db) {
        let world = World::start(db).await;
        let table = table(&things(&world).await);
        let listed = world.owner.ask("tools/list", json!({})).await;
        let names = |all: &[&str]| -> BTreeSet<String> { all.iter().map(|name| (*name).to_owned()).collect() };
        let listed: BTreeSet<String> =
            listed["tools"].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect();
        assert_eq!(listed, names(&table.iter().map(|row| row.0).collect::<Vec<_>>()));
        for role in [Role::Viewer, Role::Agent, Role::Manager] {
            let client = world.client(world.app.as_role(role).await.token());
            for (tool, lowest, arguments) in &table {
                // Roles are declared from high to low.
                let may = role <= *lowest;
                let result = client.tool(tool, arguments.clone()).await;
                assert_eq!(result["isError"], json!(!may), "{tool} as {role}: {result}");
                let words = result["content"][0]["text"].as_str().unwrap();
                assert!(may || words.contains("(code: forbidden)"), "{tool} as {role}: {words}");
            }
        }
    }

    async fn nobody_reaches_what_is_anothers(db) {
        let world = World::start(db).await;
        let things = things(&world).await;
        let stranger = world.client(world.app.other_tenant().await.token());
        for (tool, _, arguments) in table(&things) {
            let result = stranger.tool(tool, arguments.clone()).await;
            let names_a_thing = arguments.as_object().unwrap().keys().any(|name| name.contains("_id"));
            if names_a_thing {
                assert_eq!(result["isError"], true, "{tool}: {result}");
            }
            for id in [&things.contact, &things.conversation, &things.bot, &things.message, &things.broadcast] {
                assert!(!result["structuredContent"].to_string().contains(id.as_str().unwrap()), "{tool}: {result}");
            }
        }
    }
}
