//! What people do besides writing: press, react, vote, block, share their number, leave for good.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Given, Refusal, Result, people,
    place::{self, Place, Written},
    standing::At,
};
use crate::{
    bots::Bot,
    groups::Status,
    inbox::{NewUpdate, QueueKey},
    message::{Message, card},
    methods::{callback::ANSWER_MS_MAX, desk::Press},
    state::{Shared, State as World},
    users::User,
};

/// A button of a bot's message, by its text, its data, or its place.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pressing {
    bot: i64,
    chat: Option<i64>,
    message_id: i64,
    text: Option<String>,
    data: Option<String>,
    row: Option<usize>,
    column: Option<usize>,
    /// Sends `data` even though no button has it, as a forged client might.
    #[serde(default)]
    forged: bool,
}

pub async fn press(
    State(state): State<Shared>,
    Path(id): Path<i64>,
    Given(pressing): Given<Pressing>,
) -> Result<Json<Value>> {
    let user = people::find(&state, id)?;
    let place = Place::find(&state, &user, Some(pressing.bot), pressing.chat)?;
    let bot = state.bots.ensure(pressing.bot);
    let message = message_of(&state, &place, pressing.message_id)?;
    let button = match (&pressing.data, pressing.forged) {
        (Some(data), true) => json!({"callback_data": data}),
        _ => find_button(&message, &pressing).ok_or_else(|| Refusal::missing("that message has no such button"))?,
    };
    if let Some(data) = button["callback_data"].as_str() {
        let id = query(&state, &bot, &user, &message, data);
        return Ok(Json(json!({"callback_query_id": id})));
    }
    if button["request_contact"] == json!(true) {
        let message = share(&state, &place, &user)?;
        return Ok(Json(message.for_person()));
    }
    if message.keyboard.is_some() {
        let content = vec![("text", button["text"].clone())];
        let written = Written { content, ..Written::default() };
        return Ok(Json(place::write(&state, &place, &user, written)?.for_person()));
    }
    // Links open and texts are copied on the phone; no bot hears of it.
    Ok(Json(json!({"url": button["url"], "copied": button["copy_text"]["text"]})))
}

fn message_of(state: &World, place: &Place, id: i64) -> Result<Arc<Message>> {
    let found = state.rooms.peek(place.key(), |room| room.get(id).cloned()).flatten();
    found.ok_or_else(|| Refusal::missing(format!("there is no message {id}")))
}

fn find_button(message: &Message, pressing: &Pressing) -> Option<Value> {
    let inline = message.reply_markup.as_ref().map(|markup| &markup["inline_keyboard"]);
    let rows = inline.or_else(|| message.keyboard.as_ref().map(|keyboard| &keyboard["keyboard"]))?.as_array()?;
    if let (Some(row), Some(column)) = (pressing.row, pressing.column) {
        return rows.get(row)?.get(column).cloned();
    }
    let is_meant = |button: &&Value| match (&pressing.data, &pressing.text) {
        (Some(data), _) => button["callback_data"] == json!(data),
        (None, Some(text)) => button["text"] == json!(text),
        (None, None) => true,
    };
    rows.iter().filter_map(Value::as_array).flatten().find(is_meant).cloned()
}

fn query(state: &World, bot: &Bot, user: &User, message: &Message, data: &str) -> String {
    let id = (state.random.next() >> 1).to_string();
    let now_ms = state.now_ms();
    let mut desk = bot.desk();
    desk.presses.retain(|_, press| now_ms - press.at_ms <= ANSWER_MS_MAX);
    desk.presses.insert(id.clone(), Press { user: user.id, chat: message.chat_id, at_ms: now_ms });
    drop(desk);
    let payload = json!({"id": id, "from": user.sender().card, "message": message,
        "chat_instance": crate::random::mix(message.chat_id.cast_unsigned()).cast_signed().to_string(), "data": data});
    let expires_at_ms = now_ms + state.scaled_ms(150);
    let queue = QueueKey::Callback(user.id);
    state.push(bot, NewUpdate { kind: "callback_query", payload: card(&payload), queue, expires_at_ms });
    id
}

/// Shares one's own number, as the button of a reply keyboard does.
pub async fn share_phone(
    State(state): State<Shared>,
    Path(id): Path<i64>,
    Given(at): Given<At>,
) -> Result<Json<Value>> {
    let user = people::find(&state, id)?;
    let place = Place::find(&state, &user, Some(at.bot), None)?;
    Ok(Json(share(&state, &place, &user)?.for_person()))
}

fn share(state: &World, place: &Place, user: &User) -> Result<Arc<Message>> {
    let profile = user.profile();
    let phone = profile.phone.ok_or_else(|| Refusal::conflict("this person has no phone number"))?;
    let mut contact = json!({"phone_number": phone, "first_name": profile.first_name});
    if let Some(last_name) = profile.last_name {
        contact["last_name"] = json!(last_name);
    }
    contact["user_id"] = json!(user.id);
    place::write(state, place, user, Written { content: vec![("contact", contact)], ..Written::default() })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reacting {
    bot: Option<i64>,
    chat: Option<i64>,
    message_id: i64,
    /// One emoji, a list of emoji or of reaction objects; nothing takes the reaction back.
    #[serde(default)]
    reaction: Value,
}

pub async fn react(
    State(state): State<Shared>,
    Path(id): Path<i64>,
    Given(reacting): Given<Reacting>,
) -> Result<Json<Value>> {
    let user = people::find(&state, id)?;
    let place = Place::find(&state, &user, reacting.bot, reacting.chat)?;
    let new = reactions(&reacting.reaction);
    let (message, old) = state.rooms.with(place.key(), |room| {
        let id = reacting.message_id;
        let message = room.get_mut(id).ok_or_else(|| Refusal::missing(format!("there is no message {id}")))?;
        let old = message.reactions.iter().position(|(who, _)| *who == user.id);
        let old = old.map(|index| message.reactions.remove(index).1).unwrap_or_default();
        if !new.is_empty() {
            message.reactions.push((user.id, new.clone()));
        }
        Ok::<_, Refusal>((message.clone(), old))
    })?;
    let payload = json!({"chat": place.chat(), "message_id": message.id, "user": user.sender().card,
        "date": state.now(), "old_reaction": old, "new_reaction": new});
    for bot in place.bots(&state) {
        // In groups only administrators hear of reactions.
        let hears = match &place {
            Place::Private { .. } => true,
            Place::Group(group) => group.facts().status(bot.id).is_some_and(Status::is_admin),
        };
        if hears {
            state.push_for_a_day(&bot, "message_reaction", &payload, QueueKey::Reaction(message.chat_id));
        }
    }
    place::tell(&state, &place, "edited", &message);
    Ok(Json(payload))
}

fn reactions(given: &Value) -> Vec<Value> {
    let one = |value: &Value| match value.as_str() {
        Some(emoji) => json!({"type": "emoji", "emoji": emoji}),
        None => value.clone(),
    };
    match given {
        Value::Null => Vec::new(),
        Value::Array(list) => list.iter().map(one).collect(),
        value => vec![one(value)],
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vote {
    bot: Option<i64>,
    chat: Option<i64>,
    message_id: i64,
    /// Indexes of options.
    options: Vec<usize>,
}

pub async fn vote(State(state): State<Shared>, Path(id): Path<i64>, Given(vote): Given<Vote>) -> Result<Json<Value>> {
    let user = people::find(&state, id)?;
    let place = Place::find(&state, &user, vote.bot, vote.chat)?;
    let (message, poll) = state.rooms.with(place.key(), |room| {
        let no_poll = || Refusal::missing("that message is no poll");
        let message = room.get_mut(vote.message_id).ok_or_else(no_poll)?;
        let poll = message.content.iter_mut().find(|(name, _)| *name == "poll");
        let (_, poll) = poll.ok_or_else(no_poll)?;
        count_vote(poll, &vote.options)?;
        let poll = poll.clone();
        Ok::<_, Refusal>((message.clone(), poll))
    })?;
    place::tell(&state, &place, "edited", &message);
    let id = poll["id"].as_str().unwrap_or_default().to_owned();
    let queue = QueueKey::Poll(id.clone());
    place::push_all(&state, &place, "poll", &poll, &queue);
    if poll["is_anonymous"] == json!(false) {
        let answer = json!({"poll_id": id, "user": user.sender().card, "option_ids": vote.options});
        place::push_all(&state, &place, "poll_answer", &answer, &queue);
    }
    Ok(Json(poll))
}

fn count_vote(poll: &mut Value, options: &[usize]) -> Result<()> {
    if poll["is_closed"] == json!(true) {
        return Err(Refusal::conflict("the poll is closed"));
    }
    for index in options {
        let option = poll["options"].get_mut(*index);
        let option = option.ok_or_else(|| Refusal::bad(format!("the poll has no option {index}")))?;
        option["voter_count"] = json!(option["voter_count"].as_i64().unwrap_or(0) + 1);
    }
    poll["total_voter_count"] = json!(poll["total_voter_count"].as_i64().unwrap_or(0) + 1);
    Ok(())
}
