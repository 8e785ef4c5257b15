//! `POST /{number}/messages`: a message to somebody, or the news that something was read or is being written.

use serde_json::{Value, json};

use super::{
    deliver,
    error::{GraphError, Result},
    faults::Fault,
    numbers::whatsapp,
    object::Object,
    outgoing, receipts,
    request::Request,
    threads::Status,
};
use crate::state::Shared;

/// A typing indicator ends by itself.
const TYPING_MS: i64 = 25_000;

pub async fn post(state: &Shared, request: &Request, fault: Option<&Fault>) -> Result<Value> {
    if request.body.get("status").is_some() {
        return mark_read(state, request);
    }
    let message = outgoing::read(&request.body)?;
    deliver::accept(state, &request.object, message, fault).await
}

/// Marks a person's message read, and all before it; with `typing_indicator` the person sees us writing.
fn mark_read(state: &Shared, request: &Request) -> Result<Value> {
    let body = Object::read(&request.body, "", &["messaging_product", "status", "message_id", "typing_indicator"])?;
    whatsapp(&body)?;
    if body.text("status", 20)? != "read" {
        return Err(GraphError::invalid("Param status must be one of {READ}"));
    }
    let id = body.text("message_id", 1000)?;
    let is_typing = match body.get("typing_indicator") {
        None => false,
        Some(indicator) => Object::read(indicator, "typing_indicator", &["type"])?.text("type", 20)? == "text",
    };
    let mut world = state.graph.world();
    let place = world.places.get(id).filter(|(number, _)| *number == request.object).cloned();
    let unknown = || GraphError::because(131_009, "message_id: the message is not known");
    let (number, wa_id) = place.ok_or_else(unknown)?;
    let thread = world.thread(&number, &wa_id);
    let at = thread.messages.iter().position(|message| message.id == id && message.is_own).ok_or_else(unknown)?;
    for message in thread.messages.iter_mut().take(at + 1).filter(|message| message.is_own) {
        message.status = Status::Read;
    }
    if is_typing {
        thread.typing_until_ms = state.now_ms() + TYPING_MS;
    }
    drop(world);
    receipts::changed(state, &number, &wa_id);
    Ok(json!({"success": true}))
}
