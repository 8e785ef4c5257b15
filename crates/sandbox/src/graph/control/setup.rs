//! Numbers, accounts, apps and tokens: what the App Dashboard and WhatsApp Manager are for.

use std::collections::BTreeSet;

use axum::{
    Json,
    extract::{Path, State},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    control::{Given, Refusal, Result},
    graph::{
        subscriptions, templates,
        world::{Account, App, Callback, Number, Token, World},
    },
    state::{Shared, State as Sandbox},
};

/// A number with all that it needs; what isn't named is made up, what is named and new is made.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewNumber {
    phone_number_id: Option<String>,
    waba_id: Option<String>,
    app_id: Option<String>,
    app_secret: Option<String>,
    access_token: Option<String>,
    display_phone_number: Option<String>,
    verified_name: Option<String>,
    messages_per_second: Option<u32>,
    /// Off, the number waits for `register`.
    is_registered: Option<bool>,
}

pub async fn create(State(state): State<Shared>, Given(new): Given<NewNumber>) -> Result<Json<Value>> {
    let mut world = state.graph.world();
    let id = new.phone_number_id.clone().unwrap_or_else(|| world.next_id());
    if world.numbers.contains_key(&id) {
        return Err(Refusal::conflict(format!("there is a number {id}")));
    }
    let all = [&new.phone_number_id, &new.waba_id, &new.app_id];
    if all.into_iter().flatten().any(|id| id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_digit())) {
        return Err(Refusal::bad("ids are digits"));
    }
    let app = app(&state, &mut world, &new);
    let waba_id = new.waba_id.clone().unwrap_or_else(|| world.next_id());
    let name = new.verified_name.clone().unwrap_or_else(|| format!("Business {waba_id}"));
    world.accounts.entry(waba_id.clone()).or_insert_with(|| Account {
        id: waba_id.clone(),
        name: name.clone(),
        ..Account::default()
    });
    let token = new.access_token.clone().unwrap_or_else(|| secret(&state, "EAA"));
    give_token(&mut world, &token, &app.id, Some(&waba_id));
    let ends = id.get(id.len().saturating_sub(4)..).unwrap_or("0000");
    let display = new.display_phone_number.clone().unwrap_or_else(|| format!("+49 30 5550 {ends}"));
    let is_registered = new.is_registered.unwrap_or(true);
    let number = Number {
        id: id.clone(),
        waba_id: waba_id.clone(),
        display_phone_number: display.clone(),
        verified_name: name.clone(),
        quality_rating: "GREEN".into(),
        status: if is_registered { "CONNECTED" } else { "PENDING" }.into(),
        pin: None,
        is_registered,
        messages_per_second: new.messages_per_second.unwrap_or(80),
        callback: None,
        registered_ms: Vec::new(),
        sent_ms: std::collections::VecDeque::new(),
    };
    world.numbers.insert(id.clone(), number);
    drop(world);
    state.events.tell(|| json!({"type": "graph_number", "id": id}));
    Ok(Json(json!({"phone_number_id": id, "waba_id": waba_id, "app_id": app.id, "app_secret": app.secret,
        "access_token": token, "display_phone_number": display, "verified_name": name})))
}

fn app(state: &Sandbox, world: &mut World, new: &NewNumber) -> App {
    let id = new.app_id.clone().unwrap_or_else(|| world.next_id());
    let made = App { id: id.clone(), secret: secret(state, ""), callback: None };
    let app = world.apps.entry(id).or_insert(made);
    if let Some(secret) = &new.app_secret {
        secret.clone_into(&mut app.secret);
    }
    app.clone()
}

/// A token that is known gets the account besides its others.
fn give_token(world: &mut World, token: &str, app_id: &str, waba_id: Option<&str>) {
    let known = world.tokens.entry(token.to_owned()).or_insert_with(|| Token {
        app_id: app_id.to_owned(),
        accounts: Some(BTreeSet::new()),
        is_revoked: false,
    });
    match (waba_id, &mut known.accounts) {
        (Some(waba_id), Some(accounts)) => drop(accounts.insert(waba_id.to_owned())),
        (None, accounts) => *accounts = None,
        (Some(_), None) => {}
    }
}

fn secret(state: &Sandbox, prefix: &str) -> String {
    format!("{prefix}{:016x}{:016x}", state.random.next(), state.random.next())
}

pub async fn list(State(state): State<Shared>) -> Json<Value> {
    let world = state.graph.world();
    let numbers: Vec<_> = world.numbers.values().collect();
    let (accounts, apps): (Vec<_>, Vec<_>) = (world.accounts.values().collect(), world.apps.keys().collect());
    Json(json!({"numbers": numbers, "accounts": accounts, "apps": apps}))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NumberChange {
    quality_rating: Option<String>,
    status: Option<String>,
    is_registered: Option<bool>,
    messages_per_second: Option<u32>,
    verified_name: Option<String>,
}

pub async fn change(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Given(change): Given<NumberChange>,
) -> Result<Json<Value>> {
    let mut world = state.graph.world();
    let number = world.numbers.get_mut(&id).ok_or_else(|| Refusal::missing(format!("there is no number {id}")))?;
    number.quality_rating = change.quality_rating.unwrap_or_else(|| number.quality_rating.clone());
    number.status = change.status.unwrap_or_else(|| number.status.clone());
    number.verified_name = change.verified_name.unwrap_or_else(|| number.verified_name.clone());
    number.is_registered = change.is_registered.unwrap_or(number.is_registered);
    number.messages_per_second = change.messages_per_second.unwrap_or(number.messages_per_second);
    Ok(Json(json!(number)))
}

/// Sets an app's own callback, after the handshake as the App Dashboard does; `null` takes it away.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppChange {
    callback: Option<Callback>,
}

pub async fn change_app(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Given(change): Given<AppChange>,
) -> Result<Json<Value>> {
    if let Some(callback) = &change.callback {
        let verified = subscriptions::verify(&state, callback).await;
        verified.map_err(|error| Refusal::bad(error.title))?;
    }
    let mut world = state.graph.world();
    let app = world.apps.get_mut(&id).ok_or_else(|| Refusal::missing(format!("there is no app {id}")))?;
    app.callback = change.callback;
    Ok(Json(json!({"id": app.id, "callback": app.callback})))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    app_id: String,
    access_token: Option<String>,
    /// None: all accounts.
    waba_id: Option<String>,
}

pub async fn create_token(State(state): State<Shared>, Given(new): Given<NewToken>) -> Result<Json<Value>> {
    let mut world = state.graph.world();
    if !world.apps.contains_key(&new.app_id) {
        return Err(Refusal::missing(format!("there is no app {}", new.app_id)));
    }
    let token = new.access_token.unwrap_or_else(|| secret(&state, "EAA"));
    give_token(&mut world, &token, &new.app_id, new.waba_id.as_deref());
    Ok(Json(json!({"access_token": token})))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revoked {
    access_token: String,
}

pub async fn revoke_token(State(state): State<Shared>, Given(revoked): Given<Revoked>) -> Result<Json<Value>> {
    let mut world = state.graph.world();
    let token =
        world.tokens.get_mut(&revoked.access_token).ok_or_else(|| Refusal::missing("there is no such token"))?;
    token.is_revoked = true;
    Ok(Json(json!({"revoked": true})))
}

/// What Meta does to a template: its review, its quality, another category.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TemplateChange {
    status: Option<String>,
    reason: Option<String>,
    quality: Option<String>,
    category: Option<String>,
}

pub async fn change_template(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Given(change): Given<TemplateChange>,
) -> Result<Json<Value>> {
    let mut world = state.graph.world();
    if !world.templates.contains_key(&id) {
        return Err(Refusal::missing(format!("there is no template {id}")));
    }
    if let Some(category) = &change.category {
        templates::set_category(&state, &mut world, &id, category);
    }
    if let Some(quality) = &change.quality {
        templates::set_quality(&state, &mut world, &id, quality);
    }
    if let Some(status) = &change.status {
        templates::set_status(&state, &mut world, &id, status, change.reason.as_deref());
    }
    Ok(Json(json!(world.templates.get(&id))))
}
