//! `POST /team-inbox/api/conversations/{id}/messages/`: a reply, or a note for the team.

use app::{
    App,
    inbox::{self, NoteText},
    send::{Draft, To},
};
use axum::{extract::State, http::StatusCode};
use model::{
    Error, Platform, Scope,
    message::{Author, Message},
};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::view::{self, EntryView};
use crate::{
    extract::{Json, KeyedId, MayConverse, Path, Whoami, read_map},
    ids::{CannedResponseId, ConversationId, MessageId, UserId},
    problem::Result,
    telegram::messages::{Fields, Files, MessageBody, accept_draft, author},
    whatsapp::{SentTemplateBody, take_template},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(create))
}

/// A reply with the fields of `POST /telegram/v1/messages/` but its recipient, or a note with a `text`.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is read field by field")]
struct ReplyBody {
    /// A reply goes to the contact; a note stays with the team.
    #[schema(rename = "type")]
    kind: Option<ReplyKind>,
    /// The channel to use; the one that the contact used last, unless something else is said.
    platform: Option<Platform>,
    /// An approved template of WhatsApp's instead of a text, for somebody who has not written for 24 hours.
    template: Option<SentTemplateBody>,
    #[schema(example = "We are on it.")]
    text: Option<String>,
    /// Your own name of this reply, for example a UUID: sent again under the same name in the same conversation, it is
    /// the same reply and does not go out twice. It comes back in the entry.
    #[schema(max_length = 100)]
    client_id: Option<String>,
    /// The canned response that it was made of, for counting its use.
    canned_response_id: Option<CannedResponseId>,
    /// Of a note: the people of the team whom it names.
    mentions: Option<Vec<UserId>>,
    #[serde(flatten)]
    rest: MessageBody,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum ReplyKind {
    Message,
    Note,
}

#[derive(Debug, Deserialize, ToSchema)]
struct NoteBody {
    text: String,
    parse_mode: Option<String>,
    #[serde(default)]
    mentions: Vec<UserId>,
}

/// Reply to a contact, or write a note for the team.
///
/// A reply goes out over the channel that the contact used last, by the bot that they wrote to; it reopens a closed
/// conversation. With `"parse_mode": "markers"` the text is read as the team's composer writes it: `**bold**`, `_italic_`,
/// `` `code` ``, `[text](url)`, `||spoiler||`. Files go in a form, as in `POST /telegram/v1/messages/`. A note
/// (`"type": "note"`) has no way out.
#[utoipa::path(post, path = "/team-inbox/api/conversations/{id}/messages/", tag = "team-inbox",
    params(("id" = ConversationId, Path)), request_body = ReplyBody,
    responses((status = ACCEPTED, body = EntryView, description = "The reply is accepted."),
        (status = CREATED, body = EntryView, description = "The note is written.")))]
async fn create(
    State(app): State<App>,
    MayConverse(scope): MayConverse,
    Whoami(identity): Whoami,
    Path(conversation): Path<ConversationId>,
    KeyedId(id): KeyedId<Message>,
    form: Fields,
) -> Result<(StatusCode, Json<EntryView>)> {
    let Fields { fields, files } = form;
    let to = ReplyTo { scope, author: author(&identity), conversation, id };
    let (status, entry) = write(&app, to, fields, &files).await?;
    Ok((status, Json(entry)))
}

/// Who writes into which conversation.
pub(crate) struct ReplyTo {
    pub scope: Scope,
    pub author: Author,
    pub conversation: ConversationId,
    /// What a reply is to be called, where that is settled.
    pub id: Option<MessageId>,
}

/// Accepts a reply, or writes a note: 202 or 201.
pub(crate) async fn write(
    app: &App,
    to: ReplyTo,
    mut fields: Map<String, Value>,
    files: &Files,
) -> Result<(StatusCode, EntryView), Error> {
    let ReplyTo { scope, author, conversation, id } = to;
    let kind = take::<ReplyKind>(&mut fields, "type", "Enter message or note.")?.unwrap_or(ReplyKind::Message);
    if kind == ReplyKind::Note {
        let body: NoteBody = read_map(fields)?;
        let NoteBody { text, parse_mode, mentions } = body;
        let note = inbox::note(app, &scope, id, conversation, NoteText { text, parse_mode, mentions }).await?;
        return Ok((StatusCode::CREATED, note.into()));
    }
    let platform = take::<Platform>(&mut fields, "platform", "Enter TELEGRAM or WHATSAPP.")?;
    let template = take_template(&mut fields)?;
    let client_id = take::<String>(&mut fields, "client_id", "Enter a text.")?;
    if client_id.as_ref().is_some_and(|name| !(1..=100).contains(&name.chars().count()) || name.contains('\0')) {
        return Err(Error::field("client_id", "Enter 1 to 100 characters."));
    }
    let canned = take::<CannedResponseId>(&mut fields, "canned_response_id", "Enter the id of a canned response.")?;
    let body: MessageBody = read_map(fields)?;
    let mut draft = Draft { id, client_id, platform, ..body.reply(To::Conversation(conversation), author, files)? };
    draft.body = template.unwrap_or(draft.body);
    let accepted = accept_draft(app, &scope, draft, files).await;
    let message = accepted.map_err(|error| error.move_field("number_id", "platform"))?;
    if let Some(canned) = canned {
        inbox::use_canned(app, &scope, canned).await?;
    }
    Ok((StatusCode::ACCEPTED, shown(app, scope, message.id).await?))
}

/// Takes a field out that decides what the others must be; null counts as not given.
fn take<T: for<'de> Deserialize<'de>>(
    fields: &mut Map<String, Value>,
    name: &str,
    words: &str,
) -> Result<Option<T>, Error> {
    let value = fields.remove(name).filter(|value| !value.is_null());
    value.map(serde_json::from_value).transpose().map_err(|_| Error::field(name, words))
}

/// The entry as it is now, with the reason why it waits.
pub(super) async fn shown(app: &App, scope: Scope, id: MessageId) -> Result<EntryView, Error> {
    let (rates, now) = (app.settings.rates(), app.clock.now());
    let found = app.db.read(move |tx| view::entry(tx, &scope, id, rates, now)).await?;
    found.ok_or_else(|| Error::not_found("message"))
}
