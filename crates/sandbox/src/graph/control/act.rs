//! Acting as people: writing, pressing, reacting, reading.

use axum::{
    Json,
    extract::{Path, State},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::people::find;
use crate::{
    control::{Given, Refusal, Result},
    graph::{
        inbound::{self, Said},
        media, receipts,
        threads::{Message, Status},
        world::World,
    },
    picture,
    state::{Shared, State as Sandbox},
};

/// What a person sends: a `text`, a file (`true` for a sample, or `{base64, mime_type, file_name, caption}`), or any
/// `type` with its `content` as webhooks carry it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Writing {
    number: String,
    text: Option<String>,
    image: Option<Value>,
    video: Option<Value>,
    audio: Option<Value>,
    voice: Option<Value>,
    document: Option<Value>,
    sticker: Option<Value>,
    location: Option<Value>,
    contacts: Option<Value>,
    #[serde(rename = "type")]
    kind: Option<String>,
    content: Option<Value>,
    reply_to: Option<String>,
    /// Further keys of the message.
    #[serde(default)]
    extra: Value,
}

pub async fn send(
    State(state): State<Shared>,
    Path(name): Path<String>,
    Given(writing): Given<Writing>,
) -> Result<Json<Value>> {
    let mut world = state.graph.world();
    let wa_id = find(&world, &name)?;
    let mut said = said(&state, &mut world, &writing)?;
    said.reply_to.clone_from(&writing.reply_to);
    said.extra = writing.extra;
    spoken(&state, &mut world, &writing.number, &wa_id, said)
}

fn spoken(state: &Shared, world: &mut World, number: &str, wa_id: &str, said: Said) -> Result<Json<Value>> {
    let id = inbound::say(state, world, number, wa_id, said);
    let id = id.ok_or_else(|| Refusal::missing(format!("there is no number {number}")))?;
    Ok(Json(json!({"id": id})))
}

fn said(state: &Sandbox, world: &mut World, writing: &Writing) -> Result<Said> {
    if let Some(text) = &writing.text {
        return Ok(Said::new("text", json!({"body": text})));
    }
    let files = [
        ("image", &writing.image),
        ("video", &writing.video),
        ("audio", &writing.audio),
        ("voice", &writing.voice),
        ("document", &writing.document),
        ("sticker", &writing.sticker),
    ];
    if let Some((kind, file)) = files.into_iter().find_map(|(kind, file)| Some((kind, file.as_ref()?))) {
        return attach(state, world, &writing.number, kind, file);
    }
    let given = [("location", &writing.location), ("contacts", &writing.contacts)];
    if let Some((kind, content)) = given.into_iter().find_map(|(kind, content)| Some((kind, content.clone()?))) {
        return Ok(Said::new(kind, content));
    }
    match (&writing.kind, &writing.content) {
        (Some(kind), content) => Ok(Said::new(kind, content.clone().unwrap_or_else(|| json!({})))),
        _ => Err(Refusal::bad("nothing is said: give text, a file, location, contacts, or type and content")),
    }
}

fn attach(state: &Sandbox, world: &mut World, number: &str, kind: &str, file: &Value) -> Result<Said> {
    let bytes = match file["base64"].as_str() {
        Some(encoded) => {
            let bytes = BASE64_STANDARD.decode(encoded);
            Bytes::from(bytes.map_err(|error| Refusal::bad(format!("base64: {error}")))?)
        }
        None if matches!(kind, "image" | "sticker") => picture::sample(320, 240, state.random.next()),
        None => Bytes::from_static(b"sample bytes of the sandbox"),
    };
    let usual = match kind {
        "image" => "image/png",
        "sticker" => "image/webp",
        "video" => "video/mp4",
        "audio" => "audio/mpeg",
        "voice" => "audio/ogg; codecs=opus",
        _ => "text/plain",
    };
    let mime_type = file["mime_type"].as_str().unwrap_or(usual);
    let sha256 = media::sha256_base64(&bytes);
    let name = file["file_name"].as_str().map(str::to_owned);
    let id = media::theirs(state, world, number, mime_type, bytes);
    let mut content = json!({"mime_type": mime_type, "sha256": sha256, "id": id});
    if let Some(caption) = file["caption"].as_str() {
        content["caption"] = caption.into();
    }
    let kind = match kind {
        "voice" | "audio" => {
            content["voice"] = (kind == "voice").into();
            "audio"
        }
        "document" => {
            content["filename"] = name.unwrap_or_else(|| "sample.txt".into()).into();
            kind
        }
        "sticker" => {
            content["animated"] = false.into();
            kind
        }
        _ => kind,
    };
    Ok(Said::new(kind, content))
}

/// A press: the button at `index`, counted over reply buttons, list rows or a template's buttons, or the one with `id`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Press {
    number: String,
    message_id: String,
    index: Option<usize>,
    id: Option<String>,
}

pub async fn press(
    State(state): State<Shared>,
    Path(name): Path<String>,
    Given(press): Given<Press>,
) -> Result<Json<Value>> {
    let mut world = state.graph.world();
    let wa_id = find(&world, &name)?;
    let message = world.thread(&press.number, &wa_id).find(&press.message_id).cloned();
    let message = message.ok_or_else(|| Refusal::missing("there is no such message"))?;
    let mut said = pressed(&message, &press).ok_or_else(|| Refusal::missing("the message has no such button"))?;
    said.reply_to = Some(message.id);
    spoken(&state, &mut world, &press.number, &wa_id, said)
}

fn pressed(message: &Message, press: &Press) -> Option<Said> {
    if let Some(buttons) = message.shown.as_ref().and_then(|shown| shown["buttons"].as_array()) {
        let is_meant = |(at, button): &(usize, &Value)| {
            button["type"] == "QUICK_REPLY"
                && (press.index == Some(*at) || press.id.as_deref() == button["payload"].as_str())
        };
        let (_, button) = buttons.iter().enumerate().find(is_meant)?;
        return Some(Said::new("button", json!({"payload": button["payload"], "text": button["text"]})));
    }
    let action = &message.content["action"];
    let is_meant = |(at, one): &(usize, &Value)| press.index == Some(*at) || press.id.as_deref() == one["id"].as_str();
    if let Some(buttons) = action["buttons"].as_array() {
        let (_, reply) = buttons.iter().map(|button| &button["reply"]).enumerate().find(is_meant)?;
        let reply = json!({"id": reply["id"], "title": reply["title"]});
        return Some(Said::new("interactive", json!({"type": "button_reply", "button_reply": reply})));
    }
    let rows = action["sections"].as_array()?.iter().filter_map(|section| section["rows"].as_array()).flatten();
    let (_, row) = rows.enumerate().find(is_meant)?;
    Some(Said::new("interactive", json!({"type": "list_reply", "list_reply": row})))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reaction {
    number: String,
    message_id: String,
    /// None takes the reaction back.
    emoji: Option<String>,
}

pub async fn react(
    State(state): State<Shared>,
    Path(name): Path<String>,
    Given(reaction): Given<Reaction>,
) -> Result<Json<Value>> {
    let mut world = state.graph.world();
    let wa_id = find(&world, &name)?;
    let Reaction { number, message_id, emoji } = reaction;
    if inbound::react(&state, &mut world, &number, &wa_id, &message_id, emoji.as_deref()) {
        return Ok(Json(json!({"ok": true})));
    }
    Err(Refusal::missing("there is no such message"))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct At {
    number: String,
}

/// The person has the thread open.
pub async fn read(State(state): State<Shared>, Path(name): Path<String>, Given(at): Given<At>) -> Result<Json<Value>> {
    let mut world = state.graph.world();
    let wa_id = find(&world, &name)?;
    Ok(Json(json!({"read": receipts::read_all(&state, &mut world, &at.number, &wa_id)})))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Marketing {
    number: String,
    /// `stop` or `resume`.
    value: String,
}

pub async fn marketing(
    State(state): State<Shared>,
    Path(name): Path<String>,
    Given(wish): Given<Marketing>,
) -> Result<Json<Value>> {
    if !["stop", "resume"].contains(&wish.value.as_str()) {
        return Err(Refusal::bad("value must be stop or resume"));
    }
    let mut world = state.graph.world();
    let wa_id = find(&world, &name)?;
    inbound::set_marketing(&state, &mut world, &wish.number, &wa_id, wish.value == "stop");
    Ok(Json(json!({"ok": true})))
}

/// A status told by hand: `sent`, `delivered`, `read`, `played`, or `failed` with a `code`; again, or out of order.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToldStatus {
    status: String,
    code: Option<i64>,
}

pub async fn status(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Given(told): Given<ToldStatus>,
) -> Result<Json<Value>> {
    let status = Status::read(&told.status).ok_or_else(|| Refusal::bad("status is not one of WhatsApp's"))?;
    let mut world = state.graph.world();
    let message = world.message(&id).ok_or_else(|| Refusal::missing("there is no such message"))?;
    message.status = message.status.max(status);
    if status == Status::Failed {
        message.error = Some(told.code.unwrap_or(131_000));
    }
    let code = message.error.filter(|_| status == Status::Failed);
    receipts::tell(&state, &mut world, &id, &told.status, code);
    Ok(Json(json!({"ok": true})))
}

/// As if 24 hours had passed since the person wrote.
pub async fn close_window(
    State(state): State<Shared>,
    Path((number, name)): Path<(String, String)>,
) -> Result<Json<Value>> {
    let mut world = state.graph.world();
    let wa_id = find(&world, &name)?;
    world.thread(&number, &wa_id).window_until_ms = 0;
    receipts::changed(&state, &number, &wa_id);
    Ok(Json(json!({"ok": true})))
}
