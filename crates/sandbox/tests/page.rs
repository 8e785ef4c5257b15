//! The page: it is served whole, from here, and under a strict policy.

mod support;

use axum::http::Method;
use futures::StreamExt;
use http_body_util::BodyExt;
use serde_json::json;
use support::{BOT, start};

#[tokio::test]
async fn the_page_needs_nothing_from_elsewhere() {
    let sandbox = start().await;
    let page = sandbox.raw(Method::GET, "/", "", "").await.unwrap();
    let html = String::from_utf8(page.bytes.to_vec()).unwrap();
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    assert!(
        !html.contains("http://") && !html.contains("https://") && !html.contains("style="),
        "all is local, nothing inline"
    );
    let mut wanted: Vec<String> = html.split('"').filter(|part| part.starts_with("page/")).map(str::to_owned).collect();
    assert!(wanted.len() >= 3);
    while let Some(path) = wanted.pop() {
        let file = sandbox.raw(Method::GET, &format!("/{path}"), "", "").await.unwrap();
        assert_eq!(file.status, 200, "{path}");
        let text = String::from_utf8(file.bytes.to_vec()).unwrap();
        let imports = text.split('"').filter_map(|part| part.strip_prefix("./")).filter(|part| part.ends_with(".js"));
        wanted.extend(imports.map(|name| format!("page/{name}")));
    }
    assert_eq!(sandbox.raw(Method::GET, "/page/../Cargo.toml", "", "").await.unwrap().status, 404);
}

#[tokio::test]
async fn what_happens_is_told_live() {
    let sandbox = start().await;
    sandbox.started(7).await;
    let client = hyper_util::client::legacy::Client::builder(hyper_util::rt::TokioExecutor::new()).build_http();
    let request = axum::http::Request::get(sandbox.url("/sandbox/events"));
    let request = request.body(http_body_util::Empty::<bytes::Bytes>::new()).unwrap();
    let mut events = client.request(request).await.unwrap().into_body().into_data_stream();
    sandbox.ok("sendMessage", json!({"chat_id": 7, "text": "live"})).await;
    let mut heard = String::new();
    while !(heard.contains(r#""type":"call""#) && heard.contains(r#""type":"message""#)) {
        heard += &String::from_utf8_lossy(&events.next().await.unwrap().unwrap());
    }
    assert!(heard.contains(&format!(r#""bot":{BOT}"#)));
}
