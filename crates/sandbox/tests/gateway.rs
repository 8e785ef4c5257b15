//! The door: tokens, paths, ways of passing parameters, faults, limits and the log of calls.

mod support;

use axum::http::{Method, StatusCode};
use sandbox::{Limit, Limits, Options};
use serde_json::json;
use support::{BOT, TOKEN, start, start_with};

const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test]
async fn any_well_formed_token_is_a_bot_even_the_placeholder_of_the_documentation() {
    let sandbox = start().await;
    let me = sandbox.get("/bot123456:ABC-DEF1234%E2%80%A6/getMe").await;
    assert_eq!(me["result"]["id"], 123_456);
    assert_eq!(me["result"]["is_bot"], true);
    assert_eq!(me["result"]["username"], "sandbox_123456_bot");
}

#[tokio::test]
async fn bad_tokens_paths_and_methods_answer_as_telegram_does() {
    let sandbox = start().await;
    sandbox.control("/tokens/reject", json!({"token": "77:gone"})).await;
    for (path, status, description) in [
        ("/bot0123:abc/getMe", 401, "Unauthorized: invalid token specified"),
        ("/botabc/getMe", 401, "Unauthorized: invalid token specified"),
        ("/bot77:gone/getMe", 401, "Unauthorized"),
        ("/getMe", 404, "Not Found"),
        ("/bot5:x/doMagic", 404, "Not Found: method not found"),
        ("/bot5:x/", 404, "Not Found: method not found"),
    ] {
        let reply = sandbox.raw(Method::GET, path, "", "").await.unwrap();
        assert_eq!(reply.status.as_u16(), status, "{path}");
        assert_eq!(reply.json(), json!({"ok": false, "error_code": status, "description": description}));
    }
    assert_eq!(sandbox.get("/bot5:other/getMe").await["error_code"], 401, "the first secret wins");
}

#[tokio::test]
async fn parameters_come_by_query_form_json_or_multipart_and_methods_in_any_case() {
    let sandbox = start().await;
    sandbox.started(7).await;
    let multipart = "--B\r\nContent-Disposition: form-data; name=\"chat_id\"\r\n\r\n7\r\n--B\r\nContent-Disposition: \
                     form-data; name=\"text\"\r\n\r\nhi\r\n--B--\r\n";
    let path = format!("/bot{TOKEN}/SENDmessage");
    for (method, path, kind, body) in [
        (Method::GET, format!("{path}?chat_id=7&text=hi"), "", ""),
        (Method::POST, format!("{path}?chat_id=7&text=hi"), "", ""),
        (Method::POST, path.clone(), FORM, "chat_id=7&text=hi"),
        (Method::POST, path.clone(), "application/json", r#"{"chat_id":7,"text":"hi"}"#),
        (Method::POST, path.clone(), "application/json; charset=utf-8", r#"{"chat_id":"7","text":"hi"}"#),
        (Method::POST, path.clone(), "multipart/form-data; boundary=B", multipart),
    ] {
        let answer = sandbox.raw(method, &path, kind, body).await.unwrap().json();
        assert_eq!(answer["result"]["text"], "hi", "{path} {kind}: {answer}");
        assert_eq!(answer["result"]["chat"]["id"], 7);
    }
    let broken = sandbox.raw(Method::POST, &path, "application/json", "{").await.unwrap();
    assert_eq!(broken.status, StatusCode::BAD_REQUEST);
    let huge = format!("chat_id=7&text={}", "x".repeat(1 << 20));
    assert_eq!(sandbox.raw(Method::POST, &path, FORM, huge).await.unwrap().status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn faults_meet_the_calls_they_name() {
    let sandbox = start().await;
    sandbox.started(7).await;
    let send = json!({"chat_id": 7, "text": "hi"});
    let path = format!("/bot{TOKEN}/sendMessage");

    sandbox
        .control("/faults", json!({"kind": "throttle", "retry_after": 17, "method": "sendmessage", "times": 1}))
        .await;
    let reply = sandbox.post(&path, send.clone()).await;
    assert_eq!(reply.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(reply.headers["retry-after"], "17");
    assert_eq!(reply.json()["parameters"], json!({"retry_after": 17}));
    assert_eq!(reply.json()["description"], "Too Many Requests: retry after 17");
    sandbox.ok("sendMessage", send.clone()).await;

    sandbox.control("/faults", json!({"kind": "status", "code": 500, "description": "Internal Server Error: restart", "chat_id": 7, "times": 1})).await;
    assert_eq!(sandbox.fails("sendMessage", send.clone()).await, "Internal Server Error: restart");

    sandbox.control("/faults", json!({"kind": "html_502", "after": 1, "times": 1})).await;
    sandbox.ok("getMe", json!({})).await;
    let reply = sandbox.post(&path, send.clone()).await;
    assert_eq!((reply.status.as_u16(), reply.headers["content-type"].to_str().unwrap()), (502, "text/html"));

    let before = sandbox.get(&format!("/sandbox/chats/{BOT}/7/messages")).await["messages"].as_array().unwrap().len();
    for (kind, sent) in [("reset", 0), ("lost_answer", 1)] {
        sandbox.control("/faults", json!({"kind": kind, "bot": BOT, "times": 2})).await;
        let broken = sandbox.raw(Method::POST, &path, "application/json", send.to_string()).await;
        assert!(broken.is_err(), "{kind}: {broken:?}");
        sandbox.raw(Method::DELETE, "/sandbox/faults", "", "").await.unwrap();
        let now = sandbox.get(&format!("/sandbox/chats/{BOT}/7/messages")).await["messages"].as_array().unwrap().len();
        assert!(now >= before + sent, "{kind} acts {sent} times at least (clients may retry)");
        assert!(sent > 0 || now == before, "{kind} does not act");
    }

    sandbox.control("/faults", json!({"kind": "null_fields", "times": 1})).await;
    let answer = sandbox.call("sendMessage", send.clone()).await;
    assert_eq!(
        (&answer["ok"], &answer["result"]["text"], &answer["parameters"]),
        (&json!(true), &json!(null), &json!(null))
    );
    assert!(answer["result"]["message_id"].is_i64());
    sandbox.control("/faults", json!({"kind": "unknown_fields", "times": 1})).await;
    let answer = sandbox.call("sendMessage", send.clone()).await;
    assert_eq!(answer["result"]["text"], "hi");
    assert!(answer["result"]["chat"]["future_field"].is_object());

    sandbox.control("/faults", json!({"kind": "hang", "times": 1})).await;
    let hanging = tokio::time::timeout(std::time::Duration::from_millis(200), sandbox.call("getMe", json!({}))).await;
    assert!(hanging.is_err());
    assert_eq!(sandbox.post("/sandbox/faults", json!({"kind": "nonsense"})).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn enforced_limits_answer_429_and_the_log_shows_it() {
    let limits = Limits { chat: Some(Limit { count: 2, window_ms: 60_000 }), ..Limits::default() };
    let sandbox = start_with(Options { limits, open_chats: true, ..Options::default() }).await;
    let send = json!({"chat_id": 7, "text": "hi"});
    sandbox.ok("sendMessage", send.clone()).await;
    sandbox.ok("sendMessage", send.clone()).await;
    assert_eq!(sandbox.fails("sendMessage", send).await, "Too Many Requests: retry after 60");
    sandbox.ok("sendMessage", json!({"chat_id": 8, "text": "hi"})).await;

    let log = sandbox.get(&format!("/sandbox/calls?bot={BOT}&method=sendMessage")).await;
    let statuses: Vec<_> =
        log["calls"].as_array().unwrap().iter().map(|call| call["outcome"]["status"].clone()).collect();
    assert_eq!(statuses, [200, 200, 429, 200]);
    let after = log["calls"][2]["seq"].as_u64().unwrap();
    let rest = sandbox.get(&format!("/sandbox/calls?since={after}")).await;
    assert_eq!(rest["calls"].as_array().unwrap().len(), 1);
    assert_eq!(rest["calls"][0]["params"], json!({"chat_id": 8, "text": "hi"}));

    let stats = sandbox.get("/sandbox/stats?window_ms=60000").await;
    let of_bot = &stats["bots"][BOT.to_string()];
    assert_eq!((&of_bot["ok"], &of_bot["throttled"], &of_bot["max_in_window"]), (&json!(3), &json!(1), &json!(3)));
    assert_eq!(of_bot["chats"]["7"]["max_in_window"], 2);
}

#[tokio::test]
async fn the_log_is_bounded_and_says_what_it_dropped() {
    let sandbox = start_with(Options { call_log_max: 3, ..Options::default() }).await;
    for _ in 0..5 {
        sandbox.ok("getMe", json!({})).await;
    }
    let log = sandbox.get("/sandbox/calls").await;
    assert_eq!((log["calls"].as_array().unwrap().len(), &log["total"], &log["dropped"]), (3, &json!(5), &json!(2)));
}

#[tokio::test]
async fn a_connection_outlives_an_upload_whose_end_comes_late() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let sandbox = start().await;
    let mut connection = tokio::net::TcpStream::connect(sandbox.address).await.unwrap();
    let form = "--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n1\r\n--b--\r\n";
    let head = format!("POST /bot{TOKEN}/getMe HTTP/1.1\r\nHost: s\r\nTransfer-Encoding: chunked\r\n");
    let kind = "Content-Type: multipart/form-data; boundary=b\r\n\r\n";
    // The form is complete; the end of its body comes in packets of its own, as aiohttp sends it.
    for packet in [format!("{head}{kind}{:x}\r\n{form}\r\n", form.len()), "0\r\n".to_owned(), "\r\n".to_owned()] {
        connection.write_all(packet.as_bytes()).await.unwrap();
        tokio::task::yield_now().await;
    }
    let next = format!("GET /bot{TOKEN}/getMe HTTP/1.1\r\nHost: s\r\nConnection: close\r\n\r\n");
    connection.write_all(next.as_bytes()).await.unwrap();
    let mut answers = String::new();
    connection.read_to_string(&mut answers).await.unwrap();
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), 2, "{answers}");
}
