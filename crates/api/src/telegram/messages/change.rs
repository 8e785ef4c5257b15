//! What can be done to a message: cancel, retry, edit, delete.

use app::{
    App,
    send::{self, Markup},
};
use axum::{extract::State, http::StatusCode};
use model::{Error, Scope, message::Message};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{resource::explained, view::MessageView};
use crate::{
    extract::{Json, MayConverse, Path, ReadOnly},
    ids::MessageId,
    problem::Result,
};

/// How long to wait for Telegram to change a message, before the answer says that it is under way.
const CHANGE_WAIT_MS: i64 = 10_000;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(cancel)).routes(routes!(retry)).routes(routes!(edit, delete))
}

/// Cancel a message that has not left yet.
#[utoipa::path(post, path = "/telegram/v1/messages/{id}/cancel/", tag = "messages", params(("id" = MessageId, Path)),
    responses((status = OK, body = MessageView)))]
async fn cancel(
    State(app): State<App>,
    MayConverse(scope): MayConverse,
    Path(id): Path<MessageId>,
) -> Result<Json<MessageView>> {
    Ok(Json(send::cancel(&app, &scope, id).await?.into()))
}

/// Send a message again that ended without being sent.
///
/// One that is `UNKNOWN` may have arrived: sending it again may double it.
#[utoipa::path(post, path = "/telegram/v1/messages/{id}/retry/", tag = "messages", params(("id" = MessageId, Path)),
    responses((status = ACCEPTED, body = MessageView)))]
async fn retry(
    State(app): State<App>,
    MayConverse(scope): MayConverse,
    Path(id): Path<MessageId>,
) -> Result<(StatusCode, Json<MessageView>)> {
    send::retry(&app, &scope, id).await?;
    let message = explained(&app, &scope, id).await?;
    Ok((StatusCode::ACCEPTED, Json(message.into())))
}

/// A new text for a message that was sent.
#[derive(Debug, Deserialize, ToSchema)]
struct EditBody {
    /// The text, or the caption of media.
    #[schema(example = "Your order has arrived.")]
    text: String,
    /// `HTML`, `MarkdownV2` or `Markdown`; plain text without it.
    parse_mode: Option<String>,
    #[serde(default, rename = "id")]
    #[schema(ignore)]
    _id: ReadOnly,
}

/// Edit the text of a message at Telegram.
///
/// 200 when Telegram did it; 202 when it waits for its turn for more than ten seconds.
#[utoipa::path(patch, path = "/telegram/v1/messages/{id}/", tag = "messages", params(("id" = MessageId, Path)),
    responses((status = OK, body = MessageView), (status = ACCEPTED, body = MessageView, description = "It is under way.")))]
async fn edit(
    State(app): State<App>,
    MayConverse(scope): MayConverse,
    Path(id): Path<MessageId>,
    Json(body): Json<EditBody>,
) -> Result<(StatusCode, Json<MessageView>)> {
    let markup = Markup { text: body.text, parse_mode: body.parse_mode };
    let before = send::edit(&app, &scope, id, &markup).await?;
    match changed(&app, &scope, before).await? {
        Some(message) => Ok((StatusCode::OK, Json(message.into()))),
        None => Ok((StatusCode::ACCEPTED, Json(explained(&app, &scope, id).await?.into()))),
    }
}

/// Delete a message at Telegram, for everybody in the chat, within 48 hours of sending it.
///
/// The team still sees it, marked as deleted. 204 when Telegram did it; 202 when it waits for its turn.
#[utoipa::path(delete, path = "/telegram/v1/messages/{id}/", tag = "messages", params(("id" = MessageId, Path)),
    responses((status = NO_CONTENT, description = "It is gone."), (status = ACCEPTED, description = "It is under way.")))]
async fn delete(
    State(app): State<App>,
    MayConverse(scope): MayConverse,
    Path(id): Path<MessageId>,
) -> Result<StatusCode> {
    let before = send::delete(&app, &scope, id).await?;
    match changed(&app, &scope, before).await? {
        Some(_) => Ok(StatusCode::NO_CONTENT),
        None => Ok(StatusCode::ACCEPTED),
    }
}

/// What came of a change, in Telegram's words when it was refused; None while it is under way.
pub(crate) async fn changed(app: &App, scope: &Scope, before: Message) -> Result<Option<Message>> {
    let until = app.clock.now() + CHANGE_WAIT_MS;
    let (message, is_settled) = send::settled(app, scope, before.id, until).await?;
    if !is_settled {
        return Ok(None);
    }
    let refused = message.sending.as_ref().and_then(|s| s.error_message.clone());
    match refused {
        Some(words) if message.edited_at == before.edited_at && message.deleted_at == before.deleted_at => {
            Err(Error::conflict("telegram_refused", words).into())
        }
        _ => Ok(Some(message)),
    }
}
