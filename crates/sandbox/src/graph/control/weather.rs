//! Settings, faults, and webhooks that come late, twice, together or in disorder.

use axum::{Json, extract::State};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    control::{Given, Refusal, Result},
    graph::{
        faults::{Fault, Scope},
        hooks::{self, Change, Release},
        world::Settings,
    },
    state::Shared,
};

pub async fn settings(State(state): State<Shared>) -> Json<Settings> {
    Json(state.graph.world().settings.clone())
}

/// Replaces all settings; what isn't named takes its default.
pub async fn set_settings(State(state): State<Shared>, Given(settings): Given<Settings>) -> Json<Settings> {
    state.graph.world().settings = settings.clone();
    Json(settings)
}

/// Adds a rule: where it holds (`object`, `edge`, `to`, `after`, `times`) and what happens (`kind` …).
pub async fn add_fault(State(state): State<Shared>, Given(rule): Given<Value>) -> Result<Json<Value>> {
    let Value::Object(mut fields) = rule else {
        return Err(Refusal::bad("a fault is an object with a kind"));
    };
    const SCOPE: [&str; 5] = ["object", "edge", "to", "after", "times"];
    let scope = SCOPE.iter().filter_map(|name| fields.shift_remove_entry(*name)).collect();
    let scope: Scope = serde_json::from_value(Value::Object(scope)).map_err(|error| Refusal::bad(error.to_string()))?;
    let fault: Fault =
        serde_json::from_value(Value::Object(fields)).map_err(|error| Refusal::bad(error.to_string()))?;
    let status = match &fault {
        Fault::Error { status, .. } => *status,
        Fault::Status { status } => Some(*status),
        _ => None,
    };
    if status.is_some_and(|status| !(200..=599).contains(&status)) {
        return Err(Refusal::bad("status must be an HTTP status from 200 to 599"));
    }
    Ok(Json(json!({"id": state.graph.faults.add(scope, fault)})))
}

pub async fn list_faults(State(state): State<Shared>) -> Json<Value> {
    Json(json!({"faults": state.graph.faults.list()}))
}

pub async fn clear_faults(State(state): State<Shared>) -> Json<Value> {
    state.graph.faults.clear();
    Json(json!({"faults": []}))
}

pub async fn webhooks(State(state): State<Shared>) -> Json<Value> {
    Json(state.graph.hooks.show())
}

/// Gathers all changes from now on, until they are released.
pub async fn hold(State(state): State<Shared>) -> Json<Value> {
    state.graph.hooks.hold();
    Json(state.graph.hooks.show())
}

/// How the gathered changes go out: so many in one call, from the last to the first, each call more than once.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Releasing {
    batch: usize,
    reverse: bool,
    duplicates: u32,
}

impl Default for Releasing {
    fn default() -> Self {
        Self { batch: 1, reverse: false, duplicates: 0 }
    }
}

pub async fn release(State(state): State<Shared>, Given(how): Given<Releasing>) -> Json<Value> {
    let Releasing { batch, reverse, duplicates } = how;
    let released = hooks::release(&state, Release { batch, reverse, duplicates: duplicates.min(100) });
    Json(json!({"released": released}))
}

/// Any change, as it is given: account events, kinds of tomorrow.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    waba_id: String,
    number: Option<String>,
    field: String,
    value: Value,
}

pub async fn tell(State(state): State<Shared>, Given(told): Given<Told>) -> Json<Value> {
    let Told { waba_id, number, field, value } = told;
    let world = state.graph.world();
    hooks::tell(&state, &world, &Change { lane: waba_id.clone(), waba_id, number, field, value });
    Json(json!({"ok": true}))
}
