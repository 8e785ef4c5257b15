//! `/team-inbox/api/messages/{id}/`: what can be done to one entry of a timeline, be it a message or a note.

use app::{
    App,
    inbox::{self, NoteText},
    send::{self, Markup},
};
use axum::{extract::State, http::StatusCode};
use model::{
    Error, Scope,
    message::{EntryKind, Message},
};
use serde::Deserialize;
use store::messages;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{reply::shown, view::EntryView};
use crate::{
    extract::{Json, MayConverse, MayRead, Path, nullable},
    ids::{MessageId, UserId},
    problem::Result,
    telegram::messages::changed,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(read, edit, delete))
        .routes(routes!(react))
        .routes(routes!(cancel))
        .routes(routes!(retry))
}

async fn found(app: &App, scope: Scope, id: MessageId) -> Result<Message, Error> {
    let message = app.db.read(move |tx| messages::get(tx, &scope, id)).await?;
    message.ok_or_else(|| Error::not_found("message"))
}

/// Show an entry of a timeline.
#[utoipa::path(get, path = "/team-inbox/api/messages/{id}/", tag = "team-inbox", params(("id" = MessageId, Path)),
    responses((status = OK, body = EntryView)))]
async fn read(State(app): State<App>, MayRead(scope): MayRead, Path(id): Path<MessageId>) -> Result<Json<EntryView>> {
    Ok(Json(shown(&app, scope, id).await?))
}

#[derive(Debug, Deserialize, ToSchema)]
struct EntryEdit {
    #[schema(example = "We open at **nine**.")]
    text: String,
    /// `markers`, `HTML`, `MarkdownV2` or `Markdown`; plain text without it.
    parse_mode: Option<String>,
    /// Of a note: the people of the team whom it names.
    mentions: Option<Vec<UserId>>,
}

/// Edit the text of a message that was sent, at the channel, or of a note of one's own.
///
/// 200 when it is done; 202 when it waits for its turn for more than ten seconds. When Telegram refuses (409
/// `telegram_refused`) the words are its own.
#[utoipa::path(patch, path = "/team-inbox/api/messages/{id}/", tag = "team-inbox", params(("id" = MessageId, Path)),
    responses((status = OK, body = EntryView), (status = ACCEPTED, body = EntryView, description = "It is under way.")))]
async fn edit(
    State(app): State<App>,
    MayConverse(scope): MayConverse,
    Path(id): Path<MessageId>,
    Json(body): Json<EntryEdit>,
) -> Result<(StatusCode, Json<EntryView>)> {
    let EntryEdit { text, parse_mode, mentions } = body;
    if found(&app, scope, id).await?.kind == EntryKind::Note {
        let written = NoteText { text, parse_mode, mentions: mentions.unwrap_or_default() };
        inbox::change_note(&app, &scope, id, written).await?;
        return Ok((StatusCode::OK, Json(shown(&app, scope, id).await?)));
    }
    let before = send::edit(&app, &scope, id, &Markup { text, parse_mode }).await?;
    let is_done = changed(&app, &scope, before).await?.is_some();
    let status = if is_done { StatusCode::OK } else { StatusCode::ACCEPTED };
    Ok((status, Json(shown(&app, scope, id).await?)))
}

/// Delete a message for everybody in the chat, within 48 hours of sending it (409 `too_old_to_delete` after that), or a
/// note of one's own.
///
/// That there was one stays visible. 204 when it is done; 202 when it waits for its turn.
#[utoipa::path(delete, path = "/team-inbox/api/messages/{id}/", tag = "team-inbox", params(("id" = MessageId, Path)),
    responses((status = NO_CONTENT, description = "It is gone."), (status = ACCEPTED, description = "It is under way.")))]
async fn delete(
    State(app): State<App>,
    MayConverse(scope): MayConverse,
    Path(id): Path<MessageId>,
) -> Result<StatusCode> {
    if found(&app, scope, id).await?.kind == EntryKind::Note {
        inbox::delete_note(&app, &scope, id).await?;
        return Ok(StatusCode::NO_CONTENT);
    }
    let before = send::delete(&app, &scope, id).await?;
    let is_done = changed(&app, &scope, before).await?.is_some();
    Ok(if is_done { StatusCode::NO_CONTENT } else { StatusCode::ACCEPTED })
}

#[derive(Debug, Deserialize, ToSchema)]
struct ReactBody {
    /// One of the emoji that Telegram allows as reactions; null takes yours away.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, required, example = "👍")]
    emoji: Option<Option<String>>,
}

/// React to a message with an emoji. A bot has one reaction to each message.
///
/// The answer comes at once; the reaction stands in the entry when Telegram took it.
#[utoipa::path(post, path = "/team-inbox/api/messages/{id}/react/", tag = "team-inbox", params(("id" = MessageId, Path)),
    responses((status = ACCEPTED, body = EntryView)))]
async fn react(
    State(app): State<App>,
    MayConverse(scope): MayConverse,
    Path(id): Path<MessageId>,
    Json(body): Json<ReactBody>,
) -> Result<(StatusCode, Json<EntryView>)> {
    let emoji = body.emoji.ok_or_else(|| Error::field("emoji", "This field is required."))?;
    send::react(&app, &scope, id, emoji).await?;
    Ok((StatusCode::ACCEPTED, Json(shown(&app, scope, id).await?)))
}

/// Cancel a message that has not left yet, for example one that was to be sent later.
#[utoipa::path(post, path = "/team-inbox/api/messages/{id}/cancel/", tag = "team-inbox", params(("id" = MessageId, Path)),
    responses((status = OK, body = EntryView)))]
async fn cancel(
    State(app): State<App>,
    MayConverse(scope): MayConverse,
    Path(id): Path<MessageId>,
) -> Result<Json<EntryView>> {
    send::cancel(&app, &scope, id).await?;
    Ok(Json(shown(&app, scope, id).await?))
}

/// Send a message again that ended without being sent. One that is `UNKNOWN` may have arrived.
#[utoipa::path(post, path = "/team-inbox/api/messages/{id}/retry/", tag = "team-inbox", params(("id" = MessageId, Path)),
    responses((status = ACCEPTED, body = EntryView)))]
async fn retry(
    State(app): State<App>,
    MayConverse(scope): MayConverse,
    Path(id): Path<MessageId>,
) -> Result<(StatusCode, Json<EntryView>)> {
    send::retry(&app, &scope, id).await?;
    Ok((StatusCode::ACCEPTED, Json(shown(&app, scope, id).await?)))
}
