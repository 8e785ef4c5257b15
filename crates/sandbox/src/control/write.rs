//! Writing as a person: text and every kind of content, starting a bot, editing, deleting.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Given, Refusal, Result, attach, groups, people,
    place::{self, Place, Written},
};
use crate::{
    entities,
    inbox::QueueKey,
    message::{Fields, Message},
    methods::{copy, send::dice_max},
    rooms::RoomKey,
    state::{Shared, State as World},
    users::User,
};

const PAYLOAD_MAX: usize = 64;

/// What is written, and where. One of the content fields is needed.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Writing {
    bot: Option<i64>,
    chat: Option<i64>,
    pub text: Option<String>,
    pub entities: Option<Value>,
    pub caption: Option<String>,
    pub caption_entities: Option<Value>,
    pub photo: Option<Value>,
    pub video: Option<Value>,
    pub animation: Option<Value>,
    pub audio: Option<Value>,
    pub voice: Option<Value>,
    pub video_note: Option<Value>,
    pub document: Option<Value>,
    pub sticker: Option<Value>,
    location: Option<Value>,
    venue: Option<Value>,
    contact: Option<Value>,
    poll: Option<Value>,
    dice: Option<Value>,
    story: Option<Value>,
    /// A message id of the same chat.
    reply_to: Option<i64>,
    media_group_id: Option<String>,
    /// `{"message_id"}` of the same chat, or a whole `forward_origin`.
    forward: Option<Value>,
    /// The topic of a forum, by its number.
    thread: Option<i64>,
    /// `{"connection_id"}`: the message arrives as a business message.
    business: Option<Business>,
}

#[derive(Debug, Deserialize)]
pub struct Business {
    connection_id: String,
}

pub async fn send(
    State(state): State<Shared>,
    Path(id): Path<i64>,
    Given(writing): Given<Writing>,
) -> Result<Json<Value>> {
    let user = people::find(&state, id)?;
    let place = Place::find(&state, &user, writing.bot, writing.chat)?;
    let content = content(&state, &place, &writing)?;
    if let Some(business) = &writing.business {
        return business_message(&state, &place, &user, content, &business.connection_id);
    }
    let mut header = Fields::new();
    if let Some(forward) = &writing.forward {
        header.push(("forward_origin", origin(&state, &place, forward)?));
    }
    if let Some(thread) = writing.thread {
        let has_topic = matches!(&place, Place::Group(group) if group.facts().topics.contains_key(&thread));
        if !has_topic {
            return Err(Refusal::missing(format!("there is no topic {thread}")));
        }
        header.extend(groups::topic_header(thread));
    }
    if let Some(group) = &writing.media_group_id {
        header.push(("media_group_id", json!(group)));
    }
    let written = Written { header, content, reply_to: writing.reply_to };
    Ok(Json(place::write(&state, &place, &user, written)?.for_person()))
}

fn content(state: &World, place: &Place, writing: &Writing) -> Result<Fields> {
    if let Some(text) = &writing.text {
        return text_content("text", "entities", text, writing.entities.as_ref());
    }
    let mut content = match attach::content(state, place, writing)? {
        Some(content) => content,
        None => place_or_thing(state, writing)?,
    };
    if let Some(caption) = &writing.caption {
        content.extend(text_content("caption", "caption_entities", caption, writing.caption_entities.as_ref())?);
    }
    Ok(content)
}

/// What people write is not parsed; entities are found in it, unless they are given.
pub fn text_content(name: &'static str, list: &'static str, text: &str, given: Option<&Value>) -> Result<Fields> {
    if text.is_empty() || entities::units(text) > 4096 {
        return Err(Refusal::bad(format!("{name} must have 1 to 4096 UTF-16 units")));
    }
    let entities = given.cloned().or_else(|| entities::of_plain_text(text));
    let mut content: Fields = vec![(name, json!(text))];
    content.extend(entities.map(|entities| (list, entities)));
    Ok(content)
}

fn place_or_thing(state: &World, writing: &Writing) -> Result<Fields> {
    if let Some(location) = &writing.location {
        return Ok(vec![("location", location.clone())]);
    }
    if let Some(venue) = &writing.venue {
        return Ok(vec![("venue", venue.clone()), ("location", venue["location"].clone())]);
    }
    if let Some(contact) = &writing.contact {
        let phone = contact["phone_number"].as_str().unwrap_or_default();
        if phone.is_empty() {
            return Err(Refusal::bad("contact.phone_number is needed"));
        }
        return Ok(vec![("contact", contact.clone())]);
    }
    if let Some(poll) = &writing.poll {
        return Ok(vec![("poll", whole_poll(state, poll))]);
    }
    if let Some(dice) = &writing.dice {
        let emoji = dice["emoji"].as_str().unwrap_or("🎲");
        let most = dice_max(emoji).ok_or_else(|| Refusal::bad("no such die"))?;
        let value = dice["value"].as_i64().unwrap_or_else(|| state.random.between(1, most));
        return Ok(vec![("dice", json!({"emoji": emoji, "value": value}))]);
    }
    if let Some(story) = &writing.story {
        return Ok(vec![("story", story.clone())]);
    }
    Err(Refusal::bad("say what to send: text, photo, voice, document, location, contact, poll, …"))
}

fn whole_poll(state: &World, poll: &Value) -> Value {
    let options = poll["options"].as_array().into_iter().flatten().map(|option| {
        let text = option.as_str().or_else(|| option["text"].as_str()).unwrap_or_default();
        json!({"text": text, "voter_count": 0})
    });
    let options: Vec<Value> = options.collect();
    let mut whole = json!({"id": (state.random.next() >> 1).to_string(), "question": poll["question"],
        "options": options, "total_voter_count": 0, "is_closed": false, "is_anonymous": true, "type": "regular",
        "allows_multiple_answers": false});
    for (name, value) in poll.as_object().into_iter().flatten().filter(|(name, _)| *name != "options") {
        whole[name] = value.clone();
    }
    whole
}

fn origin(state: &World, place: &Place, forward: &Value) -> Result<Value> {
    let Some(id) = forward["message_id"].as_i64().filter(|_| forward.get("type").is_none()) else {
        return Ok(forward.clone());
    };
    let original = state.rooms.peek(place.key(), |room| room.get(id).cloned()).flatten();
    let original = original.ok_or_else(|| Refusal::missing(format!("there is no message {id}")))?;
    Ok(copy::origin(&original))
}

/// A customer's message to somebody who lets a bot answer for their business. It is in no room of the bot's own.
fn business_message(
    state: &World,
    place: &Place,
    user: &User,
    content: Fields,
    connection: &str,
) -> Result<Json<Value>> {
    let Place::Private { bot, .. } = place else { return Err(Refusal::bad("business messages are private")) };
    let mut message = json!({"business_connection_id": connection, "from": user.sender().card, "chat": user.chat(),
        "date": state.now(), "message_id": state.random.between(1, i64::from(i32::MAX))});
    for (name, value) in content {
        message[name] = value;
    }
    state.push_for_a_day(bot, "business_message", &message, QueueKey::Business(user.id));
    Ok(Json(message))
}

/// What a person's business account allows a bot.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Connection {
    bot: i64,
    connection_id: String,
    #[serde(default = "yes")]
    is_enabled: bool,
    #[serde(default = "yes")]
    can_reply: bool,
}

const fn yes() -> bool {
    true
}

/// Connects a bot to a person's business account, or says that it may do something else from now on.
pub async fn connect(
    State(state): State<Shared>,
    Path(id): Path<i64>,
    Given(connection): Given<Connection>,
) -> Result<Json<Value>> {
    let user = people::find(&state, id)?;
    let Connection { bot, connection_id, is_enabled, can_reply } = connection;
    let payload = json!({"id": connection_id, "user": user.sender().card, "user_chat_id": user.id,
        "date": state.now(), "is_enabled": is_enabled, "rights": {"can_reply": can_reply}});
    state.push_for_a_day(&state.bots.ensure(bot), "business_connection", &payload, QueueKey::Business(user.id));
    Ok(Json(payload))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Start {
    bot: i64,
    payload: Option<String>,
}

/// Opens `t.me/<bot>?start=<payload>` and presses the button.
pub async fn start(
    State(state): State<Shared>,
    Path(id): Path<i64>,
    Given(start): Given<Start>,
) -> Result<Json<Value>> {
    let user = people::find(&state, id)?;
    let payload = start.payload.unwrap_or_default();
    let is_valid = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if payload.len() > PAYLOAD_MAX || !payload.bytes().all(is_valid) {
        return Err(Refusal::bad("a start payload has at most 64 characters of A-Z a-z 0-9 _ -"));
    }
    let message = write_start(&state, &user, start.bot, &payload)?;
    Ok(Json(message.for_person()))
}

fn write_start(state: &World, user: &Arc<User>, bot: i64, payload: &str) -> Result<Arc<Message>> {
    let text = if payload.is_empty() { "/start".to_owned() } else { format!("/start {payload}") };
    let content = text_content("text", "entities", &text, None)?;
    let place = Place::find(state, user, Some(bot), None)?;
    place::write(state, &place, user, Written { content, ..Written::default() })
}

/// Starts a bot, by writing `/start` or silently.
pub fn begin(state: &World, user: &Arc<User>, bot: i64, writes: bool) -> Result<()> {
    if writes {
        write_start(state, user, bot, "")?;
    } else {
        state.bots.ensure(bot);
        state.rooms.with(RoomKey::Private { bot, user: user.id }, |room| room.started = true);
    }
    Ok(())
}
