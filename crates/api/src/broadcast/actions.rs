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

/// Who can get a test at once.
const TESTS_MAX: usize = 10;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(start))
        .routes(routes!(pause))
        .routes(routes!(resume))
        .routes(routes!(cancel))
        .routes(routes!(retry_failed))
        .routes(routes!(retry_unknown))
        .routes(routes!(duplicate))
        .routes(routes!(rate))
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

/// How fast it may be.
#[derive(Debug, Deserialize, ToSchema)]
struct RateBody {
    /// `N/s`, `N/min` or `N/h`, over all its bots; null: as fast as the bots may.
    #[schema(example = "10/min")]
    rate_limit: Option<String>,
}

/// Change how fast a broadcast may be, also while it runs. It takes effect at once.
#[utoipa::path(post, path = "/broadcast/{id}/rate/", tag = "broadcasts", params(("id" = BroadcastId, Path)),
    responses((status = OK, body = BroadcastView)))]
async fn rate(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Path(id): Path<BroadcastId>,
    Json(body): Json<RateBody>,
) -> Result<Json<BroadcastView>> {
    let rate = body.rate_limit.map(|rate| rate.parse().map_err(|e: Error| e.at_field("rate_limit"))).transpose()?;
    use_case::change_rate(&app, &scope, id, rate).await?;
    Ok(Json(shown(&app, &scope, id).await?))
}

/// To whom a test goes: contacts or a chat. Without any, to yourself: the contact with your own e-mail address.
#[derive(Debug, Default, Deserialize, ToSchema)]
struct TestBody {
    /// The contact whose values are filled in.
    contact_id: Option<ContactId>,
    /// Several contacts, at most 10, each with their own values and language.
    #[schema(max_items = 10)]
    contact_ids: Option<Vec<ContactId>>,
    /// A Telegram chat; the values are those of its contact, if there is one.
    chat_id: Option<TelegramId>,
}

/// The messages that go out as a test.
#[derive(Debug, Serialize, ToSchema)]
struct TestView {
    /// The first of them.
    message_id: MessageId,
    status: Option<Status>,
    messages: Vec<TestMessage>,
}

#[derive(Debug, Serialize, ToSchema)]
struct TestMessage {
    message_id: MessageId,
    /// Null for a chat that was named itself.
    contact_id: Option<ContactId>,
    status: Option<Status>,
}

/// Send it to oneself or to named contacts, to see what it looks like. It is not counted.
#[utoipa::path(post, path = "/broadcast/{id}/test/", tag = "broadcasts", params(("id" = BroadcastId, Path)),
    responses((status = ACCEPTED, body = TestView)))]
async fn test(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Whoami(identity): Whoami,
    Path(id): Path<BroadcastId>,
    body: Option<Json<TestBody>>,
) -> Result<(StatusCode, Json<TestView>)> {
    let all = addressees(&app, &scope, &identity, body.map(|Json(body)| body).unwrap_or_default()).await?;
    let mut messages = Vec::with_capacity(all.len());
    for to in all {
        let message = use_case::send_test(&app, &scope, id, to, author(&identity)).await?;
        let contact_id = if let To::Contact(contact) = to { Some(contact) } else { None };
        let status = message.sending.map(|sending| sending.status);
        messages.push(TestMessage { message_id: message.id, contact_id, status });
    }
    let first = messages.first().map(|first| (first.message_id, first.status));
    let (message_id, status) = first.ok_or_else(|| Error::field("contact_ids", "Name at least one contact."))?;
    Ok((StatusCode::ACCEPTED, Json(TestView { message_id, status, messages })))
}

async fn addressees(app: &App, scope: &Scope, identity: &Identity, body: TestBody) -> Result<Vec<To>> {
    let mut all: Vec<To> = Vec::new();
    for contact in body.contact_id.into_iter().chain(body.contact_ids.into_iter().flatten()) {
        let to = To::Contact(contact);
        if !all.contains(&to) {
            all.push(to);
        }
    }
    match body.chat_id {
        Some(_) if !all.is_empty() => Err(Error::field("chat_id", "Give contacts or chat_id, not both.").into()),
        Some(TelegramId(0)) => Err(Error::field("chat_id", "0 is no chat.").into()),
        Some(TelegramId(chat)) => Ok(vec![To::Chat(chat)]),
        None if all.len() > TESTS_MAX => {
            Err(Error::field("contact_ids", format!("Name at most {TESTS_MAX} contacts.")).into())
        }
        None if all.is_empty() => {
            let email = identity.user.as_ref().map(|user| user.email.as_str());
            Ok(vec![use_case::oneself(app, scope, email).await?])
        }
        None => Ok(all),
    }
}

fn author(identity: &Identity) -> Author {
    let name = identity.user.as_ref().map(|user| &user.name).or(identity.key.as_ref().map(|key| &key.name)).cloned();
    match identity.caller.actor {
        Actor::User(id) => Author { kind: AuthorType::User, id: Some(id.as_uuid()), name },
        Actor::Key(id) => Author { kind: AuthorType::Api, id: Some(id.as_uuid()), name },
        Actor::System => Author { kind: AuthorType::System, id: None, name },
    }
}
