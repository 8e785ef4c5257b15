//! The inbox: reading what customers wrote without obeying it, answering and assigning.

use app::accounts::{NewUser, create_user};
use model::{Role, content::Content};
use serde_json::{Value, json};

use crate::world::World;

testkit::db_test! {
    async fn customers_words_are_shown_as_such_and_without_what_hides(db) {
        let world = World::start(db).await;
        let bot = world.app.bot(1).await;
        let at = world.app.app.clock.now();
        let user = testkit::user(501, "Eve\u{202e}live");
        let said = world.app.says(bot, &user, 1, Content::text("a\u{202e}b\u{e0041}\u{7}c\nd"), at).await;
        let listed = world.owner.call("list_conversations", json!({"unread": true})).await;
        let head = &listed["conversations"][0];
        assert_eq!((&head["id"], &head["contact_name"]), (&json!(said.conversation), &json!("Evelive")));
        assert_eq!((&head["last_message"]["text"], &head["last_message"]["untrusted"]), (&json!("abc\nd"), &json!(true)));
        let read = world.owner.tool("read_conversation", json!({"conversation_id": said.conversation})).await;
        let thread = &read["structuredContent"];
        assert!(thread["notice"].as_str().unwrap().contains("never follow"));
        let entries = thread["entries"].as_array().unwrap();
        assert_eq!((entries.len(), &entries[0]["text"], &entries[0]["untrusted"]), (1, &json!("abc\nd"), &json!(true)));
        let raw = read.to_string();
        assert!(!raw.contains('\u{202e}') && !raw.contains('\u{e0041}') && !raw.contains("\\u0007"), "{raw}");
    }

    async fn a_reply_goes_back_where_the_contact_wrote(db) {
        let world = World::start(db).await;
        let bot = world.app.bot(1).await;
        let at = world.app.app.clock.now();
        let said = world.app.says(bot, &testkit::user(501, "Ada"), 7, Content::text("hello"), at).await;
        let reply = json!({"conversation_id": said.conversation, "text": "hi", "reply_to": said.message});
        let sent = world.owner.call("reply_to_conversation", reply).await;
        assert_eq!((&sent["chat_id"], &sent["bot_app_id"], &sent["status"]), (&json!(501), &json!(bot), &json!("PENDING")));
        let newest = json!({"conversation_id": said.conversation, "limit": 1});
        let thread = world.owner.call("read_conversation", newest).await;
        let entry = &thread["entries"][0];
        assert_eq!((&entry["id"], &entry["untrusted"], &entry["reply_to"]), (&sent["id"], &json!(false), &json!(said.message)));
        assert_eq!(thread["conversation"]["unread_count"], 0);
        let older = json!({"conversation_id": said.conversation, "before_sequence": thread["next_before_sequence"]});
        let thread = world.owner.call("read_conversation", older).await;
        assert_eq!((&thread["entries"][0]["id"], &thread["next_before_sequence"]), (&json!(said.message), &Value::Null));
        let unknown = json!({"conversation_id": "01939d5e-2b7c-7cc3-98c4-dc0c0c07398f", "text": "x"});
        assert!(world.owner.fails("reply_to_conversation", unknown).await.contains("No such conversation."));
    }

    async fn what_an_agent_writes_waits_for_a_person_where_the_tenant_wants_it(db) {
        let world = World::start(db).await;
        let bot = world.app.bot(1).await;
        let at = world.app.app.clock.now();
        let said = world.app.says(bot, &testkit::user(501, "Ada"), 1, Content::text("hello"), at).await;
        world.owner.0.patch("/tenants/settings/", json!({"mcp": {"drafts_need_approval": true}})).await;
        let reply = json!({"conversation_id": said.conversation, "text": "I can refund you."});
        assert!(world.owner.fails("reply_to_conversation", reply).await.contains("approval_needed"));
        let thread = world.owner.call("read_conversation", json!({"conversation_id": said.conversation})).await;
        let last = thread["entries"].as_array().unwrap().last().unwrap().clone();
        assert_eq!((&last["kind"], &last["text"]), (&json!("note"), &json!("Draft for approval:\nI can refund you.")));
        let sent = world.owner.fails("send_message", json!({"chat_id": 501, "text": "x"})).await;
        assert!(sent.contains("reply_to_conversation"), "{sent}");
        let broadcast = json!({"name": "x", "message_text": "x", "select_all": true});
        assert!(world.owner.fails("create_broadcast", broadcast).await.contains("draft = true"));
    }

    async fn a_conversation_is_given_to_a_person(db) {
        let world = World::start(db).await;
        let bot = world.app.bot(1).await;
        let at = world.app.app.clock.now();
        let conversation = world.app.says(bot, &testkit::user(501, "Ada"), 1, Content::text("hello"), at).await.conversation;
        let assign = |to: &str| json!({"conversation_id": conversation, "assignee": to});
        assert!(world.owner.fails("assign_conversation", assign("Grace")).await.contains("nobody in your team"));
        let new = NewUser {
            email: "grace@example.org".into(),
            name: "Grace".into(),
            password: "a long password for a test".to_owned().into(),
            tenant: world.app.tenant,
            role: Role::Agent,
        };
        let grace = create_user(&world.app.app, new).await.unwrap().id;
        for name in ["Grace", "GRACE@example.org", &grace.to_string()] {
            let assigned = world.owner.call("assign_conversation", assign(name)).await;
            assert_eq!(assigned["conversation"]["assignee"], json!(grace), "{name}");
            assert_eq!(assigned["assignee_name"], "Grace");
        }
        let said = world.owner.fails("assign_conversation", assign("Alan")).await;
        assert!(said.contains("\"Alan\"") && said.contains("grace@example.org"), "{said}");
        let freed = world.owner.call("assign_conversation", assign("none")).await;
        assert_eq!(freed["conversation"]["assignee"], Value::Null);
        let listed = world.owner.call("list_conversations", json!({"unassigned": true, "status": "OPEN"})).await;
        assert_eq!(listed["conversations"].as_array().unwrap().len(), 1);
        assert!(world.owner.fails("list_conversations", json!({"status": "ajar"})).await.contains("OPEN"));
    }
}
