//! Before `/mcp`: keys, origins and sessions.

use axum::{body::Body, http::Request};
use serde_json::{Value, json};

use crate::world::{ACCEPT, HOST, World, initialize};

fn list() -> Value {
    json!({"jsonrpc": "2.0", "id": 2, "method": "tools/list"})
}

testkit::db_test! {
    async fn only_a_good_key_gets_in(db) {
        let world = World::start(db).await;
        for token in [None, Some("jc_wrong"), Some("x")] {
            let mut headers = vec![HOST, ACCEPT];
            let authorization = token.map(|token| format!("Bearer {token}"));
            headers.extend(authorization.as_deref().map(|value| ("authorization", value)));
            let answer = world.app.anonymous().post_with("/mcp", &headers, initialize().to_string()).await;
            let seen = (answer.status, answer.header("www-authenticate"), answer.header("content-type"));
            assert_eq!(seen, (401, "Bearer", "application/problem+json"), "{token:?}");
            assert_eq!(answer.json()["code"], "unauthenticated");
        }
        world.owner.initialize().await;
    }

    async fn pages_of_others_are_refused(db) {
        let world = World::start(db).await;
        for (origin, status) in [
            ("https://evil.example", 403), ("null", 403), ("http://jina.test.evil.example", 403),
            ("http://jina.test", 200), ("http://localhost:6274", 200),
        ] {
            let answer = world.owner.post(&[("origin", origin)], list()).await;
            assert_eq!(answer.status, status, "{origin}: {}", answer.json());
        }
    }

    async fn a_session_belongs_to_the_key_that_opened_it(db) {
        let world = World::start(db).await;
        let session = world.owner.initialize().await["mcp-session-id"].to_str().unwrap().to_owned();
        let own = world.owner.post(&[("mcp-session-id", &session)], list()).await;
        assert_eq!(own.status, 200, "{}", own.json());
        let same_tenant = world.client(world.app.as_role(model::Role::Owner).await.token());
        let other_tenant = world.client(world.app.other_tenant().await.token());
        for other in [same_tenant, other_tenant] {
            let answer = other.post(&[("mcp-session-id", &session)], list()).await;
            assert_eq!((answer.status, answer.header("content-type")), (404, "application/problem+json"));
        }
        for wrong in ["x", ""] {
            assert_eq!(world.owner.post(&[("mcp-session-id", wrong)], list()).await.status, 404);
        }
    }

    async fn an_address_answers_with_and_without_a_slash_and_only_there(db) {
        let world = World::start(db).await;
        let answer = world.owner.0.post_with("/mcp/", &[HOST, ACCEPT], list().to_string()).await;
        assert_eq!(answer.status, 200);
        let get = Request::get("/mcp").header("host", "jina.test").body(Body::empty()).unwrap();
        assert_eq!(world.owner.0.send(get).await.status, 405);
        let (status, problem) = world.client("jc_wrong").0.get("/mcpx/").await;
        assert_eq!((status, &problem["code"]), (404, &json!("not_found")));
    }

    async fn what_is_no_mcp_is_refused_in_words(db) {
        let world = World::start(db).await;
        let answer = world.owner.0.post_with("/mcp", &[HOST], list().to_string()).await;
        assert_eq!(answer.status, 406);
        assert!(answer.json()["detail"].as_str().unwrap().contains("text/event-stream"), "{}", answer.json());
        let unknown = world.owner.0.post_with("/mcp", &[HOST, ACCEPT], r#"{"jsonrpc":"2.0","id":1,"method":"x"}"#).await;
        assert_eq!(unknown.status, 200, "{}", unknown.json());
        for body in ["", "{", "[]", "5", r#"{"jsonrpc": "2.0"}"#] {
            let answer = world.owner.0.post_with("/mcp", &[HOST, ACCEPT], body).await;
            assert_eq!((answer.status, answer.header("content-type")), (400, "application/problem+json"), "{body}");
        }
        let deep = "[".repeat(100_000);
        let answer = world.owner.0.post_with("/mcp", &[HOST, ACCEPT], deep).await;
        assert!((400..500).contains(&answer.status), "{}", answer.status);
        let large = world.owner.0.post_with("/mcp", &[HOST, ACCEPT], vec![b' '; (4 << 20) + 1]).await;
        assert_eq!(large.status, 413);
    }

    async fn the_server_says_who_it_is(db) {
        let world = World::start(db).await;
        let said = world.owner.post(&[], initialize()).await.json();
        assert_eq!(said["result"]["serverInfo"]["name"], "jina-connect");
        assert!(said["result"]["instructions"].as_str().unwrap().contains("untrusted"));
        let listed = world.owner.ask("tools/list", json!({})).await;
        let reads = |name: &str| {
            let tools = listed["tools"].as_array().unwrap();
            let tool = tools.iter().find(|tool| tool["name"] == name).unwrap_or_else(|| panic!("{name}"));
            (tool["annotations"]["readOnlyHint"].clone(), tool["annotations"]["destructiveHint"].clone())
        };
        assert_eq!(reads("list_bots"), (json!(true), json!(false)));
        assert_eq!(reads("send_message"), (json!(false), json!(false)));
        assert_eq!(reads("update_contact"), (json!(false), json!(true)));
        let unknown = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "x", "arguments": {}}});
        let answer = world.owner.post(&[], unknown).await.json();
        assert!(answer["error"]["message"].as_str().unwrap().contains("send_message"), "{answer}");
    }
}
