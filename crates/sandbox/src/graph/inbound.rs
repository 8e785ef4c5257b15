//! What people do on their phones, as the numbers they write to hear it.

use serde_json::{Value, json};

use super::{
    hooks, receipts,
    threads::{Message, Status, WINDOW_MS},
    world::World,
};
use crate::state::Shared;

/// Something a person sends.
#[derive(Debug)]
pub struct Said {
    pub kind: String,
    pub content: Value,
    /// The message it answers.
    pub reply_to: Option<String>,
    /// Further keys of the message: `referral`, `errors`, what a test wants.
    pub extra: Value,
}

impl Said {
    pub fn new(kind: &str, content: Value) -> Self {
        Self { kind: kind.to_owned(), content, reply_to: None, extra: json!({}) }
    }
}

/// Writes what a person says into the thread, opens the window, tells the number. Returns the message's id.
pub fn say(state: &Shared, world: &mut World, number: &str, wa_id: &str, said: Said) -> Option<String> {
    let now_ms = state.now_ms();
    let id = world.next_wamid(wa_id, &state.random);
    let message = wire(world, number, wa_id, &id, &said, state.now())?;
    let mut kept = Message::new(id.clone(), true, now_ms, &said.kind, said.content);
    kept.reply_to = said.reply_to;
    kept.status = Status::Delivered;
    world.add_message(number, wa_id, kept, state.options.messages_per_chat_max);
    world.thread(number, wa_id).window_until_ms = now_ms + WINDOW_MS;
    receipts::read_all(state, world, number, wa_id);
    tell(state, world, number, wa_id, message);
    Some(id)
}

/// A person's reaction to what is in the thread; none takes it back.
pub fn react(state: &Shared, world: &mut World, number: &str, wa_id: &str, target: &str, emoji: Option<&str>) -> bool {
    let Some(message) = world.thread(number, wa_id).find(target) else { return false };
    message.reaction_of_person = emoji.map(str::to_owned);
    let mut content = json!({"message_id": target});
    if let Some(emoji) = emoji {
        content["emoji"] = emoji.into();
    }
    let id = world.next_wamid(wa_id, &state.random);
    let said = Said::new("reaction", content);
    let Some(message) = wire(world, number, wa_id, &id, &said, state.now()) else { return false };
    world.thread(number, wa_id).window_until_ms = state.now_ms() + WINDOW_MS;
    tell(state, world, number, wa_id, message);
    true
}

/// A message as webhooks carry it.
fn wire(world: &World, number: &str, wa_id: &str, id: &str, said: &Said, now: i64) -> Option<Value> {
    let person = world.people.get(wa_id)?;
    let mut message = json!({});
    if !receipts::hides(person) {
        message["from"] = wa_id.into();
    }
    message["from_user_id"] = person.user_id.clone().into();
    message["id"] = id.into();
    message["timestamp"] = now.to_string().into();
    message["type"] = said.kind.clone().into();
    if said.kind != "unsupported" {
        let mut content = said.content.clone();
        // The phone's own field; no webhook has it.
        if let Some(content) = content.as_object_mut() {
            content.shift_remove("file");
        }
        message[&said.kind] = content;
    }
    if let Some(reply_to) = &said.reply_to {
        let from = world.numbers.get(number)?.digits();
        message["context"] = json!({"from": from, "id": reply_to});
    }
    for (key, value) in said.extra.as_object().into_iter().flatten() {
        message[key] = value.clone();
    }
    Some(message)
}

fn tell(state: &Shared, world: &World, number: &str, wa_id: &str, message: Value) {
    let (Some(mut value), Some(person)) = (receipts::envelope(world, number), world.people.get(wa_id)) else { return };
    value["contacts"] = json!([receipts::contact(person)]);
    value["messages"] = json!([message]);
    hooks::tell(state, world, &receipts::change(world, number, wa_id, "messages", value));
    receipts::changed(state, number, wa_id);
}

/// The person moves to another number: every number that knows them hears of it, in a message without contacts.
pub fn change_number(state: &Shared, world: &mut World, wa_id: &str, to: &str) {
    let Some(mut person) = world.people.remove(wa_id) else { return };
    let before = std::mem::replace(&mut person.user_id, super::world::user_id(to, state.random.next()));
    to.clone_into(&mut person.wa_id);
    let (name, user_id) = (person.name.clone(), person.user_id.clone());
    world.people.insert(to.to_owned(), person);
    let numbers: Vec<_> =
        world.threads.keys().filter(|(_, of)| of == wa_id).map(|(number, _)| number.clone()).collect();
    for number in numbers {
        let key = (number.clone(), wa_id.to_owned());
        let Some(thread) = world.threads.remove(&key) else { continue };
        for message in &thread.messages {
            world.places.insert(message.id.clone(), (number.clone(), to.to_owned()));
        }
        world.threads.insert((number.clone(), to.to_owned()), thread);
        let id = world.next_wamid(to, &state.random);
        let body = format!("User {name} changed from {wa_id} to {to}");
        let system = json!({"body": body, "wa_id": to, "user_id": user_id, "type": "user_changed_number"});
        let message = json!({"from": wa_id, "from_user_id": before, "id": id, "timestamp": state.now().to_string(),
            "type": "system", "system": system});
        let Some(mut value) = receipts::envelope(world, &number) else { continue };
        let user_id = json!([{"wa_id": to, "user_id": {"previous": before, "current": user_id},
            "timestamp": state.now()}]);
        value["messages"] = json!([message]);
        hooks::tell(state, world, &receipts::change(world, &number, to, "messages", value));
        let Some(mut value) = receipts::envelope(world, &number) else { continue };
        value["user_id_update"] = user_id;
        hooks::tell(state, world, &receipts::change(world, &number, to, "user_id_update", value));
        receipts::changed(state, &number, to);
    }
}

/// The person stops or resumes marketing from one number.
pub fn set_marketing(state: &Shared, world: &mut World, number: &str, wa_id: &str, stops: bool) {
    world.thread(number, wa_id).stopped_marketing = stops;
    let (Some(mut value), Some(person)) = (receipts::envelope(world, number), world.people.get(wa_id)) else { return };
    let word = if stops { "stop" } else { "resume" };
    let mut preference = json!({"user_id": person.user_id, "category": "marketing_messages", "value": word,
        "detail": format!("User requested to {word} marketing messages"), "timestamp": state.now()});
    if !receipts::hides(person) {
        preference["wa_id"] = wa_id.into();
    }
    value["contacts"] = json!([receipts::contact(person)]);
    value["user_preferences"] = json!([preference]);
    hooks::tell(state, world, &receipts::change(world, number, wa_id, "user_preferences", value));
    receipts::changed(state, number, wa_id);
}
