//! What can be done to a broadcast: start, pause, resume, cancel, send again, copy, try.

use app::{
    App,
    accounts::Identity,
    broadcasts::{self as use_case, Act},
    send::To,
};
use axum::{extract::State, http::StatusCode};
use model::{
    Actor, Error, Scope,
    broadcast::RecipientStatus,
    message::{Author, AuthorType, Status},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::view::{BroadcastView, shown};
use crate::{
    extract::{Json, MayManage, Path, TelegramId, Whoami},
    ids::{BroadcastId, ContactId, MessageId},
    problem::Result,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(start))
        .routes(routes!(pause))
        .routes(routes!(resume))
        .routes(routes!(cancel))
        .routes(routes!(retry_failed))
        .routes(routes!(retry_unknown))
        .routes(routes!(duplicate))
        .routes(routes!(test))
}

/// Start a draft, or a scheduled broadcast before its time.
#[utoipa::path(post, path = "/broadcast/{id}/start/", tag = "broadcasts", params(("id" = BroadcastId, Path)),
    responses((status = OK, body = BroadcastView)))]
async fn start(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Path(id): Path<BroadcastId>,
) -> Result<Json<BroadcastView>> {
    act(app, scope, id, Act::Start).await
}

/// Pause a broadcast. What is on its way to Telegram at this moment still arrives.
#[utoipa::path(post, path = "/broadcast/{id}/pause/", tag = "broadcasts", params(("id" = BroadcastId, Path)),
    responses((status = OK, body = BroadcastView)))]
async fn pause(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Path(id): Path<BroadcastId>,
) -> Result<Json<BroadcastView>> {
    act(app, scope, id, Act::Pause).await
}

/// Go on with a paused broadcast where it stopped.
#[utoipa::path(post, path = "/broadcast/{id}/resume/", tag = "broadcasts", params(("id" = BroadcastId, Path)),
    responses((status = OK, body = BroadcastView)))]
async fn resume(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Path(id): Path<BroadcastId>,
) -> Result<Json<BroadcastView>> {
    act(app, scope, id, Act::Resume).await
}

/// Cancel a broadcast for good. Recipients who were not reached yet are counted as `cancelled`.
#[utoipa::path(post, path = "/broadcast/{id}/cancel/", tag = "broadcasts", params(("id" = BroadcastId, Path)),
    responses((status = OK, body = BroadcastView)))]
async fn cancel(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Path(id): Path<BroadcastId>,
) -> Result<Json<BroadcastView>> {
    act(app, scope, id, Act::Cancel).await
}

async fn act(app: App, scope: Scope, id: BroadcastId, act: Act) -> Result<Json<BroadcastView>> {
    use_case::act(&app, &scope, id, act).await?;
    Ok(Json(shown(&app, &scope, id).await?))
}

/// Send once more to those to whom it failed.
#[utoipa::path(post, path = "/broadcast/{id}/retry_failed/", tag = "broadcasts", params(("id" = BroadcastId, Path)),
    responses((status = OK, body = BroadcastView)))]
async fn retry_failed(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Path(id): Path<BroadcastId>,
) -> Result<Json<BroadcastView>> {
    use_case::retry(&app, &scope, id, RecipientStatus::Failed).await?;
    Ok(Json(shown(&app, &scope, id).await?))
}

/// Send once more to those of whom it is not known whether they got it. Some may get it twice.
#[utoipa::path(post, path = "/broadcast/{id}/retry_unknown/", tag = "broadcasts", params(("id" = BroadcastId, Path)),
    responses((status = OK, body = BroadcastView)))]
async fn retry_unknown(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Path(id): Path<BroadcastId>,
) -> Result<Json<BroadcastView>> {
    use_case::retry(&app, &scope, id, RecipientStatus::Unknown).await?;
    Ok(Json(shown(&app, &scope, id).await?))
}

/// Make a draft that says the same to the same audience.
#[utoipa::path(post, path = "/broadcast/{id}/duplicate/", tag = "broadcasts", params(("id" = BroadcastId, Path)),
    responses((status = CREATED, body = BroadcastView)))]
async fn duplicate(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Path(id): Path<BroadcastId>,
) -> Result<(StatusCode, Json<BroadcastView>)> {
    let copy = use_case::duplicate(&app, &scope, id).await?;
    Ok((StatusCode::CREATED, Json(shown(&app, &scope, copy.id).await?)))
}

/// To whom a test goes: a contact or a chat, usually one's own.
#[derive(Debug, Deserialize, ToSchema)]
struct TestBody {
    /// The contact whose values are filled in.
    contact_id: Option<ContactId>,
    /// A Telegram chat; the values are those of its contact, if there is one.
    chat_id: Option<TelegramId>,
}

/// The message that goes out as a test.
#[derive(Debug, Serialize, ToSchema)]
struct TestView {
    message_id: MessageId,
    status: Option<Status>,
}

/// Send it to oneself, to see what it looks like. It is not counted.
#[utoipa::path(post, path = "/broadcast/{id}/test/", tag = "broadcasts", params(("id" = BroadcastId, Path)),
    responses((status = ACCEPTED, body = TestView)))]
async fn test(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Whoami(identity): Whoami,
    Path(id): Path<BroadcastId>,
    Json(body): Json<TestBody>,
) -> Result<(StatusCode, Json<TestView>)> {
    let to = match (body.contact_id, body.chat_id) {
        (Some(contact), None) => To::Contact(contact),
        (None, Some(TelegramId(chat))) => To::Chat(chat),
        (Some(_), Some(_)) => return Err(Error::field("chat_id", "Give contact_id or chat_id, not both.").into()),
        (None, None) => return Err(Error::field("contact_id", "Say who gets it: contact_id or chat_id.").into()),
    };
    let message = use_case::send_test(&app, &scope, id, to, author(&identity)).await?;
    let status = message.sending.map(|sending| sending.status);
    Ok((StatusCode::ACCEPTED, Json(TestView { message_id: message.id, status })))
}

fn author(identity: &Identity) -> Author {
    let name = identity.user.as_ref().map(|user| &user.name).or(identity.key.as_ref().map(|key| &key.name)).cloned();
    match identity.caller.actor {
        Actor::User(id) => Author { kind: AuthorType::User, id: Some(id.as_uuid()), name },
        Actor::Key(id) => Author { kind: AuthorType::Api, id: Some(id.as_uuid()), name },
        Actor::System => Author { kind: AuthorType::System, id: None, name },
    }
}
