//! Sending, and what becomes of it.

use model::Role;
use serde_json::json;

use crate::world::{Mcp, World};

testkit::db_test! {
    async fn a_message_goes_to_whom_it_is_meant_for(db) {
        let world = World::start(db).await;
        let bot = world.app.bot(1).await;
        let user = testkit::user(501, "Ada");
        let at = world.app.app.clock.now();
        let said = world.app.says(bot, &user, 1, model::content::Content::text("hello"), at).await;
        let change = json!({"contact_id": said.contact, "phone": "+14155550100", "telegram_username": "ada"});
        world.owner.call("update_contact", change).await;
        for to in [
            json!({"to": said.contact}), json!({"to": "@ada"}), json!({"to": "+1 415 555 0100"}), json!({"to": "501"}),
            json!({"phone": "+14155550100"}), json!({"chat_id": 501}), json!({"chat_id": "501"}),
            json!({"contact_id": said.contact}),
        ] {
            let mut arguments = to.clone();
            arguments["text"] = json!("hi");
            let sent = world.owner.call("send_message", arguments).await;
            assert_eq!((&sent["chat_id"], &sent["status"], &sent["is_final"]), (&json!(501), &json!("PENDING"), &json!(false)), "{to}");
            assert_eq!(sent["conversation_id"], json!(said.conversation), "{to}");
            let (status, message) = world.owner.0.get(&format!("/telegram/v1/messages/{}/", sent["id"].as_str().unwrap())).await;
            assert_eq!((status, &message["text"], &message["author"]["type"]), (200, &json!("hi"), &json!("API")));
            let told = world.owner.call("get_message_status", json!({"message_id": sent["id"]})).await;
            assert_eq!(told, sent);
        }
    }

    async fn mistakes_are_told_in_words_to_act_on(db) {
        let world = World::start(db).await;
        world.app.bot(1).await;
        for name in ["Ada", "Bob"] {
            let made = json!({"first_name": name, "phone": "+14155550100"});
            world.owner.call("create_contact", made).await;
        }
        let contact = world.owner.call("create_contact", json!({"first_name": "Cleo", "phone": "+14155550101"})).await;
        for (arguments, words) in [
            (json!({"to": "@nobody_by_that_name", "text": "x"}), "@nobody_by_that_name"),
            (json!({"to": "Ada", "text": "x"}), "Enter a contact id"),
            (json!({"phone": "+14155550100", "text": "x"}), "2 contacts have the phone number +14155550100: Ada ("),
            (json!({"phone": "501", "text": "x"}), "- phone:"),
            (json!({"contact_id": contact["id"], "text": "x"}), "contact_unreachable"),
            (json!({"text": "x"}), "one of to, phone, chat_id and contact_id"),
            (json!({"to": "501", "chat_id": 501, "text": "x"}), "only one of"),
            (json!({"chat_id": 501, "text": " "}), "- text: The text is empty."),
            (json!({"chat_id": 501}), "text"),
            (json!({"chat_id": 501, "text": "x", "channel": "SMS"}), "TELEGRAM or WHATSAPP"),
            (json!({"phone": "+14155550101", "text": "x", "channel": "WHATSAPP"}), "no WhatsApp number yet"),
            (json!({"chat_id": 501, "text": "x", "texts": 1}), "texts"),
            (json!({"chat_id": 501, "text": "<b>x", "parse_mode": "HTML"}), "- text:"),
            (json!({"chat_id": 501, "text": "x\u{0}"}), "U+0000"),
            (json!({"chat_id": 501, "text": "x", "wait_seconds": 11}), "- wait_seconds:"),
            (json!({"contact_id": "x", "text": "x"}), "- contact_id:"),
        ] {
            let said = world.owner.fails("send_message", arguments.clone()).await;
            assert!(said.contains(words), "{arguments}: {said}");
        }
        let unknown = json!({"message_id": "01939d5e-2b7c-7cc3-98c4-dc0c0c07398f"});
        assert!(world.owner.fails("get_message_status", unknown).await.contains("not_found"));
    }

    async fn the_key_may_come_as_an_argument(db) {
        let world = World::start(db).await;
        let viewer = world.client(world.app.as_role(Role::Viewer).await.token());
        let made = json!({"first_name": "Ada"});
        assert!(viewer.fails("create_contact", made.clone()).await.contains("MANAGER"));
        let with_key = json!({"first_name": "Ada", "api_key": world.app.owner().token()});
        viewer.call("create_contact", with_key).await;
        let wrong = json!({"first_name": "Ada", "api_key": "jc_wrong"});
        let said = world.owner.fails("create_contact", wrong).await;
        assert!(said.contains("api_key") && !said.contains("jc_wrong"), "{said}");
        let found = world.owner.call("search_contacts", json!({"api_key": world.app.other_tenant().await.token()})).await;
        assert_eq!(found["contacts"], json!([]));
    }

    async fn who_can_set_no_headers_calls_tools_by_the_argument_alone(db) {
        let world = World::start(db).await;
        let nobody = Mcp(world.app.anonymous());
        let call = |key: Option<&str>| {
            let params = json!({"name": "create_contact", "arguments": {"first_name": "Ada", "api_key": key}});
            json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params})
        };
        for refused in [None, Some(""), Some("jc_wrong")] {
            let answer = nobody.post(&[], call(refused)).await;
            assert_eq!((answer.status, answer.header("www-authenticate")), (401, "Bearer"), "{refused:?}");
        }
        nobody.call("create_contact", json!({"first_name": "Ada", "api_key": world.app.owner().token()})).await;
        let wrong_header = nobody.post(&[("authorization", "Bearer jc_wrong")], call(Some(world.app.owner().token()))).await;
        assert_eq!(wrong_header.status, 401);
    }
}
