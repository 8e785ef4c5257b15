//! Making people and changing what is known of them.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, Query, State},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Given, Refusal, Result, write};
use crate::{
    state::{Shared, State as World},
    users::{Profile, User},
};

const BULK_MAX: usize = 1_000_000;
const LIST_MAX: usize = 10_000;

pub fn find(state: &World, id: i64) -> Result<Arc<User>> {
    state.users.get(id).ok_or_else(|| Refusal::missing(format!("there is no user {id}")))
}

pub async fn create(State(state): State<Shared>, Given(mut profile): Given<Profile>) -> Result<Json<Profile>> {
    if profile.id < 0 {
        return Err(Refusal::bad("id must be positive"));
    }
    if profile.first_name.is_empty() {
        profile.first_name = "Somebody".into();
    }
    Ok(Json(state.users.put(profile).profile()))
}

/// Named fields are set; null removes one.
pub async fn change(
    State(state): State<Shared>,
    Path(id): Path<i64>,
    Given(fields): Given<Value>,
) -> Result<Json<Profile>> {
    let user = find(&state, id)?;
    let mut whole = json!(user.profile());
    for (name, value) in fields.as_object().into_iter().flatten() {
        whole[name] = value.clone();
    }
    let changed: Profile = serde_json::from_value(whole).map_err(|error| Refusal::bad(error.to_string()))?;
    user.change(|profile| *profile = changed);
    Ok(Json(user.profile()))
}

pub async fn show(State(state): State<Shared>, Path(id): Path<i64>) -> Result<Json<Value>> {
    Ok(Json(describe(&state, &*find(&state, id)?)))
}

fn describe(state: &World, user: &User) -> Value {
    let mut shown = json!(user.profile());
    shown["deleted"] = json!(user.is_deleted());
    let chats = state.rooms.of_user(user.id).into_iter().map(|(bot, started, blocked, last_message_id)| {
        json!({"bot": bot, "started": started, "blocked": blocked, "last_message_id": last_message_id})
    });
    shown["chats"] = chats.collect();
    shown
}

#[derive(Debug, Deserialize)]
#[serde(default)]
pub struct Page {
    after: i64,
    limit: usize,
}

impl Default for Page {
    fn default() -> Self {
        Self { after: 0, limit: 100 }
    }
}

pub async fn list(State(state): State<Shared>, Query(page): Query<Page>) -> Json<Value> {
    let users = state.users.list(page.after, page.limit.min(LIST_MAX));
    let users: Vec<_> = users.iter().map(|user| json!(user.profile())).collect();
    Json(json!({"count": state.users.count(), "users": users}))
}

/// Many people at once.
#[derive(Debug, Deserialize)]
pub struct Bulk {
    count: usize,
    /// The bot that each of them starts.
    start_with: Option<i64>,
    /// They count as started, but the bot gets no `/start`.
    #[serde(default)]
    silent: bool,
    /// Their ids are `first_id`, `first_id + 1` …
    first_id: Option<i64>,
}

pub async fn bulk(State(state): State<Shared>, Given(bulk): Given<Bulk>) -> Result<Json<Value>> {
    if bulk.count > BULK_MAX {
        return Err(Refusal::bad(format!("count must be at most {BULK_MAX}")));
    }
    let mut ids = Vec::with_capacity(bulk.count);
    for number in 0..bulk.count {
        let id = bulk.first_id.map_or(0, |first| first.saturating_add_unsigned(number as u64));
        let profile = Profile { id, first_name: format!("Person {}", number + 1), ..Profile::default() };
        let user = state.users.put(profile);
        if let Some(bot) = bulk.start_with {
            write::begin(&state, &user, bot, !bulk.silent)?;
        }
        ids.push(user.id);
    }
    Ok(Json(json!({"ids": ids})))
}
