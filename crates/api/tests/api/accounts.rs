//! API keys, signing in, and who one is.

use app::accounts::{self, NewUser};
use model::Role;
use serde_json::{Value, json};
use testkit::{TestApp, db_test};

const KEYS: &str = "/tenants/tenant-access-keys/";

async fn user(app: &TestApp, email: &str, role: Role) {
    let new = NewUser {
        email: email.to_owned(),
        name: "Ada".to_owned(),
        password: "correct horse".into(),
        tenant: app.tenant,
        role,
    };
    accounts::create_user(&app.app, new).await.unwrap();
}

async fn sign_in(app: &TestApp, email: &str, password: &str) -> (u16, Value) {
    app.anonymous().post("/token/", json!({"email": email, "password": password})).await
}

db_test! {
    async fn a_key_is_shown_once_works_and_ends(db) {
        let app = TestApp::start(db).await;
        let (status, made) = app.owner().post(KEYS, json!({"name": "Shop", "role": "AGENT"})).await;
        assert_eq!(status, 201, "{made}");
        let key = made["key"].as_str().unwrap();
        assert!(key.starts_with(made["prefix"].as_str().unwrap()) && key.len() == 46, "{made}");

        let agent = app.with_token(key);
        let (status, me) = agent.get("/users/me/").await;
        assert_eq!((status, &me["role"], &me["api_key"]["name"]), (200, &json!("AGENT"), &json!("Shop")), "{me}");
        assert_eq!(me["tenants"][0]["id"], json!(app.tenant));

        let (_, list) = app.owner().get(KEYS).await;
        assert_eq!(list["results"][0]["name"], "Shop");
        assert_eq!(list["results"][0]["last_used_at"], "2026-01-02T03:04:05.000Z");
        assert!(list["results"].as_array().unwrap().iter().all(|key| key.get("key").is_none()), "{list}");

        let path = format!("{KEYS}{}/", made["id"].as_str().unwrap());
        assert_eq!(app.owner().delete(&path).await, (204, Value::Null));
        assert_eq!(agent.get("/users/me/").await.0, 401);
        assert_eq!(app.owner().delete(&path).await.0, 404);
    }

    async fn a_revoked_key_comes_back_within_a_minute(db) {
        let app = TestApp::start(db).await;
        let (_, made) = app.owner().post(KEYS, json!({"name": "Shop"})).await;
        let path = format!("{KEYS}{}/", made["id"].as_str().unwrap());
        let shop = app.with_token(made["key"].as_str().unwrap());
        assert_eq!(app.owner().delete(&path).await.0, 204);
        let (status, restored) = app.owner().post(&format!("{path}restore/"), json!({})).await;
        assert_eq!((status, &restored["name"]), (200, &json!("Shop")), "{restored}");
        assert_eq!(shop.get("/users/me/").await.0, 200);
        assert_eq!(app.owner().post(&format!("{path}restore/"), json!({})).await.0, 404, "it is not revoked");
        assert_eq!(app.owner().delete(&path).await.0, 204);
        app.clock.advance(60_000);
        assert_eq!(app.owner().post(&format!("{path}restore/"), json!({})).await.0, 404, "too late");
        assert_eq!(shop.get("/users/me/").await.0, 401);
    }

    async fn a_rotated_key_works_for_one_more_day(db) {
        let app = TestApp::start(db).await;
        let limits = json!({"tools": ["list_bots"], "bots": null, "chats": null});
        let (_, old) = app.owner().post(KEYS, json!({"name": "Shop", "role": "AGENT", "limits": limits})).await;
        let path = format!("{KEYS}{}/rotate/", old["id"].as_str().unwrap());
        let (status, new) = app.owner().post(&path, json!({})).await;
        assert_eq!(status, 201, "{new}");
        assert_ne!(new["key"], old["key"]);
        for field in ["name", "role", "limits", "expires_at"] {
            assert_eq!(new[field], old[field], "{field}");
        }
        let (_, list) = app.owner().get(KEYS).await;
        let ends: Vec<_> = list["results"].as_array().unwrap().iter().map(|key| &key["expires_at"]).collect();
        assert_eq!(ends[..2], [&Value::Null, &json!("2026-01-03T03:04:05.000Z")], "{list}");
    }

    async fn a_key_ends_at_its_time(db) {
        let app = TestApp::start(db).await;
        let body = json!({"name": "Short", "expires_at": "2026-01-02T03:05:05Z"});
        let (_, made) = app.owner().post(KEYS, body).await;
        let short = app.with_token(made["key"].as_str().unwrap());
        app.clock.advance(59_999);
        assert_eq!(short.get("/users/me/").await.0, 200);
        app.clock.advance(1);
        assert_eq!(short.get("/users/me/").await.0, 401);
    }

    async fn nobody_makes_or_ends_a_key_above_their_own_role(db) {
        let app = TestApp::start(db).await;
        let admin = app.as_role(Role::Admin).await;
        let (status, refused) = admin.post(KEYS, json!({"name": "x", "role": "OWNER"})).await;
        assert_eq!((status, &refused["code"]), (403, &json!("forbidden")));
        let (_, own) = admin.post(KEYS, json!({"name": "x"})).await;
        assert_eq!(own["role"], "ADMIN");
        let (_, list) = app.owner().get(&format!("{KEYS}?role=OWNER")).await;
        let owners = format!("{KEYS}{}/", list["results"][0]["id"].as_str().unwrap());
        assert_eq!(admin.delete(&owners).await.0, 403);
        assert_eq!(admin.post(&format!("{owners}rotate/"), json!({})).await.0, 403);
    }

    async fn a_person_signs_in_and_stays_signed_in(db) {
        let app = TestApp::start(db).await;
        user(&app, "Ada@Example.org", Role::Manager).await;
        let (status, tokens) = sign_in(&app, "ada@example.ORG", "correct horse").await;
        assert_eq!(status, 200, "{tokens}");

        let ada = app.with_token(tokens["access"].as_str().unwrap());
        let (_, me) = ada.get("/users/me/").await;
        assert_eq!((&me["user"]["email"], &me["role"]), (&json!("ada@example.org"), &json!("MANAGER")));

        app.clock.advance(accounts::ACCESS_TOKEN_MS);
        assert_eq!(ada.get("/users/me/").await.0, 401);
        let (status, fresh) = app.anonymous().post("/refresh/", json!({"refresh": tokens["refresh"]})).await;
        assert_eq!(status, 200, "{fresh}");
        assert_eq!(app.with_token(fresh["access"].as_str().unwrap()).get("/users/me/").await.0, 200);

        accounts::set_password(&app.app, "ada@example.org", &"a new password".into()).await.unwrap();
        assert_eq!(app.anonymous().post("/refresh/", json!({"refresh": tokens["refresh"]})).await.0, 401);
        assert_eq!(sign_in(&app, "ada@example.org", "correct horse").await.0, 401);
        assert_eq!(sign_in(&app, "ada@example.org", "a new password").await.0, 200);
    }

    async fn guessing_passwords_gets_slow(db) {
        let app = TestApp::start(db).await;
        user(&app, "ada@example.org", Role::Owner).await;
        let mut answers = Vec::new();
        for _ in 0..11 {
            let (status, body) = sign_in(&app, "ada@example.org", "wrong").await;
            answers.push((status, body["code"].as_str().unwrap().to_owned()));
        }
        assert_eq!(answers[9], (401, "wrong_credentials".to_owned()));
        assert_eq!(answers[10], (429, "too_many_attempts".to_owned()));
        assert_eq!(sign_in(&app, "ada@example.org", "correct horse").await.0, 429);
        app.clock.advance(5 * 60_000);
        assert_eq!(sign_in(&app, "ada@example.org", "correct horse").await.0, 200);
    }

    async fn an_unknown_address_is_told_the_same_as_a_wrong_password(db) {
        let app = TestApp::start(db).await;
        user(&app, "ada@example.org", Role::Owner).await;
        let without_id = |(status, mut body): (u16, Value)| {
            body["request_id"].take();
            (status, body)
        };
        let unknown = without_id(sign_in(&app, "bob@example.org", "x").await);
        assert_eq!(unknown, without_id(sign_in(&app, "ada@example.org", "x").await));
        assert_eq!(unknown.0, 401);
    }

    async fn a_person_of_two_tenants_chooses_one(db) {
        let app = TestApp::start(db).await;
        user(&app, "ada@example.org", Role::Agent).await;
        let (second, _) = accounts::create_tenant(&app.app, "Second").await.unwrap();
        let (id, now) = (second.id, second.created_at);
        let joined = app.app.db.write(move |tx| {
            let ada = store::users::by_email(tx, "ada@example.org")?.expect("she was made above");
            store::tenants::join(tx, id, ada.id, Role::Owner, now)
        });
        joined.await.unwrap();
        let (_, tokens) = sign_in(&app, "ada@example.org", "correct horse").await;
        let ada = app.with_token(tokens["access"].as_str().unwrap());
        assert_eq!(ada.get("/users/me/").await.1["role"], "AGENT");

        let me = |tenant: String| {
            let request = axum::http::Request::get("/users/me/").header("X-Tenant-Id", tenant);
            ada.send(request.body(axum::body::Body::empty()).unwrap())
        };
        assert_eq!(me(second.id.to_string()).await.json()["role"], "OWNER");
        assert_eq!(me("01939d5e-2b7c-7cc3-98c4-dc0c0c07398f".to_owned()).await.status, 403);
        assert_eq!(me("nonsense".to_owned()).await.status, 400);
    }
}
