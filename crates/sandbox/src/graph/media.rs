//! Media in two steps: an id, and behind it an address that works for five minutes and only with the token.

use axum::http::header;
use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{
    access,
    error::{GraphError, Result},
    gateway::Answer,
    outgoing::Outgoing,
    request::Request,
    world::{Media, World},
};
use crate::state::{Shared, State};

const DAY_MS: i64 = 24 * 3600 * 1000;
/// What we upload lives for 30 days, what people send for 7.
const OURS_MS: i64 = 30 * DAY_MS;
pub const THEIRS_MS: i64 = 7 * DAY_MS;
const TICKET_MS: i64 = 5 * 60 * 1000;
const MB: usize = 1 << 20;

/// Types that may be uploaded, and how large.
const TYPES: [(&str, usize); 19] = [
    ("audio/aac", 16 * MB),
    ("audio/amr", 16 * MB),
    ("audio/mpeg", 16 * MB),
    ("audio/mp4", 16 * MB),
    ("audio/ogg", 16 * MB),
    ("image/jpeg", 5 * MB),
    ("image/png", 5 * MB),
    ("image/webp", 500 << 10),
    ("video/mp4", 16 * MB),
    ("video/3gpp", 16 * MB),
    ("text/plain", 100 * MB),
    ("application/pdf", 100 * MB),
    ("application/msword", 100 * MB),
    ("application/vnd.ms-excel", 100 * MB),
    ("application/vnd.ms-powerpoint", 100 * MB),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", 100 * MB),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", 100 * MB),
    ("application/vnd.openxmlformats-officedocument.presentationml.presentation", 100 * MB),
    ("audio/opus", 16 * MB),
];

/// `POST /{number}/media`
pub fn upload(state: &Shared, request: &Request) -> Result<Value> {
    let upload = request.upload.as_ref().ok_or_else(|| GraphError::missing("file"))?;
    if upload.fields.get("messaging_product").map(String::as_str) != Some("whatsapp") {
        return Err(GraphError::missing("messaging_product"));
    }
    let bytes = upload.bytes.clone().filter(|bytes| !bytes.is_empty()).ok_or_else(|| GraphError::missing("file"))?;
    let mime_type =
        upload.fields.get("type").or(upload.mime_type.as_ref()).ok_or_else(|| GraphError::missing("type"))?;
    check_type(mime_type, bytes.len())?;
    let expires_ms = state.now_ms() + OURS_MS;
    let media = Media { number: request.object.clone(), mime_type: mime_type.clone(), bytes, expires_ms, ticket: None };
    Ok(json!({"id": add(&mut state.graph.world(), media)}))
}

fn check_type(mime_type: &str, length: usize) -> Result<()> {
    let plain = mime_type.split(';').next().unwrap_or_default().trim();
    match TYPES.iter().find(|(known, _)| *known == plain) {
        None => {
            let details = format!("Param file must be a file with one of the following types: …; got {mime_type}");
            Err(GraphError::because(100, details))
        }
        Some((_, max)) if length > *max => {
            Err(GraphError::because(131_053, format!("the file has {length} bytes; {plain} may have {max}")))
        }
        Some(_) => Ok(()),
    }
}

pub fn add(world: &mut World, media: Media) -> String {
    let id = world.next_id();
    world.media.insert(id.clone(), media);
    id
}

/// `GET /{media}`, for which the number may be named: it must be the right one then.
pub fn inspect(state: &Shared, request: &Request) -> Result<Value> {
    let now_ms = state.now_ms();
    let host = request.headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or("localhost");
    let ticket = format!("{:016x}{:016x}", state.random.next(), state.random.next());
    let mut world = state.graph.world();
    let of_number = request.query.get("phone_number_id");
    let media = world.media.get_mut(&request.object);
    let media = media.filter(|media| media.expires_ms > now_ms && of_number.is_none_or(|of| *of == media.number));
    let media = media.ok_or_else(|| GraphError::no_object(&request.object))?;
    media.ticket = Some((ticket.clone(), now_ms + TICKET_MS));
    Ok(json!({"messaging_product": "whatsapp", "id": request.object, "mime_type": media.mime_type,
        "url": format!("http://{host}/graph/files/{}/{ticket}", request.object),
        "sha256": sha256(&media.bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>(),
        "file_size": media.bytes.len()}))
}

/// `GET /files/{media}/{ticket}`: the bytes, for whoever has the token, while the address holds.
pub fn download(state: &Shared, request: &Request) -> Result<Answer> {
    let gone = || GraphError { status: 404, ..GraphError::no_object(&request.object) };
    let world = state.graph.world();
    let token = access::token(&world, request)?;
    let has_agent = request.headers.get(header::USER_AGENT).is_some_and(|agent| !agent.is_empty());
    if !has_agent {
        return Err(GraphError { status: 400, ..GraphError::invalid("The request has no User-Agent") });
    }
    let media = world.media.get(&request.object).ok_or_else(gone)?;
    let waba_id = world.numbers.get(&media.number).map(|number| number.waba_id.as_str()).unwrap_or_default();
    let (ticket, until_ms) = media.ticket.as_ref().ok_or_else(gone)?;
    if *ticket != request.edge || *until_ms <= state.now_ms() || !access::reaches(token, waba_id) {
        return Err(gone());
    }
    Ok(Answer::File(media.mime_type.clone(), media.bytes.clone()))
}

/// `DELETE /{media}`
pub fn delete(state: &Shared, request: &Request) -> Result<Value> {
    let removed = state.graph.world().media.remove(&request.object);
    removed.map(|_| json!({"success": true})).ok_or_else(|| GraphError::no_object(&request.object))
}

/// Every media id of a message must be this number's and alive, and of the kind as which it is sent.
pub fn check_ids(world: &World, number: &str, outgoing: &Outgoing, now_ms: i64) -> Result<()> {
    let header = &outgoing.content["header"];
    let kinds = ["image", "video", "document"];
    let of_header = kinds.iter().filter_map(|kind| Some((*kind, header[*kind]["id"].as_str()?)));
    let of_message = outgoing.content["id"].as_str().map(|id| (outgoing.kind.as_str(), id));
    for (kind, id) in of_message.into_iter().chain(of_header) {
        let media = world.media.get(id).filter(|media| media.number == number && media.expires_ms > now_ms);
        let media = media.ok_or_else(|| GraphError::because(131_009, format!("media id {id} is not known")))?;
        if !is_of(kind, &media.mime_type) {
            return Err(GraphError::because(131_053, format!("{} can't be sent as {kind}", media.mime_type)));
        }
    }
    Ok(())
}

fn is_of(kind: &str, mime_type: &str) -> bool {
    match kind {
        "image" => matches!(mime_type, "image/jpeg" | "image/png"),
        "sticker" => mime_type == "image/webp",
        "audio" => mime_type.starts_with("audio/"),
        "video" => mime_type.starts_with("video/"),
        _ => true,
    }
}

pub fn sha256(bytes: &Bytes) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// How webhooks tell it.
pub fn sha256_base64(bytes: &Bytes) -> String {
    BASE64_STANDARD.encode(sha256(bytes))
}

/// A file that a person sends.
pub fn theirs(state: &State, world: &mut World, number: &str, mime_type: &str, bytes: Bytes) -> String {
    let expires_ms = state.now_ms() + THEIRS_MS;
    let (number, mime_type) = (number.to_owned(), mime_type.to_owned());
    add(world, Media { number, mime_type, bytes, expires_ms, ticket: None })
}
