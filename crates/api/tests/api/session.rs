//! Signing in with a browser: the cookie, the token against forgery, workspaces, and the first run.

use app::accounts::{self, NewUser};
use axum::{
    body::Body,
    http::{Method, Request},
};
use model::Role;
use serde_json::{Value, json};
use testkit::{Answer, TestApp, db_test};

/// What a browser keeps.
pub struct Browser<'a> {
    app: &'a TestApp,
    cookie: String,
    csrf: String,
}

impl<'a> Browser<'a> {
    pub fn new(app: &'a TestApp) -> Self {
        Self { app, cookie: String::new(), csrf: String::new() }
    }

    pub async fn signed_in(app: &'a TestApp, email: &str, password: &str) -> Self {
        let mut browser = Self::new(app);
        let answer = browser.send(Method::POST, "/session/", json!({"email": email, "password": password})).await;
        assert_eq!(answer.status, 201, "{}", answer.json());
        let session = browser.get("/session/").await.1;
        browser.csrf = session["csrf_token"].as_str().unwrap().to_owned();
        browser
    }

    pub async fn get(&mut self, path: &str) -> (u16, Value) {
        let answer = self.send(Method::GET, path, Value::Null).await;
        (answer.status, answer.json())
    }

    pub async fn call(&mut self, method: Method, path: &str, body: Value) -> (u16, Value) {
        let answer = self.send(method, path, body).await;
        (answer.status, answer.json())
    }

    pub async fn send(&mut self, method: Method, path: &str, body: Value) -> Answer {
        let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
        let request = request.header("cookie", &self.cookie).header("x-csrf-token", &self.csrf);
        let request = request.header("user-agent", "Firefox/140");
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        let answer = self.app.anonymous().send(request.body(body).unwrap()).await;
        if let Some((pair, _)) = answer.header("set-cookie").split_once(';') {
            self.cookie = pair.to_owned();
        }
        answer
    }
}

pub async fn user(app: &TestApp, email: &str, role: Role) {
    let (email, name) = (email.to_owned(), "Ada".to_owned());
    let new = NewUser { email, name, password: "correct horse".into(), tenant: app.tenant, role };
    accounts::create_user(&app.app, new).await.unwrap();
}

db_test! {
    async fn the_first_to_come_becomes_the_owner_and_no_other(db) {
        let app = TestApp::unused(db);
        let mut browser = Browser::new(&app);
        let state = browser.get("/setup/").await.1;
        assert_eq!(state, json!({"needed": true, "has_users": false, "demo": null}));
        let wrong = json!({"workspace_name": " ", "name": "", "email": "nobody", "password": "short"});
        let (status, refused) = browser.call(Method::POST, "/setup/", wrong).await;
        let named: Vec<&str> = refused["errors"].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!((status, named), (400, vec!["email", "name", "password", "workspace_name"]));

        let body = json!({"workspace_name": "Engines", "name": "Ada", "email": "ada@example.org", "password": "correct horse"});
        assert_eq!(browser.call(Method::POST, "/setup/", body.clone()).await.0, 201);
        let session = browser.get("/session/").await.1;
        assert_eq!((&session["role"], &session["tenant"]["name"]), (&json!("OWNER"), &json!("Engines")), "{session}");
        let (status, late) = Browser::new(&app).call(Method::POST, "/setup/", body).await;
        assert_eq!((status, &late["code"]), (409, &json!("already_set_up")));
        assert_eq!(browser.get("/setup/").await.1["needed"], false);
    }

    async fn a_tenant_of_the_command_line_closes_the_first_run(db) {
        let app = TestApp::start(db).await;
        assert_eq!(Browser::new(&app).get("/setup/").await.1, json!({"needed": false, "has_users": false, "demo": null}));
    }

    async fn a_cookie_opens_the_api_and_changes_need_the_token_against_forgery(db) {
        let app = TestApp::start(db).await;
        user(&app, "ada@example.org", Role::Manager).await;
        let mut ada = Browser::signed_in(&app, "ada@example.org", "correct horse").await;
        assert_eq!(ada.get("/contacts/").await.0, 200);
        assert_eq!(ada.call(Method::POST, "/contacts/", json!({"first_name": "Bob"})).await.0, 201);

        let csrf = std::mem::take(&mut ada.csrf);
        for forged in ["", "AAAA", &csrf[1..]] {
            ada.csrf = forged.to_owned();
            let (status, refused) = ada.call(Method::POST, "/contacts/", json!({"first_name": "Eve"})).await;
            assert_eq!((status, &refused["code"]), (403, &json!("csrf_failed")), "{forged}");
        }
        ada.csrf = csrf;
        assert_eq!(ada.get("/tenants/tenant-access-keys/").await.0, 403, "a manager stays a manager");
        assert_eq!(ada.call(Method::DELETE, "/session/", Value::Null).await.0, 204);
        assert_eq!(ada.cookie, "jina_session=");
    }

    async fn the_cookie_is_out_of_reach_and_ends(db) {
        let app = TestApp::start(db).await;
        user(&app, "ada@example.org", Role::Agent).await;
        let mut browser = Browser::new(&app);
        let body = json!({"email": "ada@example.org", "password": "correct horse", "remember": true});
        let given = browser.send(Method::POST, "/session/", body).await.header("set-cookie").to_owned();
        assert!(given.ends_with("; Path=/; HttpOnly; SameSite=Strict; Max-Age=2592000"), "{given}");

        app.clock.advance(accounts::LASTING_MS - 1);
        assert_eq!(browser.get("/session/").await.0, 200, "used in time, it lives on");
        app.clock.advance(accounts::LASTING_MS - 1);
        assert_eq!(browser.get("/session/").await.0, 200);
        app.clock.advance(accounts::LASTING_MS);
        let (status, over) = browser.get("/session/").await;
        assert_eq!((status, &over["code"]), (401, &json!("session_over")));
    }

    async fn a_new_password_signs_every_browser_out(db) {
        let app = TestApp::start(db).await;
        user(&app, "ada@example.org", Role::Agent).await;
        let mut ada = Browser::signed_in(&app, "ada@example.org", "correct horse").await;
        accounts::set_password(&app.app, "ada@example.org", &"a new password".into()).await.unwrap();
        assert_eq!(ada.get("/session/").await.0, 401);
    }

    async fn signing_in_again_ends_the_session_before(db) {
        let app = TestApp::start(db).await;
        user(&app, "ada@example.org", Role::Agent).await;
        let mut ada = Browser::signed_in(&app, "ada@example.org", "correct horse").await;
        let mut before = Browser { app: &app, cookie: ada.cookie.clone(), csrf: ada.csrf.clone() };
        let body = json!({"email": "ada@example.org", "password": "correct horse"});
        assert_eq!(ada.call(Method::POST, "/session/", body).await.0, 201);
        assert_eq!((before.get("/session/").await.0, ada.get("/session/").await.0), (401, 200));
    }

    async fn a_browser_opens_one_workspace_after_the_other(db) {
        let app = TestApp::start(db).await;
        user(&app, "ada@example.org", Role::Agent).await;
        let (second, _) = accounts::create_tenant(&app.app, "Second").await.unwrap();
        let (stranger, _) = accounts::create_tenant(&app.app, "Stranger").await.unwrap();
        let (id, now) = (second.id, second.created_at);
        let joined = app.app.db.write(move |tx| {
            let ada = store::users::by_email(tx, "ada@example.org")?.expect("she was made above");
            store::tenants::join(tx, id, ada.id, Role::Owner, now)
        });
        joined.await.unwrap();
        let mut ada = Browser::signed_in(&app, "ada@example.org", "correct horse").await;
        assert_eq!(ada.get("/session/").await.1["tenant"]["name"], "Test");
        assert_eq!(ada.call(Method::PATCH, "/session/", json!({"tenant_id": second.id})).await.0, 204);
        let session = ada.get("/session/").await.1;
        assert_eq!((&session["tenant"]["name"], &session["role"]), (&json!("Second"), &json!("OWNER")));
        assert_eq!(ada.call(Method::PATCH, "/session/", json!({"tenant_id": stranger.id})).await.0, 400);
    }

    async fn a_token_has_no_session(db) {
        let app = TestApp::start(db).await;
        assert_eq!(app.owner().get("/session/").await.0, 404);
        assert_eq!(app.anonymous().get("/session/").await.0, 401);
    }
}
