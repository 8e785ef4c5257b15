//! The sandbox's control API under the app's own address, in a demo only.

use axum::{
    Router,
    extract::{Path, RawQuery},
    http::{Method, Uri},
    routing::{any, get},
};
use model::Role;
use serde_json::json;
use testkit::{TestApp, db_test};

/// Stands for the sandbox: says what it was asked.
fn sandbox() -> Router {
    let said = |method: Method, uri: Uri| async move {
        axum::Json(json!({"method": method.as_str(), "uri": uri.to_string()}))
    };
    let query = |Path(id): Path<i64>, RawQuery(query): RawQuery| async move {
        format!("\"{id} {}\"", query.unwrap_or_default())
    };
    Router::new().route("/sandbox/users/{id}", get(query)).fallback(any(said))
}

db_test! {
    async fn in_a_demo_who_may_talk_to_people_may_play_them(db) {
        let mut app = TestApp::start(db).await;
        let person = || "demo".to_owned();
        let demo = api::Demo { email: person(), password: person(), phones: sandbox() };
        app.router = api::router(app.app.clone(), api::Options { demo: Some(demo), ..api::Options::default() });
        let (anonymous, viewer) = (app.anonymous(), app.as_role(Role::Viewer).await);
        assert_eq!(anonymous.get("/sandbox/bots").await.0, 401);
        assert_eq!(viewer.get("/sandbox/bots").await.0, 403);
        let agent = app.as_role(Role::Agent).await;
        let (_, asked) = agent.post("/sandbox/users/7/send/", json!({"text": "hi"})).await;
        assert_eq!(asked, json!({"method": "POST", "uri": "/sandbox/users/7/send"}));
        assert_eq!(agent.get("/sandbox/users/7?limit=2").await.1, json!("7 limit=2"));
        assert_eq!(agent.get("/sandbox/bots").await.1, json!({"method": "GET", "uri": "/sandbox/bots"}));
    }

    async fn without_a_demo_there_are_no_phones(db) {
        let app = TestApp::start(db).await;
        assert_eq!(app.owner().get("/sandbox/bots").await.0, 404);
    }
}
