//! People with WhatsApp: making them, and changing what is known of them.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    control::{Given, Refusal, Result},
    graph::{
        inbound, receipts,
        world::{World, digits},
    },
    state::Shared,
};

/// What may be said of a person; absent stays.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Profile {
    phone: Option<String>,
    name: Option<String>,
    user_id: Option<String>,
    username: Option<String>,
    hides_phone: Option<bool>,
    receipts: Option<bool>,
    auto_read: Option<bool>,
    online: Option<bool>,
}

/// The `wa_id` of somebody who is named in a path.
pub fn find(world: &World, name: &str) -> Result<String> {
    let person = world.person(name).map(|person| person.wa_id.clone());
    person.ok_or_else(|| Refusal::missing(format!("{name} does not use WhatsApp")))
}

fn set(world: &mut World, wa_id: &str, profile: Profile) -> Value {
    let person = world.ensure_person(wa_id);
    person.name = profile.name.unwrap_or_else(|| person.name.clone());
    person.user_id = profile.user_id.unwrap_or_else(|| person.user_id.clone());
    person.username = profile.username.or_else(|| person.username.clone());
    person.hides_phone = profile.hides_phone.unwrap_or(person.hides_phone);
    person.receipts = profile.receipts.unwrap_or(person.receipts);
    person.auto_read = profile.auto_read.unwrap_or(person.auto_read);
    person.online = profile.online.unwrap_or(person.online);
    json!(person)
}

pub async fn create(State(state): State<Shared>, Given(profile): Given<Profile>) -> Result<Json<Value>> {
    let wa_id = digits(profile.phone.as_deref().unwrap_or_default());
    if !(7..=15).contains(&wa_id.len()) {
        return Err(Refusal::bad("phone must be an international number"));
    }
    let made = set(&mut state.graph.world(), &wa_id, profile);
    state.events.tell(|| json!({"type": "graph_person", "wa_id": wa_id}));
    Ok(Json(made))
}

pub async fn list(State(state): State<Shared>) -> Json<Value> {
    let world = state.graph.world();
    let people: Vec<_> = world.people.values().take(1000).collect();
    Json(json!({"count": world.people.len(), "people": people}))
}

pub async fn show(State(state): State<Shared>, Path(name): Path<String>) -> Result<Json<Value>> {
    let world = state.graph.world();
    let wa_id = find(&world, &name)?;
    Ok(Json(json!(world.people.get(&wa_id))))
}

pub async fn change(
    State(state): State<Shared>,
    Path(name): Path<String>,
    Given(profile): Given<Profile>,
) -> Result<Json<Value>> {
    let mut world = state.graph.world();
    let wa_id = find(&world, &name)?;
    let is_back = profile.online == Some(true);
    let changed = set(&mut world, &wa_id, profile);
    if is_back {
        receipts::catch_up(&state, &mut world, &wa_id);
    }
    Ok(Json(changed))
}

/// The person gives WhatsApp up: messages to them fail from now on.
pub async fn leave(State(state): State<Shared>, Path(name): Path<String>) -> Result<Json<Value>> {
    let mut world = state.graph.world();
    let wa_id = find(&world, &name)?;
    world.people.remove(&wa_id);
    Ok(Json(json!({"left": wa_id})))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Move {
    to: String,
}

pub async fn change_number(
    State(state): State<Shared>,
    Path(name): Path<String>,
    Given(to): Given<Move>,
) -> Result<Json<Value>> {
    let mut world = state.graph.world();
    let wa_id = find(&world, &name)?;
    let to = digits(&to.to);
    if world.people.contains_key(&to) || !(7..=15).contains(&to.len()) {
        return Err(Refusal::conflict(format!("{to} is somebody's already, or no number")));
    }
    inbound::change_number(&state, &mut world, &wa_id, &to);
    Ok(Json(json!(world.people.get(&to))))
}
