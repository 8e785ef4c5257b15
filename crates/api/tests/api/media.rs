//! Media of timelines: fetched once, served in ranges, never with the token in sight.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{
    Json, Router,
    body::Body,
    extract::{Path, Request},
    http::Request as HttpRequest,
    routing::any,
};
use model::{
    Clock, Id,
    content::{Content, ContentKind, Media, MediaKind, MediaSource},
    message::Message,
};
use serde_json::{Value, json};
use testkit::{Answer, Client, TestApp, TestDb, db_test, user};

/// A Bot API that knows one file, and counts how often it is fetched.
async fn bot_api(fetched: Arc<AtomicUsize>) -> String {
    let method = |Path((_, method)): Path<(String, String)>, request: Request| async move {
        assert_eq!(method, "getFile");
        let body = axum::body::to_bytes(request.into_body(), 10_000).await.unwrap();
        let asked: Value = serde_json::from_slice(&body).unwrap();
        let refused = |words: &str| json!({"ok": false, "error_code": 400, "description": words});
        Json(match asked["file_id"].as_str().unwrap() {
            "big" => refused("Bad Request: file is too big"),
            "gone" => refused("Bad Request: wrong file_id or the file is temporarily unavailable"),
            id => {
                json!({"ok": true, "result": {"file_id": id, "file_unique_id": "u", "file_path": "photos/file_1.jpg"}})
            }
        })
    };
    let file = move |Path((token, path)): Path<(String, String)>| async move {
        fetched.fetch_add(1, Ordering::Relaxed);
        assert_eq!((token.as_str(), path.as_str()), ("bot1:test-token", "photos/file_1.jpg"));
        "0123456789"
    };
    let router = Router::new().route("/file/{token}/{*path}", any(file)).route("/{token}/{method}", any(method));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

async fn start(db: TestDb, fetched: &Arc<AtomicUsize>) -> TestApp {
    let base = bot_api(fetched.clone()).await;
    TestApp::start_with(db, |set| set.telegram_api_base_url = base).await
}

fn media(source: MediaSource, size: Option<i64>) -> Media {
    Media {
        url: None,
        kind: MediaKind::Document,
        file_name: Some("list.txt".into()),
        mime_type: Some("text/plain".into()),
        size,
        width: None,
        height: None,
        duration: None,
        source: Some(source),
    }
}

async fn received(app: &TestApp, media: Vec<Media>) -> Id<Message> {
    let bot = app.bot(1).await;
    let content = Content { media, ..Content::new(ContentKind::Document) };
    app.says(bot, &user(77, "Ada"), 1, content, app.clock.now()).await.message
}

async fn get(client: &Client, path: &str, range: Option<&str>) -> Answer {
    let mut request = HttpRequest::get(path);
    if let Some(range) = range {
        request = request.header("range", range);
    }
    client.send(request.body(Body::empty()).unwrap()).await
}

db_test! {
    async fn a_file_is_fetched_once_and_served_in_ranges(db) {
        let fetched = Arc::new(AtomicUsize::new(0));
        let app = start(db, &fetched).await;
        let message = received(&app, vec![media(MediaSource::FileId("AgAC/1".into()), Some(10))]).await;
        let owner = app.owner();
        let (_, entries) = owner.get("/team-inbox/api/messages/").await;
        let path = entries["results"][0]["content"]["media"][0]["url"].as_str().unwrap().to_owned();
        assert_eq!(path, format!("/team-inbox/api/media/{message}/0/"));
        assert!(!entries.to_string().contains("AgAC"), "{entries}");

        let whole = get(&owner, &path, None).await;
        assert_eq!((whole.status, whole.body.as_slice()), (200, b"0123456789".as_slice()));
        assert_eq!(whole.header("content-type"), "text/plain");
        assert_eq!(whole.header("x-content-type-options"), "nosniff");
        assert_eq!(whole.header("content-disposition"), "attachment; filename=\"list.txt\"; filename*=UTF-8''list.txt");
        let part = get(&owner, &path, Some("bytes=2-4")).await;
        assert_eq!((part.status, part.body.as_slice()), (206, b"234".as_slice()));
        assert_eq!(part.header("content-range"), "bytes 2-4/10");
        let outside = get(&owner, &path, Some("bytes=10-")).await;
        assert_eq!((outside.status, outside.header("content-range")), (416, "bytes */10"));
        assert_eq!(fetched.load(Ordering::Relaxed), 1);

        assert_eq!(get(&app.anonymous(), &path, None).await.status, 401);
        assert_eq!(get(&app.other_tenant().await, &path, None).await.status, 404);
        assert_eq!(get(&owner, &format!("/team-inbox/api/media/{message}/1/"), None).await.status, 404);
    }

    async fn what_cannot_be_fetched_is_said(db) {
        let app = start(db, &Arc::default()).await;
        let sources = ["big", "gone", "AgAC"].map(|id| media(MediaSource::FileId(id.into()), None));
        let mut all = sources.to_vec();
        all[2].size = Some((20 << 20) + 1);
        all.push(media(MediaSource::Url("https://example.com/a.png".into()), None));
        let message = received(&app, all).await;
        let owner = app.owner();
        let asked = async |index: usize| get(&owner, &format!("/team-inbox/api/media/{message}/{index}/"), None).await;
        for (index, status, code) in [(0, 409, "media_too_big"), (1, 404, "media_gone"), (2, 409, "media_too_big")] {
            let answer = asked(index).await;
            assert_eq!((answer.status, &answer.json()["code"]), (status, &json!(code)));
        }
        assert!(asked(2).await.json()["detail"].as_str().unwrap().contains("20971521 bytes"));
        let elsewhere = asked(3).await;
        assert_eq!((elsewhere.status, elsewhere.header("location")), (302, "https://example.com/a.png"));
    }

    async fn an_unreachable_bot_api_shows_no_token(db) {
        let app = TestApp::start(db).await;
        let message = received(&app, vec![media(MediaSource::FileId("AgAC".into()), None)]).await;
        let answer = get(&app.owner(), &format!("/team-inbox/api/media/{message}/0/"), None).await;
        assert_eq!((answer.status, &answer.json()["code"]), (502, &json!("telegram_unreachable")));
        assert!(!answer.json().to_string().contains("test-token"));
    }
}
