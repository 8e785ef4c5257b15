//! How far a message got, told as statuses: sent, delivered, read, failed.

use serde_json::{Value, json};

use super::{
    error::title,
    hooks::{self, Change},
    threads::{Message, Status},
    world::{Person, World},
};
use crate::state::Shared;

/// A message leaves: sent, delivered if the phone is on, read if its person reads everything at once.
pub fn go(state: &Shared, world: &mut World, id: &str) {
    advance(state, world, id, Status::Sent);
    let Some((_, wa_id)) = world.places.get(id).cloned() else { return };
    let Some(person) = world.people.get(&wa_id).cloned() else { return };
    if person.online && is_receipted(world, id) {
        advance(state, world, id, Status::Delivered);
        if person.auto_read && person.receipts {
            advance(state, world, id, Status::Read);
        }
    }
}

/// Of a reaction nobody learns more than that it was sent.
fn is_receipted(world: &mut World, id: &str) -> bool {
    world.message(id).is_some_and(|message| message.kind != "reaction")
}

/// Moves a message forward and tells it; a message never goes back.
pub fn advance(state: &Shared, world: &mut World, id: &str, status: Status) {
    let Some(message) = world.message(id) else { return };
    if message.status < status {
        message.status = status;
        tell(state, world, id, status.name(), None);
    }
}

pub fn fail(state: &Shared, world: &mut World, id: &str, code: i64) {
    let Some(message) = world.message(id) else { return };
    message.status = Status::Failed;
    message.error = Some(code);
    tell(state, world, id, "failed", Some(code));
}

/// The person has the thread open: what was delivered is read, and said so if they let it be said.
pub fn read_all(state: &Shared, world: &mut World, number: &str, wa_id: &str) -> usize {
    if !world.people.get(wa_id).is_some_and(|person| person.receipts) {
        return 0;
    }
    let unread = |message: &&Message| {
        !message.is_own && message.kind != "reaction" && matches!(message.status, Status::Sent | Status::Delivered)
    };
    let ids: Vec<_> = world.thread(number, wa_id).messages.iter().filter(unread).map(|one| one.id.clone()).collect();
    ids.iter().for_each(|id| advance(state, world, id, Status::Read));
    ids.len()
}

/// The phone is on again: what waited is delivered.
pub fn catch_up(state: &Shared, world: &mut World, wa_id: &str) {
    let waiting: Vec<_> = world
        .threads
        .iter()
        .filter(|((_, person), _)| person == wa_id)
        .flat_map(|(_, thread)| &thread.messages)
        .filter(|message| !message.is_own && message.status == Status::Sent && message.kind != "reaction")
        .map(|message| message.id.clone())
        .collect();
    waiting.iter().for_each(|id| advance(state, world, id, Status::Delivered));
}

/// Tells a status, whether it is new or not: the control API may repeat and disorder them.
pub fn tell(state: &Shared, world: &mut World, id: &str, status: &str, code: Option<i64>) {
    let Some((number, wa_id)) = world.places.get(id).cloned() else { return };
    let Some(message) = world.message(id).cloned() else { return };
    let person = world.people.get(&wa_id).cloned();
    let value = value(world, &number, &wa_id, person.as_ref(), &message, (status, code, state.now()));
    let Some(value) = value else { return };
    hooks::tell(state, world, &change(world, &number, &wa_id, "messages", value));
    changed(state, &number, &wa_id);
}

/// A change of one number, in the order of its person.
pub fn change(world: &World, number: &str, wa_id: &str, field: &str, value: Value) -> Change {
    let waba_id = world.numbers.get(number).map(|number| number.waba_id.clone()).unwrap_or_default();
    Change { waba_id, number: Some(number.to_owned()), lane: wa_id.to_owned(), field: field.to_owned(), value }
}

/// The page shows the thread anew.
pub fn changed(state: &Shared, number: &str, wa_id: &str) {
    state.events.tell(|| json!({"type": "graph_thread", "number": number, "wa_id": wa_id}));
}

/// What every value of a number begins with.
pub fn envelope(world: &World, number: &str) -> Option<Value> {
    let number = world.numbers.get(number)?;
    Some(json!({"messaging_product": "whatsapp",
        "metadata": {"display_phone_number": number.digits(), "phone_number_id": number.id}}))
}

/// Whether the phone number of `person` stays out of what this number hears.
pub fn hides(person: &Person) -> bool {
    person.hides_phone && person.username.is_some()
}

/// A person as `contacts[]` shows them.
pub fn contact(person: &Person) -> Value {
    let mut shown = json!({"profile": {"name": person.name}, "user_id": person.user_id});
    if let Some(username) = &person.username {
        shown["profile"]["username"] = username.clone().into();
    }
    if !hides(person) {
        shown["wa_id"] = person.wa_id.clone().into();
    }
    shown
}

fn value(
    world: &World,
    number: &str,
    wa_id: &str,
    person: Option<&Person>,
    message: &Message,
    (status, code, now): (&str, Option<i64>, i64),
) -> Option<Value> {
    let mut value = envelope(world, number)?;
    let mut shown = json!({"id": message.id, "status": status, "timestamp": now.to_string()});
    let is_hidden = person.is_some_and(hides);
    if !is_hidden || !message.by_user_id {
        shown["recipient_id"] = wa_id.into();
    }
    let told = person.filter(|_| status != "failed" || message.by_user_id);
    if let Some(person) = told {
        shown["recipient_user_id"] = person.user_id.clone().into();
        value["contacts"] = json!([contact(person)]);
    }
    if let Some(opaque) = &message.opaque {
        shown["biz_opaque_callback_data"] = opaque.clone().into();
    }
    if matches!(status, "sent" | "delivered") {
        let kind = if message.category == "service" { "free_customer_service" } else { "regular" };
        shown["pricing"] = json!({"billable": kind == "regular", "pricing_model": "PMP", "type": kind,
            "category": message.category});
    }
    if let Some(code) = code {
        let title = title(code);
        shown["errors"] = json!([{"code": code, "title": title, "message": title,
            "error_data": {"details": title}, "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/"}]);
    }
    value["statuses"] = json!([shown]);
    Some(value)
}
