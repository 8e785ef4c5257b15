//! Who belongs to a workspace: invitations, roles, leaving, links for a new password, the second step, signed-in browsers.

use axum::http::Method;
use hmac::{Hmac, KeyInit, Mac};
use model::{Clock, Role};
use serde_json::{Value, json};
use sha1::Sha1;
use testkit::{TestApp, db_test};

use crate::session::{Browser, user};

const MEMBERS: &str = "/tenants/members/";

/// The token at the end of a link.
fn token(made: &Value) -> String {
    made["url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()
}

async fn member(app: &TestApp, email: &str) -> Value {
    let (_, list) = app.owner().get(MEMBERS).await;
    let found = list["results"].as_array().unwrap().iter().find(|member| member["email"] == email);
    found.unwrap_or_else(|| panic!("{email} is no member: {list}")).clone()
}

/// RFC 6238, written once more.
fn code(secret: &str, seconds: i64) -> String {
    let bits: String =
        secret.bytes().map(|b| format!("{:05b}", if b < b'A' { b - b'2' + 26 } else { b - b'A' })).collect();
    let bytes: Vec<u8> =
        (0..bits.len() / 8).map(|at| u8::from_str_radix(&bits[at * 8..at * 8 + 8], 2).unwrap()).collect();
    let mut mac = Hmac::<Sha1>::new_from_slice(&bytes).unwrap();
    mac.update(&(seconds / 30).to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let at = usize::from(digest[19] & 15);
    let number = u32::from_be_bytes(digest[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

db_test! {
    async fn somebody_new_joins_by_a_link_once(db) {
        let app = TestApp::start(db).await;
        let body = json!({"email": "Grace@Example.org", "role": "AGENT"});
        let (status, made) = app.owner().post("/tenants/invites/", body).await;
        assert_eq!((status, &made["email"]), (201, &json!("grace@example.org")), "{made}");
        let link = format!("/invites/{}/", token(&made));
        let mut grace = Browser::new(&app);
        let seen = grace.get(&link).await.1;
        assert_eq!((&seen["workspace"], &seen["has_account"]), (&json!("Test"), &json!(false)), "{seen}");

        let (status, refused) = grace.call(Method::POST, &link, json!({"password": "correct horse"})).await;
        assert_eq!((status, refused["errors"]["name"].is_array()), (400, true), "{refused}");
        let body = json!({"name": "Grace", "password": "correct horse"});
        assert_eq!(grace.call(Method::POST, &link, body.clone()).await.0, 201);
        let session = grace.get("/session/").await.1;
        assert_eq!((&session["user"]["name"], &session["role"]), (&json!("Grace"), &json!("AGENT")), "{session}");
        assert_eq!(Browser::new(&app).call(Method::POST, &link, body).await.0, 404, "a second time");
        assert_eq!(app.owner().get("/tenants/invites/").await.1["results"], json!([]));
        let (status, refused) =
            app.owner().post("/tenants/invites/", json!({"email": "grace@example.org", "role": "AGENT"})).await;
        assert_eq!((status, &refused["code"]), (409, &json!("already_member")));
        for (typed, count) in [("GRA", 1), ("grace@", 1), ("grace%20ada", 0)] {
            let (_, found) = app.owner().get(&format!("{MEMBERS}?count=true&search={typed}")).await;
            assert_eq!(found["count"], count, "{typed}");
        }
    }

    async fn somebody_known_joins_another_workspace_with_their_password(db) {
        let app = TestApp::start(db).await;
        user(&app, "ada@example.org", Role::Agent).await;
        let other = app.other_tenant().await;
        let (_, made) = other.post("/tenants/invites/", json!({"email": "ada@example.org", "role": "VIEWER"})).await;
        let link = format!("/invites/{}/", token(&made));
        let mut ada = Browser::new(&app);
        assert_eq!(ada.get(&link).await.1["has_account"], true);
        assert_eq!(ada.call(Method::POST, &link, json!({"password": "a guess at it"})).await.0, 401);
        assert_eq!(ada.call(Method::POST, &link, json!({"password": "correct horse"})).await.0, 201);
        let session = ada.get("/session/").await.1;
        assert_eq!((&session["tenant"]["name"], session["tenants"].as_array().unwrap().len()), (&json!("Other"), 2));
    }

    async fn invitations_end_by_hand_and_by_time(db) {
        let app = TestApp::start(db).await;
        let body = json!({"email": "grace@example.org", "role": "AGENT"});
        let (_, first) = app.owner().post("/tenants/invites/", body.clone()).await;
        let (_, second) = app.owner().post("/tenants/invites/", body).await;
        let status = async |made: &Value| app.anonymous().get(&format!("/invites/{}/", token(made))).await.0;
        assert_eq!((status(&first).await, status(&second).await), (404, 200), "the later one replaces the first");
        let path = format!("/tenants/invites/{}/", second["id"].as_str().unwrap());
        assert_eq!(app.owner().delete(&path).await.0, 204);
        assert_eq!(status(&second).await, 404);
        let (_, third) = app.owner().post("/tenants/invites/", json!({"email": "x@example.org", "role": "AGENT"})).await;
        app.clock.advance(7 * 86_400_000);
        assert_eq!(status(&third).await, 404);
    }

    async fn nobody_reaches_above_themselves_and_an_owner_stays(db) {
        let app = TestApp::start(db).await;
        user(&app, "owner@example.org", Role::Owner).await;
        user(&app, "ada@example.org", Role::Agent).await;
        let (owner, ada) = (member(&app, "owner@example.org").await, member(&app, "ada@example.org").await);
        let path = |member: &Value| format!("{MEMBERS}{}/", member["id"].as_str().unwrap());
        let admin = app.as_role(Role::Admin).await;
        assert_eq!(admin.patch(&path(&owner), json!({"role": "AGENT"})).await.0, 403);
        assert_eq!(admin.patch(&path(&ada), json!({"role": "OWNER"})).await.0, 403);
        assert_eq!(admin.post("/tenants/invites/", json!({"email": "e@example.org", "role": "OWNER"})).await.0, 403);
        assert_eq!(admin.post(&format!("{}reset/", path(&owner)), json!({})).await.0, 403);
        assert_eq!(admin.patch(&path(&ada), json!({"role": "MANAGER"})).await.1["role"], "MANAGER");
        for (status, body) in [
            app.owner().patch(&path(&owner), json!({"role": "ADMIN"})).await,
            app.owner().patch(&path(&owner), json!({"is_active": false})).await,
            app.owner().delete(&path(&owner)).await,
        ] {
            assert_eq!((status, &body["code"]), (409, &json!("last_owner")), "{body}");
        }
        assert_eq!(member(&app, "owner@example.org").await["role"], "OWNER");
    }

    async fn who_is_kept_out_is_out_at_once(db) {
        let app = TestApp::start(db).await;
        user(&app, "ada@example.org", Role::Agent).await;
        let mut ada = Browser::signed_in(&app, "ada@example.org", "correct horse").await;
        let path = format!("{MEMBERS}{}/", member(&app, "ada@example.org").await["id"].as_str().unwrap());
        assert_eq!(app.owner().patch(&path, json!({"is_active": false})).await.0, 200);
        assert_eq!(ada.get("/contacts/").await.0, 401);
        assert_eq!(app.owner().patch(&path, json!({"is_active": true})).await.0, 200);
        assert_eq!(ada.get("/contacts/").await.0, 200);
        assert_eq!(app.owner().delete(&path).await.0, 204);
        assert_eq!(ada.get("/contacts/").await.0, 401);
    }

    async fn a_link_sets_a_new_password_once_but_not_for_other_workspaces(db) {
        let app = TestApp::start(db).await;
        user(&app, "ada@example.org", Role::Agent).await;
        let mut ada = Browser::signed_in(&app, "ada@example.org", "correct horse").await;
        let path = format!("{MEMBERS}{}/reset/", member(&app, "ada@example.org").await["id"].as_str().unwrap());
        let (status, made) = app.owner().post(&path, json!({})).await;
        assert_eq!(status, 201, "{made}");
        let link = format!("/resets/{}/", token(&made));
        let nobody = app.anonymous();
        assert_eq!(nobody.get(&link).await.1["email"], "ada@example.org");
        assert_eq!(nobody.post(&link, json!({"password": "a new password"})).await.0, 204);
        assert_eq!(nobody.post(&link, json!({"password": "another password"})).await.0, 404);
        assert_eq!(ada.get("/session/").await.0, 401);
        Browser::signed_in(&app, "ada@example.org", "a new password").await;

        let other = app.other_tenant().await;
        let (_, made) = other.post("/tenants/invites/", json!({"email": "ada@example.org", "role": "AGENT"})).await;
        let join = format!("/invites/{}/", token(&made));
        assert_eq!(nobody.post(&join, json!({"password": "a new password"})).await.0, 201);
        let (status, refused) = app.owner().post(&path, json!({})).await;
        assert_eq!((status, &refused["code"]), (403, &json!("of_several_workspaces")));
    }

    async fn a_second_step_is_asked_for_and_no_code_is_good_twice(db) {
        let app = TestApp::start(db).await;
        user(&app, "ada@example.org", Role::Agent).await;
        let mut ada = Browser::signed_in(&app, "ada@example.org", "correct horse").await;
        let path = "/users/me/second-step/";
        assert_eq!(ada.call(Method::POST, path, json!({"password": "not hers"})).await.0, 400);
        let (status, made) = ada.call(Method::POST, path, json!({"password": "correct horse"})).await;
        assert_eq!(status, 201, "{made}");
        let secret = made["secret"].as_str().unwrap().to_owned();
        let now = || code(&secret, app.clock.now().as_ms() / 1_000);
        assert_eq!(ada.call(Method::POST, &format!("{path}confirm/"), json!({"code": "000000"})).await.0, 400);
        let (status, codes) = ada.call(Method::POST, &format!("{path}confirm/"), json!({"code": now()})).await;
        assert_eq!(status, 200, "{codes}");
        assert_eq!(ada.get(path).await.1["recovery_codes_left"], 10);

        let sign_in = async |code: Option<String>| {
            let body = json!({"email": "ada@example.org", "password": "correct horse", "code": code});
            let (status, body) = app.anonymous().post("/session/", body).await;
            (status, body["code"].as_str().unwrap_or_default().to_owned())
        };
        assert_eq!(sign_in(None).await, (401, "code_required".to_owned()));
        assert_eq!(sign_in(Some(now())).await, (401, "wrong_code".to_owned()), "it confirmed already");
        app.clock.advance(30_000);
        assert_eq!(sign_in(Some(now())).await.0, 201);
        assert_eq!(sign_in(Some(now())).await.0, 401, "a second time");
        let recovery = codes["recovery_codes"][0].as_str().unwrap().to_lowercase();
        assert_eq!(sign_in(Some(recovery.clone())).await.0, 201);
        assert_eq!(sign_in(Some(recovery)).await.0, 401, "a second time");
        let (status, tokens) = app.anonymous().post("/token/", json!({"email": "ada@example.org", "password": "correct horse"})).await;
        assert_eq!((status, &tokens["code"]), (401, &json!("code_required")), "programs are asked, too");

        assert_eq!(ada.call(Method::POST, &format!("{path}remove/"), json!({"password": "correct horse"})).await.0, 204);
        assert_eq!(sign_in(None).await.0, 201);
    }

    async fn one_sees_and_ends_ones_own_browsers(db) {
        let app = TestApp::start(db).await;
        user(&app, "ada@example.org", Role::Agent).await;
        user(&app, "bob@example.org", Role::Agent).await;
        let mut ada = Browser::signed_in(&app, "ada@example.org", "correct horse").await;
        let mut elsewhere = Browser::signed_in(&app, "ada@example.org", "correct horse").await;
        let mut bob = Browser::signed_in(&app, "bob@example.org", "correct horse").await;
        let list = ada.get("/users/me/sessions/").await.1;
        let current: Vec<&Value> = list["results"].as_array().unwrap().iter().map(|one| &one["is_current"]).collect();
        assert_eq!((current.len(), current.iter().filter(|one| **one == true).count()), (2, 1), "{list}");
        let own = list["results"].as_array().unwrap().iter().find(|one| one["is_current"] == true).unwrap();
        let path = format!("/users/me/sessions/{}/", own["id"].as_str().unwrap());
        assert_eq!(bob.call(Method::DELETE, &path, Value::Null).await.0, 404, "another one's");

        assert_eq!(ada.call(Method::DELETE, "/users/me/sessions/", Value::Null).await.0, 204);
        assert_eq!((ada.get("/session/").await.0, elsewhere.get("/session/").await.0), (200, 401));
        let body = json!({"name": "Ada L.", "current_password": "correct horse", "new_password": "a new password"});
        let (status, me) = ada.call(Method::PATCH, "/users/me/", body).await;
        assert_eq!((status, &me["name"]), (200, &json!("Ada L.")), "{me}");
        assert_eq!((ada.get("/session/").await.0, bob.get("/session/").await.0), (200, 200));
    }
}
