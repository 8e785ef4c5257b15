//! What a client asks for over its socket: each frame is one request, done by the same use cases as over HTTP, and answered
//! in words also when it can't be read.

use app::{
    App,
    inbox::{self, Act},
};
use model::{Caller, Error, ErrorKind, Permission, Result, Scope};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::hub::Hub;
use crate::{
    extract::{nullable, parse_json, read_map},
    ids::ConversationId,
    problem,
    team_inbox::{
        actions::assignee,
        conversations::shown,
        reply::{self, ReplyTo},
    },
    telegram::messages::Files,
};

/// A client's own name for a request may be so long.
const ID_BYTES_MAX: usize = 200;

/// Does what a frame asks for, and answers it.
pub(super) async fn answer(app: &App, hub: &Hub, caller: &Caller, frame: &str) -> String {
    let fields = match parse_json(frame.as_bytes()) {
        Ok(Value::Object(fields)) => fields,
        Ok(_) => return refusal(&Value::Null, &Value::Null, &Error::invalid("A frame must be a JSON object.")),
        Err(error) => return refusal(&Value::Null, &Value::Null, &error),
    };
    let mut frame = Frame::new(fields);
    let done = perform(app, hub, caller, &mut frame).await;
    match done {
        Ok(result) => {
            let mut answer = Map::from_iter([("type".to_owned(), json!("ack"))]);
            answer.extend([("id".to_owned(), frame.id), ("request".to_owned(), frame.kind)]);
            answer.extend(result);
            Value::Object(answer).to_string()
        }
        Err(error) => refusal(&frame.id, &frame.kind, &error),
    }
}

/// The answer to a frame that is no text.
pub(super) fn no_text() -> String {
    refusal(&Value::Null, &Value::Null, &Error::invalid("Send JSON as text frames.").with_code("malformed_frame"))
}

fn refusal(id: &Value, request: &Value, error: &Error) -> String {
    match error.kind() {
        ErrorKind::Internal => tracing::error!(?error, "a request over a socket failed by a fault of ours"),
        ErrorKind::Unavailable => tracing::warn!(?error, "a request over a socket was turned away"),
        _ => tracing::debug!(code = error.code(), "a request over a socket was refused"),
    }
    let mut answer = json!({"type": "error", "id": id, "request": request,
        "status": problem::status(error.kind()).as_u16(), "code": error.code(), "detail": error.message()});
    if !error.field_errors().is_empty() {
        answer["errors"] = json!(error.field_errors());
    }
    answer.to_string()
}

/// A request, with what names it taken out.
struct Frame {
    /// The client's own name for it; null when it gave none that can be sent back.
    id: Value,
    kind: Value,
    fields: Map<String, Value>,
}

impl Frame {
    fn new(mut fields: Map<String, Value>) -> Self {
        let is_name = |value: &Value| match value {
            Value::String(text) => text.len() <= ID_BYTES_MAX,
            value => value.is_number(),
        };
        let mut name = |field: &str| fields.remove(field).filter(is_name).unwrap_or_default();
        let (id, kind) = (name("id"), name("type"));
        Self { id, kind, fields }
    }

    fn conversation(&mut self) -> Result<ConversationId> {
        let id = self.fields.remove("conversation_id").filter(|value| !value.is_null());
        let id = id.ok_or_else(|| Error::field("conversation_id", "This field is required."))?;
        serde_json::from_value(id).map_err(|_| Error::not_found("conversation"))
    }
}

type Done = Map<String, Value>;

async fn perform(app: &App, hub: &Hub, caller: &Caller, frame: &mut Frame) -> Result<Done> {
    let kind = frame.kind.as_str().unwrap_or_default().to_owned();
    let work = match kind.as_str() {
        "send_message" | "mark_read" | "assign" | "typing" => caller.require(Permission::Converse)?,
        _ => {
            let words = "Enter send_message, mark_read, assign or typing.";
            return Err(Error::field("type", words).with_code("unknown_request"));
        }
    };
    match kind.as_str() {
        "send_message" => send_message(app, &work, frame).await,
        "mark_read" => mark_read(app, &work, frame).await,
        "assign" => assign(app, &work, frame).await,
        _ => typing(hub, &work, frame).await,
    }
}

async fn send_message(app: &App, scope: &Scope, frame: &mut Frame) -> Result<Done> {
    let (conversation, scope) = (frame.conversation()?, *scope);
    let author = app.db.read(move |tx| inbox::author(tx, &scope)).await?;
    let to = ReplyTo { scope, author, conversation, id: None };
    let fields = std::mem::take(&mut frame.fields);
    let (_, entry) = reply::write(app, to, fields, &Files::default()).await?;
    named("message", &entry)
}

#[derive(Debug, Deserialize, ToSchema)]
struct Nothing {}

async fn mark_read(app: &App, scope: &Scope, frame: &mut Frame) -> Result<Done> {
    let conversation = frame.conversation()?;
    read_map::<Nothing>(std::mem::take(&mut frame.fields))?;
    act(app, scope, conversation, Act::MarkRead).await
}

#[derive(Debug, Deserialize, ToSchema)]
struct AssignFrame {
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    assignee: Option<Option<String>>,
}

async fn assign(app: &App, scope: &Scope, frame: &mut Frame) -> Result<Done> {
    let conversation = frame.conversation()?;
    let body: AssignFrame = read_map(std::mem::take(&mut frame.fields))?;
    act(app, scope, conversation, Act::Assign(assignee(body.assignee)?)).await
}

async fn act(app: &App, scope: &Scope, conversation: ConversationId, act: Act) -> Result<Done> {
    inbox::act(app, scope, conversation, act).await?;
    named("conversation", &shown(app, *scope, conversation).await?)
}

#[derive(Debug, Deserialize, ToSchema)]
struct TypingFrame {
    is_typing: Option<bool>,
}

async fn typing(hub: &Hub, scope: &Scope, frame: &mut Frame) -> Result<Done> {
    let conversation = frame.conversation()?;
    let body: TypingFrame = read_map(std::mem::take(&mut frame.fields))?;
    super::typing::typed(hub, scope, conversation, body.is_typing.unwrap_or(true)).await?;
    Ok(Done::new())
}

fn named(name: &str, view: &impl Serialize) -> Result<Done> {
    let value = serde_json::to_value(view)
        .map_err(|error| Error::internal("an answer could not be written as JSON").with_source(error))?;
    Ok(Map::from_iter([(name.to_owned(), value)]))
}
