//! The sandbox itself: faults, limits, starting over.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Given, Refusal, Result};
use crate::{
    faults::{Fault, Scope},
    options::Limits,
    state::Shared,
};

/// Adds a rule: where it holds (`bot`, `method`, `chat_id`, `after`, `times`, `until`) and what happens (`kind` …).
pub async fn add_fault(State(state): State<Shared>, Given(rule): Given<Value>) -> Result<Json<Value>> {
    let Value::Object(mut fields) = rule else {
        return Err(Refusal::bad("a fault is an object with a kind"));
    };
    const SCOPE: [&str; 6] = ["bot", "method", "chat_id", "after", "times", "until"];
    let scope = SCOPE.iter().filter_map(|name| fields.shift_remove_entry(*name)).collect();
    let scope: Scope = serde_json::from_value(Value::Object(scope)).map_err(|error| Refusal::bad(error.to_string()))?;
    let fault: Fault =
        serde_json::from_value(Value::Object(fields)).map_err(|error| Refusal::bad(error.to_string()))?;
    if let Fault::Status { code, .. } = &fault
        && !(200..=599).contains(code)
    {
        return Err(Refusal::bad("code must be an HTTP status from 200 to 599"));
    }
    Ok(Json(json!({"id": state.faults.add(scope, fault)})))
}

pub async fn list_faults(State(state): State<Shared>) -> Json<Value> {
    Json(json!({"faults": state.faults.list()}))
}

pub async fn clear_faults(State(state): State<Shared>) -> Json<Value> {
    state.faults.clear(None);
    Json(json!({"faults": []}))
}

pub async fn clear_fault(State(state): State<Shared>, Path(id): Path<u64>) -> Json<Value> {
    state.faults.clear(Some(id));
    Json(json!({"faults": state.faults.list()}))
}

pub async fn limits(State(state): State<Shared>) -> Json<Limits> {
    Json(state.limits())
}

/// The limits as the control API names them.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewLimits {
    bot_limit: Option<crate::options::Limit>,
    chat_limit: Option<crate::options::Limit>,
    group_limit: Option<crate::options::Limit>,
}

/// Replaces all limits; what isn't named isn't limited.
pub async fn set_limits(State(state): State<Shared>, Given(new): Given<NewLimits>) -> Json<Limits> {
    state.set_limits(Limits { bot: new.bot_limit, chat: new.chat_limit, group: new.group_limit });
    Json(state.limits())
}

pub async fn reset(State(state): State<Shared>) -> Json<Value> {
    state.reset();
    Json(json!({"ok": true}))
}
