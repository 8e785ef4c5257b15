//! Every operation × (no token, each role, another tenant). An operation that is not in the table fails the test.

use std::collections::BTreeMap;

use crate::imports;
use axum::http::Method;
use model::{Clock, Id, Permission, Role, bot::Bot, contact::Contact, conversation::ConversationKind};
use serde_json::{Value, json};
use store::conversations;
use testkit::{Client, TestApp, db_test};

/// Who may call an operation.
#[derive(Debug, Clone, Copy)]
enum Need {
    /// Everybody, without a token.
    Open,
    /// Everybody with a token.
    Token,
    /// Meta, whose deliveries carry a signature, and its handshake a token of ours.
    Signed,
    Of(Permission),
}

use Need::{Of, Open, Signed, Token};
use Permission::{Administer, Converse, Manage, Read};

const TABLE: &[(&str, Need)] = &[
    ("DELETE /broadcast/templates/{id}/", Of(Manage)),
    ("DELETE /broadcast/{id}/", Of(Manage)),
    ("DELETE /contacts/attributes/{id}/", Of(Manage)),
    ("DELETE /contacts/segments/{id}/", Of(Manage)),
    ("DELETE /contacts/{id}/", Of(Manage)),
    ("DELETE /session/", Token),
    ("DELETE /team-inbox/api/canned-responses/{id}/", Of(Converse)),
    ("DELETE /team-inbox/api/conversations/{id}/draft/", Of(Converse)),
    ("DELETE /team-inbox/api/labels/{id}/", Of(Converse)),
    ("DELETE /team-inbox/api/messages/{id}/", Of(Converse)),
    ("DELETE /team-inbox/api/views/{id}/", Of(Converse)),
    ("DELETE /telegram/v1/bots/{id}/", Of(Manage)),
    ("DELETE /telegram/v1/messages/{id}/", Of(Converse)),
    ("DELETE /tenants/invites/{id}/", Of(Administer)),
    ("DELETE /tenants/members/{id}/", Of(Administer)),
    ("DELETE /tenants/tenant-access-keys/{id}/", Of(Administer)),
    ("DELETE /users/me/sessions/", Token),
    ("DELETE /users/me/sessions/{id}/", Token),
    ("DELETE /webhooks/endpoints/{id}/", Of(Administer)),
    ("DELETE /whatsapp/v1/numbers/{id}/", Of(Manage)),
    ("DELETE /whatsapp/v1/templates/{id}/", Of(Manage)),
    ("GET /activity/", Of(Read)),
    ("GET /activity/export/", Of(Read)),
    ("GET /broadcast/", Of(Read)),
    ("GET /broadcast/dashboard/", Of(Read)),
    ("GET /broadcast/messages/", Of(Read)),
    ("GET /broadcast/templates/", Of(Read)),
    ("GET /broadcast/templates/{id}/", Of(Read)),
    ("GET /broadcast/{id}/", Of(Read)),
    ("GET /broadcast/{id}/messages/", Of(Read)),
    ("GET /broadcast/{id}/results/", Of(Read)),
    ("GET /broadcast/{id}/series/", Of(Read)),
    ("GET /contacts/", Of(Read)),
    ("GET /contacts/attributes/", Of(Read)),
    ("GET /contacts/attributes/{id}/", Of(Read)),
    ("GET /contacts/duplicates/", Of(Read)),
    ("GET /contacts/export/", Of(Manage)),
    ("GET /contacts/import/", Of(Read)),
    ("GET /contacts/import/{id}/", Of(Read)),
    ("GET /contacts/import/{id}/errors/", Of(Read)),
    ("GET /contacts/jobs/", Of(Read)),
    ("GET /contacts/jobs/{id}/", Of(Read)),
    ("GET /contacts/segments/", Of(Read)),
    ("GET /contacts/segments/fields/", Of(Read)),
    ("GET /contacts/segments/{id}/", Of(Read)),
    ("GET /contacts/segments/{id}/count/", Of(Read)),
    ("GET /contacts/settings/", Of(Read)),
    ("GET /contacts/{id}/", Of(Read)),
    ("GET /contacts/{id}/consent/", Of(Read)),
    ("GET /contacts/{id}/data-export/", Of(Administer)),
    ("GET /contacts/{id}/merges/", Of(Read)),
    ("GET /healthz", Open),
    ("GET /invites/{token}/", Open),
    ("GET /metrics", Open),
    ("GET /r/{code}/", Open),
    ("GET /readyz", Open),
    ("GET /resets/{token}/", Open),
    ("GET /session/", Token),
    ("GET /setup/", Open),
    ("GET /team-inbox/api/canned-responses/", Of(Read)),
    ("GET /team-inbox/api/canned-responses/{id}/", Of(Read)),
    ("GET /team-inbox/api/conversations/", Of(Read)),
    ("GET /team-inbox/api/conversations/counts/", Of(Read)),
    ("GET /team-inbox/api/conversations/{id}/", Of(Read)),
    ("GET /team-inbox/api/conversations/{id}/draft/", Of(Read)),
    ("GET /team-inbox/api/conversations/{id}/timeline/", Of(Read)),
    ("GET /team-inbox/api/drafts/", Of(Read)),
    ("GET /team-inbox/api/export-pdf/", Of(Read)),
    ("GET /team-inbox/api/labels/", Of(Read)),
    ("GET /team-inbox/api/labels/{id}/", Of(Read)),
    ("GET /team-inbox/api/media/{message_id}/{index}/", Of(Read)),
    ("GET /team-inbox/api/members/", Of(Read)),
    ("GET /team-inbox/api/mentions/", Of(Read)),
    ("GET /team-inbox/api/messages/", Of(Read)),
    ("GET /team-inbox/api/messages/{id}/", Of(Read)),
    ("GET /team-inbox/api/search/", Of(Read)),
    ("GET /team-inbox/api/stats/", Of(Read)),
    ("GET /team-inbox/api/stream/", Of(Read)),
    ("GET /team-inbox/api/views/", Of(Read)),
    ("GET /team-inbox/api/views/{id}/", Of(Read)),
    ("GET /telegram/v1/bots/", Of(Read)),
    ("GET /telegram/v1/bots/{id}/", Of(Read)),
    ("GET /telegram/v1/bots/{id}/queue/", Of(Read)),
    ("GET /telegram/v1/bots/{id}/series/", Of(Read)),
    ("GET /telegram/v1/bots/{id}/webhook_info/", Of(Read)),
    ("GET /telegram/v1/messages/", Of(Read)),
    ("GET /telegram/v1/messages/{id}/", Of(Read)),
    ("GET /telegram/v1/webhook-events/", Of(Read)),
    ("GET /telegram/v1/webhook-events/{id}/", Of(Read)),
    ("GET /telegram/v1/webhooks/{bot_app_id}/", Open),
    ("GET /tenants/invites/", Of(Administer)),
    ("GET /tenants/members/", Of(Read)),
    ("GET /tenants/settings/", Of(Read)),
    ("GET /tenants/tenant-access-keys/", Of(Administer)),
    ("GET /users/me/", Token),
    ("GET /users/me/second-step/", Token),
    ("GET /users/me/sessions/", Token),
    ("GET /version/", Open),
    ("GET /webhooks/deliveries/", Of(Administer)),
    ("GET /webhooks/deliveries/{id}/", Of(Administer)),
    ("GET /webhooks/endpoints/", Of(Administer)),
    ("GET /webhooks/endpoints/{id}/", Of(Administer)),
    ("GET /whatsapp/v1/messages/", Of(Read)),
    ("GET /whatsapp/v1/messages/{id}/", Of(Read)),
    ("GET /whatsapp/v1/numbers/", Of(Read)),
    ("GET /whatsapp/v1/numbers/{id}/", Of(Read)),
    ("GET /whatsapp/v1/numbers/{id}/webhook_info/", Of(Manage)),
    ("GET /whatsapp/v1/templates/", Of(Read)),
    ("GET /whatsapp/v1/templates/{id}/", Of(Read)),
    ("GET /whatsapp/v1/webhooks/", Signed),
    ("GET /whatsapp/v1/webhooks/{number_id}/", Signed),
    ("GET /ws/team-inbox/{tenant_id}/", Of(Read)),
    ("PATCH /broadcast/templates/{id}/", Of(Manage)),
    ("PATCH /broadcast/{id}/", Of(Manage)),
    ("PATCH /contacts/attributes/{id}/", Of(Manage)),
    ("PATCH /contacts/import/{id}/", Of(Manage)),
    ("PATCH /contacts/segments/{id}/", Of(Manage)),
    ("PATCH /contacts/settings/", Of(Administer)),
    ("PATCH /contacts/{id}/", Of(Converse)),
    ("PATCH /session/", Token),
    ("PATCH /team-inbox/api/canned-responses/{id}/", Of(Converse)),
    ("PATCH /team-inbox/api/labels/{id}/", Of(Converse)),
    ("PATCH /team-inbox/api/messages/{id}/", Of(Converse)),
    ("PATCH /team-inbox/api/views/{id}/", Of(Converse)),
    ("PATCH /telegram/v1/bots/{id}/", Of(Manage)),
    ("PATCH /telegram/v1/messages/{id}/", Of(Converse)),
    ("PATCH /tenants/members/{id}/", Of(Administer)),
    ("PATCH /tenants/settings/", Of(Administer)),
    ("PATCH /users/me/", Token),
    ("PATCH /webhooks/endpoints/{id}/", Of(Administer)),
    ("PATCH /whatsapp/v1/numbers/{id}/", Of(Manage)),
    ("POST /broadcast/", Of(Manage)),
    ("POST /broadcast/audience/", Of(Manage)),
    ("POST /broadcast/preview/", Of(Manage)),
    ("POST /broadcast/templates/", Of(Manage)),
    ("POST /broadcast/{id}/cancel/", Of(Manage)),
    ("POST /broadcast/{id}/duplicate/", Of(Manage)),
    ("POST /broadcast/{id}/pause/", Of(Manage)),
    ("POST /broadcast/{id}/rate/", Of(Manage)),
    ("POST /broadcast/{id}/resume/", Of(Manage)),
    ("POST /broadcast/{id}/retry_failed/", Of(Manage)),
    ("POST /broadcast/{id}/retry_unknown/", Of(Manage)),
    ("POST /broadcast/{id}/start/", Of(Manage)),
    ("POST /broadcast/{id}/test/", Of(Manage)),
    ("POST /contacts/", Of(Manage)),
    ("POST /contacts/attributes/", Of(Manage)),
    ("POST /contacts/bulk/delete/", Of(Manage)),
    ("POST /contacts/bulk/tag/", Of(Manage)),
    ("POST /contacts/bulk/untag/", Of(Manage)),
    ("POST /contacts/duplicates/dismiss/", Of(Manage)),
    ("POST /contacts/import/", Of(Manage)),
    ("POST /contacts/import/{id}/cancel/", Of(Manage)),
    ("POST /contacts/import/{id}/dry_run/", Of(Manage)),
    ("POST /contacts/import/{id}/pause/", Of(Manage)),
    ("POST /contacts/import/{id}/resume/", Of(Manage)),
    ("POST /contacts/import/{id}/start/", Of(Manage)),
    ("POST /contacts/jobs/", Of(Manage)),
    ("POST /contacts/jobs/{id}/cancel/", Of(Manage)),
    ("POST /contacts/segments/", Of(Manage)),
    ("POST /contacts/segments/count/", Of(Read)),
    ("POST /contacts/{id}/erase/", Of(Administer)),
    ("POST /contacts/{id}/link/", Of(Converse)),
    ("POST /contacts/{id}/merge/", Of(Manage)),
    ("POST /contacts/{id}/merge/preview/", Of(Manage)),
    ("POST /contacts/{id}/merges/{other}/undo/", Of(Manage)),
    ("POST /contacts/{id}/split/", Of(Manage)),
    ("POST /invites/{token}/", Open),
    ("POST /refresh/", Open),
    ("POST /resets/", Open),
    ("POST /resets/{token}/", Open),
    ("POST /session/", Open),
    ("POST /setup/", Open),
    ("POST /team-inbox/api/canned-responses/", Of(Converse)),
    ("POST /team-inbox/api/canned-responses/{id}/render/", Of(Read)),
    ("POST /team-inbox/api/conversations/bulk/", Of(Converse)),
    ("POST /team-inbox/api/conversations/{id}/assign/", Of(Converse)),
    ("POST /team-inbox/api/conversations/{id}/close/", Of(Converse)),
    ("POST /team-inbox/api/conversations/{id}/labels/", Of(Converse)),
    ("POST /team-inbox/api/conversations/{id}/mark_read/", Of(Converse)),
    ("POST /team-inbox/api/conversations/{id}/mark_unread/", Of(Converse)),
    ("POST /team-inbox/api/conversations/{id}/messages/", Of(Converse)),
    ("POST /team-inbox/api/conversations/{id}/presence/", Of(Read)),
    ("POST /team-inbox/api/conversations/{id}/reopen/", Of(Converse)),
    ("POST /team-inbox/api/conversations/{id}/snooze/", Of(Converse)),
    ("POST /team-inbox/api/conversations/{id}/typing/", Of(Converse)),
    ("POST /team-inbox/api/conversations/{id}/undo/", Of(Converse)),
    ("POST /team-inbox/api/labels/", Of(Converse)),
    ("POST /team-inbox/api/messages/{id}/cancel/", Of(Converse)),
    ("POST /team-inbox/api/messages/{id}/react/", Of(Converse)),
    ("POST /team-inbox/api/messages/{id}/retry/", Of(Converse)),
    ("POST /team-inbox/api/preview/", Of(Read)),
    ("POST /team-inbox/api/ticket/", Of(Read)),
    ("POST /team-inbox/api/views/", Of(Converse)),
    ("POST /telegram/v1/bots/", Of(Manage)),
    ("POST /telegram/v1/bots/{id}/activate/", Of(Manage)),
    ("POST /telegram/v1/bots/{id}/deactivate/", Of(Manage)),
    ("POST /telegram/v1/bots/{id}/register_webhook/", Of(Manage)),
    ("POST /telegram/v1/bots/{id}/test_auth/", Of(Manage)),
    ("POST /telegram/v1/messages/", Of(Converse)),
    ("POST /telegram/v1/messages/send/", Of(Converse)),
    ("POST /telegram/v1/messages/{id}/cancel/", Of(Converse)),
    ("POST /telegram/v1/messages/{id}/retry/", Of(Converse)),
    ("POST /telegram/v1/webhook-events/{id}/retry/", Of(Manage)),
    ("POST /telegram/v1/webhooks/{bot_app_id}/", Open),
    ("POST /tenants/invites/", Of(Administer)),
    ("POST /tenants/members/{id}/reset/", Of(Administer)),
    ("POST /tenants/settings/automation/try/", Of(Administer)),
    ("POST /tenants/tenant-access-keys/", Of(Administer)),
    ("POST /tenants/tenant-access-keys/{id}/restore/", Of(Administer)),
    ("POST /tenants/tenant-access-keys/{id}/rotate/", Of(Administer)),
    ("POST /token/", Open),
    ("POST /users/me/second-step/", Token),
    ("POST /users/me/second-step/confirm/", Token),
    ("POST /users/me/second-step/remove/", Token),
    ("POST /webhooks/deliveries/{id}/resend/", Of(Administer)),
    ("POST /webhooks/endpoints/", Of(Administer)),
    ("POST /webhooks/endpoints/{id}/disable/", Of(Administer)),
    ("POST /webhooks/endpoints/{id}/enable/", Of(Administer)),
    ("POST /webhooks/endpoints/{id}/replay/", Of(Administer)),
    ("POST /webhooks/endpoints/{id}/rotate/", Of(Administer)),
    ("POST /webhooks/endpoints/{id}/test/", Of(Administer)),
    ("POST /whatsapp/v1/messages/", Of(Converse)),
    ("POST /whatsapp/v1/messages/{id}/cancel/", Of(Converse)),
    ("POST /whatsapp/v1/messages/{id}/retry/", Of(Converse)),
    ("POST /whatsapp/v1/numbers/", Of(Manage)),
    ("POST /whatsapp/v1/numbers/{id}/activate/", Of(Manage)),
    ("POST /whatsapp/v1/numbers/{id}/deactivate/", Of(Manage)),
    ("POST /whatsapp/v1/numbers/{id}/register_webhook/", Of(Manage)),
    ("POST /whatsapp/v1/numbers/{id}/test_auth/", Of(Manage)),
    ("POST /whatsapp/v1/templates/", Of(Manage)),
    ("POST /whatsapp/v1/templates/sync/", Of(Manage)),
    ("POST /whatsapp/v1/webhooks/", Signed),
    ("POST /whatsapp/v1/webhooks/{number_id}/", Signed),
    ("PUT /broadcast/templates/{id}/", Of(Manage)),
    ("PUT /broadcast/{id}/", Of(Manage)),
    ("PUT /contacts/{id}/", Of(Converse)),
    ("PUT /team-inbox/api/canned-responses/{id}/", Of(Converse)),
    ("PUT /team-inbox/api/conversations/{id}/draft/", Of(Converse)),
    ("PUT /team-inbox/api/conversations/{id}/labels/", Of(Converse)),
    ("PUT /team-inbox/api/conversations/{id}/priority/", Of(Converse)),
    ("PUT /telegram/v1/bots/{id}/", Of(Manage)),
    ("PUT /whatsapp/v1/numbers/{id}/", Of(Manage)),
];

/// An id that nothing has.
const NOTHING: &str = "01939d5e-2b7c-7cc3-98c4-dc0c0c07398f";

fn operations() -> Vec<String> {
    let document = api::openapi();
    let paths = document["paths"].as_object().unwrap();
    let of = |(path, item): (&String, &Value)| {
        let methods = item.as_object().unwrap().keys();
        methods.map(|method| format!("{} {path}", method.to_uppercase())).collect::<Vec<_>>()
    };
    paths.iter().flat_map(of).collect()
}

fn split(operation: &str) -> (Method, &str) {
    let (method, path) = operation.split_once(' ').unwrap();
    (method.parse().unwrap(), path)
}

/// The path with `id` in place of its parameters.
fn filled(path: &str, id: &str) -> String {
    let segments = path.split('/').map(|segment| if segment.starts_with('{') { id } else { segment });
    segments.collect::<Vec<_>>().join("/")
}

async fn call(client: &Client, method: Method, path: &str) -> (u16, Value) {
    let has_body = [Method::POST, Method::PUT, Method::PATCH].contains(&method);
    client.call(method, path, has_body.then(|| json!({}))).await
}

#[test]
fn every_operation_is_in_the_table() {
    let mut rows: Vec<&str> = TABLE.iter().map(|(operation, _)| *operation).collect();
    assert!(rows.is_sorted(), "keep the table sorted");
    let mut described = operations();
    described.sort();
    rows.sort();
    assert_eq!(described, rows, "left: what the service has; right: the table");
}

db_test! {
    async fn roles_may_do_what_the_table_says(db) {
        let app = TestApp::start(db).await;
        let mut clients = Vec::new();
        for role in Role::ALL {
            clients.push((*role, app.as_role(*role).await));
        }
        for (operation, need) in TABLE {
            let (method, path) = split(operation);
            let path = filled(path, NOTHING);
            if matches!(need, Signed) {
                let (status, body) = call(&app.owner(), method, &path).await;
                assert!(matches!(status, 401 | 403 | 404), "{operation} without a signature: {status} {body}");
                continue;
            }
            let (nobody, _) = call(&app.anonymous(), method.clone(), &path).await;
            assert_eq!(!matches!(need, Open), nobody == 401 && path != "/token/", "{operation} without a token: {nobody}");
            for (role, client) in &clients {
                let (status, body) = call(client, method.clone(), &path).await;
                let allowed = match need {
                    Open | Token | Signed => true,
                    Of(permission) => role.allows(*permission),
                };
                assert_eq!(allowed, status != 403, "{operation} as {role}: {status} {body}");
                assert!(status != 401 && status < 500, "{operation} as {role}: {status} {body}");
            }
        }
    }

    async fn another_tenant_sees_and_changes_nothing(db) {
        let app = TestApp::start(db).await;
        let own = fixtures(&app).await;
        let (owner, other) = (app.owner(), app.other_tenant().await);
        let mut before = BTreeMap::new();
        for (resource, id) in &own {
            before.insert(*resource, shown(&owner, resource, id).await);
        }
        for (operation, need) in TABLE {
            let (method, path) = split(operation);
            // The tenant is no object of its own: its socket is tried by itself.
            if !matches!(need, Of(_)) || path.starts_with("/ws/") {
                continue;
            }
            if !path.contains('{') {
                let (_, answer) = call(&other, method, path).await;
                let text = answer.to_string();
                let leak = own.iter().find(|(_, id)| text.contains(id.as_str()));
                assert!(leak.is_none(), "{operation} shows {leak:?} to another tenant");
                continue;
            }
            let resource = path.split('{').next().unwrap();
            // Media are looked for by the message they stand in, of which any id will do.
            let resource = if resource == "/team-inbox/api/media/" { "/team-inbox/api/conversations/" } else { resource };
            let id = own.get(resource).unwrap_or_else(|| panic!("make a fixture for {resource}"));
            let (status, answer) = call(&other, method.clone(), &filled(path, id)).await;
            // Input that is wrong in itself may be refused before anything is looked for.
            let is_hidden = status == 404 || status == 400 && answer["errors"].is_object() && method != Method::GET;
            assert!(is_hidden, "{operation} of another tenant: {status} {answer}");
        }
        for (resource, id) in &own {
            assert_eq!(shown(&owner, resource, id).await, before[resource], "{resource} was changed by another tenant");
        }
    }
}

/// One object of the tenant for each resource, by the path before its id.
async fn fixtures(app: &TestApp) -> BTreeMap<&'static str, String> {
    let owner = app.owner();
    let mut ids = BTreeMap::new();
    for (resource, body) in [
        ("/broadcast/", json!({"name": "Sale", "message_text": "It has begun.", "status": "DRAFT"})),
        ("/broadcast/templates/", json!({"name": "Sale", "message_text": "It has begun."})),
        ("/contacts/", json!({"first_name": "Ada"})),
        ("/contacts/attributes/", json!({"name": "shoe_size", "type": "number"})),
        ("/contacts/segments/", json!({"name": "All", "rules": {"rules": []}})),
        ("/team-inbox/api/canned-responses/", json!({"shortcut": "hours", "text": "From 9 to 17."})),
        ("/team-inbox/api/labels/", json!({"name": "billing"})),
        ("/team-inbox/api/views/", json!({"name": "Mine", "query": "assignee=me"})),
        ("/tenants/tenant-access-keys/", json!({"name": "Shop"})),
        ("/webhooks/endpoints/", json!({"url": "https://shop.example.com/hooks"})),
    ] {
        let (status, made) = owner.post(resource, body).await;
        assert_eq!(status, 201, "{resource}: {made}");
        ids.insert(resource, made["id"].as_str().unwrap().to_owned());
    }
    let (status, invited) =
        owner.post("/tenants/invites/", json!({"email": "grace@example.org", "role": "AGENT"})).await;
    assert_eq!(status, 201, "{invited}");
    ids.insert("/tenants/invites/", invited["id"].as_str().unwrap().to_owned());
    crate::session::user(app, "ada@example.org", Role::Agent).await;
    let (_, people) = owner.get("/tenants/members/").await;
    ids.insert("/tenants/members/", people["results"][0]["id"].as_str().unwrap().to_owned());
    let import = imports::upload(&owner, "first_name\nAda\n", &[]).await.json();
    ids.insert("/contacts/import/", import["id"].as_str().unwrap().to_owned());
    let (status, job) = owner.post("/contacts/jobs/", json!({"action": "tag", "tags": ["x"], "filter": {}})).await;
    assert_eq!(status, 202, "{job}");
    ids.insert("/contacts/jobs/", job["id"].as_str().unwrap().to_owned());
    let path = format!("/webhooks/endpoints/{}/test/", ids["/webhooks/endpoints/"]);
    let (status, delivery) = owner.post(&path, json!({})).await;
    assert_eq!(status, 202, "{delivery}");
    ids.insert("/webhooks/deliveries/", delivery["id"].as_str().unwrap().to_owned());
    let bot = app.bot(4_242).await;
    ids.insert("/telegram/v1/bots/", bot.to_string());
    ids.insert("/team-inbox/api/conversations/", conversation(app, ids["/contacts/"].parse().unwrap(), bot).await);
    let (status, sent) = owner.post("/telegram/v1/messages/", json!({"chat_id": 77, "text": "hello"})).await;
    assert_eq!(status, 202, "{sent}");
    ids.insert("/telegram/v1/messages/", sent["id"].as_str().unwrap().to_owned());
    ids.insert("/team-inbox/api/messages/", sent["id"].as_str().unwrap().to_owned());
    let number = app.whatsapp_number("106540352242922").await;
    ids.insert("/whatsapp/v1/numbers/", number.to_string());
    ids.insert("/whatsapp/v1/templates/", app.whatsapp_template("hello", "Hello!").await.to_string());
    let template = json!({"to": "+14155550100", "template": {"name": "hello", "language": "en_US"}});
    let (status, sent) = owner.post("/whatsapp/v1/messages/", template).await;
    assert_eq!(status, 202, "{sent}");
    ids.insert("/whatsapp/v1/messages/", sent["id"].as_str().unwrap().to_owned());
    app.event(bot, 1).await;
    ids.insert("/telegram/v1/webhook-events/", first(&owner, "/telegram/v1/webhook-events/").await);
    ids
}

async fn conversation(app: &TestApp, contact: Id<Contact>, bot: Id<Bot>) -> String {
    let (scope, ids, now) = (app.scope(), app.app.ids.clone(), app.clock.now());
    let made = app
        .app
        .db
        .write(move |tx| conversations::open_for(tx, &scope, &*ids, contact, ConversationKind::Person, (bot, 77), now));
    made.await.unwrap().0.id.to_string()
}

/// The id of the newest object in a list.
async fn first(owner: &Client, resource: &str) -> String {
    let (_, list) = owner.get(resource).await;
    list["results"][0]["id"].as_str().unwrap_or_else(|| panic!("{resource} is empty: {list}")).to_owned()
}

/// The object as its owner sees it: by itself, or in the list where it has no address of its own.
async fn shown(owner: &Client, resource: &str, id: &str) -> Value {
    let (status, own) = owner.get(&format!("{resource}{id}/")).await;
    if status == 200 {
        return own;
    }
    let (_, list) = owner.get(resource).await;
    let found = list["results"].as_array().unwrap().iter().find(|item| item["id"] == id);
    found.unwrap_or_else(|| panic!("{resource}{id} is gone")).clone()
}
