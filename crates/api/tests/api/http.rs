//! What holds for every request: errors, request ids, paths with and without the slash, headers.

use axum::{
    body::Body,
    http::{Method, Request},
};
use serde_json::{Value, json};
use testkit::{Answer, TestApp, db_test};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::socket::listening;

const KEYS: &str = "/tenants/tenant-access-keys/";

async fn get(app: &TestApp, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    app.owner().send(request.body(Body::empty()).unwrap()).await
}

db_test! {
    async fn every_error_is_a_problem(db) {
        let app = TestApp::start(db).await;
        let put = Request::put(KEYS).body(Body::empty()).unwrap();
        let form = app.owner().post_with(KEYS, &[("Content-Type", "text/csv")], "name\nx").await;
        let answers = [
            (404, "not_found", get(&app, "/nowhere/", &[]).await),
            (405, "method_not_allowed", app.owner().send(put).await),
            (415, "unsupported_media_type", form),
            (413, "too_large", app.owner().post_with(KEYS, &[], vec![b' '; (1 << 20) + 1]).await),
            (400, "malformed_json", app.owner().post_with(KEYS, &[], "{\"name\": ").await),
            (400, "malformed_json", app.owner().post_with(KEYS, &[], "").await),
            (400, "invalid_input", app.owner().post_with(KEYS, &[], "[]").await),
            (401, "unauthenticated", app.with_token("jc_wrong").post_with(KEYS, &[], "{}").await),
            (401, "unauthenticated", app.with_token("ja1.a.b").post_with(KEYS, &[], "{}").await),
        ];
        for (status, code, answer) in answers {
            let body = answer.json();
            assert_eq!((answer.status, &body["code"]), (status, &json!(code)), "{body}");
            assert_eq!(answer.header("content-type"), "application/problem+json", "{body}");
            assert_eq!(body["status"], json!(status));
            assert_eq!(body["request_id"], json!(answer.header("x-request-id")));
            for field in ["type", "title", "detail"] {
                assert!(body[field].as_str().is_some_and(|text| !text.is_empty()), "{field} of {body}");
            }
            assert_eq!(status == 401, answer.header("www-authenticate") == "Bearer", "{body}");
            assert_eq!(status == 405, !answer.header("allow").is_empty(), "{body}");
        }
    }

    async fn who_sends_too_much_still_gets_the_answer(db) {
        let app = TestApp::start(db).await;
        let address = listening(&app).await;
        let owner = app.owner();
        for (path, token, status) in [(KEYS, owner.token(), 413), (KEYS, "jc_wrong", 401), ("/nowhere/", owner.token(), 404)]
        {
            let body = vec![b' '; 12 << 20];
            let head = format!(
                "POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
                 Content-Length: {}\r\n\r\n",
                body.len()
            );
            let mut stream = TcpStream::connect(address).await.unwrap();
            // As simple clients do: nothing is read before all is written.
            stream.write_all(head.as_bytes()).await.unwrap();
            stream.write_all(&body).await.unwrap();
            let mut answer = [0; 12];
            stream.read_exact(&mut answer).await.unwrap();
            assert_eq!(String::from_utf8_lossy(&answer), format!("HTTP/1.1 {status}"), "{path}");
        }
    }

    async fn every_wrong_field_is_named(db) {
        let app = TestApp::start(db).await;
        let body = json!({"role": "KING", "expires_at": 5, "colour": "red"});
        let (status, answer) = app.owner().post(KEYS, body).await;
        assert_eq!((status, &answer["code"]), (400, &json!("invalid_input")));
        let fields: Vec<&str> = answer["errors"].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(fields, ["colour", "expires_at", "name", "role"], "{answer}");

        let (status, answer) = app.owner().post(KEYS, json!({"name": "a\u{0}b"})).await;
        assert_eq!((status, answer["errors"]["name"].is_array()), (400, true), "{answer}");
    }

    async fn paths_answer_without_the_slash_too(db) {
        let app = TestApp::start(db).await;
        for path in ["/users/me", "/users/me/", "/version", "/version/", "/healthz", "/healthz/", "/readyz", "/docs", "/docs/",
            "/openapi.json", "/metrics", "/tenants/tenant-access-keys?page_size=1"] {
            assert_eq!(app.owner().get(path).await.0, 200, "{path}");
        }
        let root = get(&app, "/", &[]).await;
        let leads_to_the_app = root.status == 307 && root.header("location") == "/app/";
        assert!(leads_to_the_app || root.status == 200, "the app where it is built in, else the docs page");
        let (status, made) = app.owner().post("/tenants/tenant-access-keys", json!({"name": "x"})).await;
        assert_eq!(status, 201, "{made}");
        let path = format!("/tenants/tenant-access-keys/{}", made["id"].as_str().unwrap());
        assert_eq!(app.owner().call(Method::OPTIONS, &path, None).await.0, 405);
        assert_eq!(app.owner().delete(&path).await.0, 204);
    }

    async fn a_request_keeps_its_id_if_that_is_sane(db) {
        let app = TestApp::start(db).await;
        assert_eq!(get(&app, "/healthz", &[("X-Request-Id", "order-7")]).await.header("x-request-id"), "order-7");
        let long = "x".repeat(129);
        for strange in ["", "a b", "\u{e9}", long.as_str()] {
            let id = get(&app, "/healthz", &[("X-Request-Id", strange)]).await.header("x-request-id").to_owned();
            assert!(id.len() == 36 && id != strange, "{id}");
        }
    }

    async fn answers_are_not_stored_and_not_sniffed(db) {
        let app = TestApp::start(db).await;
        let answer = get(&app, "/users/me/", &[]).await;
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        let page = get(&app, "/docs/", &[]).await;
        assert!(page.header("content-security-policy").starts_with("default-src 'none'"));
        for file in ["/docs/style.css", "/docs/page.js"] {
            assert_eq!(get(&app, file, &[]).await.status, 200);
        }
    }

    async fn operators_see_version_and_metrics(db) {
        let app = TestApp::start(db).await;
        let (_, version) = app.anonymous().get("/version/").await;
        assert_eq!(version["version"], env!("CARGO_PKG_VERSION"));
        app.anonymous().get("/users/me/").await;
        let metrics = String::from_utf8(get(&app, "/metrics", &[]).await.body).unwrap();
        let line = "http_request_duration_seconds_count{method=\"GET\",route=\"/users/me/\",status=\"401\"}";
        assert!(metrics.contains(line), "{metrics}");
    }

    async fn a_database_that_is_away_is_503(db) {
        let app = TestApp::start(db).await;
        app.app.db.close().await;
        let answer = get(&app, "/readyz", &[]).await;
        assert_eq!((answer.status, answer.header("retry-after")), (503, "1"));
        let answer = get(&app, "/users/me/", &[]).await;
        assert_eq!((answer.status, &answer.json()["code"]), (503, &json!("unavailable")));
        assert_eq!(get(&app, "/healthz", &[]).await.status, 200);
    }

    async fn strange_tokens_and_headers_are_refused_quietly(db) {
        let app = TestApp::start(db).await;
        let long = format!("Bearer jc_{}", "x".repeat(5_000));
        for value in ["", "Bearer", "Bearer ", "Basic abc", "bearer  x", "Bearer \u{e9}", long.as_str()] {
            let request = Request::get("/users/me/").header("Authorization", value).body(Body::empty()).unwrap();
            assert_eq!(app.anonymous().send(request).await.status, 401, "{value}");
        }
        let request = Request::get("/users/me/").header("Authorization", format!("bEaReR {}", app.owner().token()));
        assert_eq!(app.anonymous().send(request.body(Body::empty()).unwrap()).await.status, 200);
    }
}

#[test]
fn the_description_is_complete() {
    let document = api::openapi();
    assert_eq!(document["openapi"], "3.1.0");
    let mut ids = std::collections::BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        assert!(path.ends_with('/') || ["/healthz", "/readyz", "/metrics"].contains(&path.as_str()), "{path}");
        for (method, operation) in item.as_object().unwrap() {
            let name = format!("{method} {path}");
            assert!(ids.insert(operation["operationId"].to_string()), "{name} has the operationId of another");
            assert!(operation["summary"].is_string(), "{name} has no summary");
            assert!(operation["tags"][0].is_string(), "{name} has no tag");
            let responses = operation["responses"].as_object().unwrap();
            assert!(responses.keys().any(|code| code.starts_with(['1', '2', '3'])), "{name} has no good answer");
            let is_public = operation["security"] == json!([]);
            assert!(is_public || responses.contains_key("403"), "{name} doesn't say whom it refuses");
            assert_resolves(&document, operation, &name);
        }
    }
}

/// Every reference leads somewhere.
fn assert_resolves(document: &Value, value: &Value, name: &str) {
    match value {
        Value::Object(map) => {
            if let Some(Value::String(reference)) = map.get("$ref") {
                let pointer = reference.strip_prefix('#').unwrap();
                assert!(document.pointer(pointer).is_some(), "{name}: {reference} leads nowhere");
            }
            map.values().for_each(|value| assert_resolves(document, value, name));
        }
        Value::Array(items) => items.iter().for_each(|value| assert_resolves(document, value, name)),
        _ => {}
    }
}
