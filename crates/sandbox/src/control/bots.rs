//! Bots as BotFather would handle them, and raw updates for them.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Given, Refusal, Result};
use crate::{
    bots::{Bot, split_token},
    inbox::QueueKey,
    state::{Shared, State as World},
};

const DAY_S: i64 = 24 * 3600;

pub fn find(state: &World, id: i64) -> Result<Arc<Bot>> {
    state.bots.get(id).ok_or_else(|| Refusal::missing(format!("there is no bot {id}")))
}

/// A bot with the token it has; what isn't given stays as it is, or is derived from the id.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registration {
    token: String,
    #[serde(alias = "first_name")]
    name: Option<String>,
    username: Option<String>,
    can_join_groups: Option<bool>,
    can_read_all_group_messages: Option<bool>,
    supports_inline_queries: Option<bool>,
}

pub async fn register(State(state): State<Shared>, Given(new): Given<Registration>) -> Result<Json<Value>> {
    let (id, secret) = split_token(&new.token).ok_or_else(|| Refusal::bad("token must be digits:secret"))?;
    let bot = state.bots.ensure(id);
    bot.set_secret(secret.to_owned());
    bot.change(|profile| {
        profile.first_name = new.name.unwrap_or_else(|| profile.first_name.clone());
        profile.username = new.username.unwrap_or_else(|| profile.username.clone());
        profile.can_join_groups = new.can_join_groups.unwrap_or(profile.can_join_groups);
        profile.can_read_all_group_messages =
            new.can_read_all_group_messages.unwrap_or(profile.can_read_all_group_messages);
        profile.supports_inline_queries = new.supports_inline_queries.unwrap_or(profile.supports_inline_queries);
    });
    Ok(Json(describe(&bot)))
}

fn describe(bot: &Bot) -> Value {
    let mut shown = bot.profile().as_me();
    let inbox = bot.inbox.state();
    shown["webhook_url"] = json!(inbox.webhook.as_ref().map(|webhook| &webhook.url));
    shown["pending_update_count"] = json!(inbox.pending.len());
    shown["lost_update_count"] = json!(inbox.lost);
    shown["allowed_updates"] = json!(inbox.allowed);
    shown
}

pub async fn list(State(state): State<Shared>) -> Json<Value> {
    let bots: Vec<_> = state.bots.list().iter().map(|bot| describe(bot)).collect();
    Json(json!({"count": bots.len(), "bots": bots}))
}

pub async fn show(State(state): State<Shared>, Path(id): Path<i64>) -> Result<Json<Value>> {
    Ok(Json(describe(&*find(&state, id)?)))
}

/// A token that is refused with 401 from now on.
#[derive(Deserialize)]
pub struct Rejection {
    token: String,
}

pub async fn reject_token(State(state): State<Shared>, Given(rejection): Given<Rejection>) -> Json<Value> {
    state.bots.reject(rejection.token);
    Json(json!({"ok": true}))
}

/// The secret that takes the revoked one's place.
#[derive(Deserialize)]
pub struct Revocation {
    new_token: Option<String>,
}

/// What BotFather's `/revoke` does: the old token answers 401, a new one takes its place.
pub async fn revoke(
    State(state): State<Shared>,
    Path(id): Path<i64>,
    Given(revocation): Given<Revocation>,
) -> Result<Json<Value>> {
    let bot = find(&state, id)?;
    let fresh = || format!("{id}:AA{:016x}{:016x}", state.random.next(), state.random.next());
    let token = revocation.new_token.unwrap_or_else(fresh);
    match split_token(&token) {
        Some((of, secret)) if of == id => bot.set_secret(secret.to_owned()),
        _ => return Err(Refusal::bad(format!("new_token must begin with {id}:"))),
    }
    Ok(Json(json!({"token": token})))
}

/// Hands any JSON object to a bot as an update, whatever its `allowed_updates` say.
pub async fn update(
    State(state): State<Shared>,
    Path(id): Path<i64>,
    Given(update): Given<Map<String, Value>>,
) -> Result<Json<Value>> {
    let bot = state.bots.ensure(id);
    let (queue, now_ms) = (queue_of(&update), state.now_ms());
    let expires_at_ms = now_ms + state.scaled_ms(DAY_S);
    let update_id = bot.inbox.push_raw(update, queue, expires_at_ms, now_ms, &state.random);
    let update_id = update_id.ok_or_else(|| Refusal::conflict("the bot's queue is full, or the update too large"))?;
    Ok(Json(json!({"update_id": update_id})))
}

/// The queue in which an update of that shape would stand.
fn queue_of(update: &Map<String, Value>) -> QueueKey {
    let Some((kind, body)) = update.iter().find(|(name, _)| *name != "update_id") else {
        return QueueKey::Other(String::new());
    };
    let chat = body["chat"]["id"].as_i64().unwrap_or(0);
    let user = body["from"]["id"].as_i64().or_else(|| body["user"]["id"].as_i64()).unwrap_or(0);
    match kind.as_str() {
        "message" | "edited_message" | "channel_post" | "edited_channel_post" => QueueKey::Chat(chat),
        "callback_query" => QueueKey::Callback(user),
        "my_chat_member" => QueueKey::Membership(chat),
        "chat_member" | "chat_join_request" => QueueKey::Member(user),
        "inline_query" | "chosen_inline_result" => QueueKey::Inline(user),
        "message_reaction" | "message_reaction_count" => QueueKey::Reaction(chat),
        "poll" => QueueKey::Poll(body["id"].as_str().unwrap_or_default().to_owned()),
        "poll_answer" => QueueKey::Poll(body["poll_id"].as_str().unwrap_or_default().to_owned()),
        "business_message" | "edited_business_message" | "deleted_business_messages" => QueueKey::Business(chat),
        other => QueueKey::Other(other.to_owned()),
    }
}
