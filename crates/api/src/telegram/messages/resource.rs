//! `/telegram/v1/messages/` and `/telegram/v1/messages/{id}/`: sending and looking.

use app::{
    App,
    accounts::Identity,
    send::{self, Draft},
};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
};
use model::{
    Actor, Error, Platform, Result as Outcome, Scope, Timestamp,
    message::{Author, AuthorType, Direction, EntryKind, ErrorCode, Message, Status},
};
use serde::Deserialize;
use store::{db::Tx, deliveries, messages, timeline};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{body::MessageBody, files::Files, form::MessageForm, prefer, view::MessageView};
use crate::{
    extract::{Json, KeyedId, MayConverse, MayRead, Path, Query, TelegramId, Whoami, Written},
    ids::{BotId, ContactId, ConversationId, MessageId},
    page::{Listing, PageQuery, Paging},
    problem::Result,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(send_message)).routes(routes!(read))
}

#[derive(Debug, Deserialize, ToSchema, IntoParams)]
#[into_params(parameter_in = Query)]
struct MessageFilter {
    status: Option<Status>,
    direction: Option<Direction>,
    bot_app_id: Option<BotId>,
    contact_id: Option<ContactId>,
    #[param(value_type = Option<i64>)]
    chat_id: Option<TelegramId>,
    conversation_id: Option<ConversationId>,
    error_code: Option<ErrorCode>,
    /// Telegram's number of the message, which is its own in each chat.
    #[param(value_type = Option<i64>)]
    provider_message_id: Option<TelegramId>,
    /// Accepted at this time or later.
    created_after: Option<Timestamp>,
    /// Accepted before this time.
    created_before: Option<Timestamp>,
}

/// List messages over Telegram, sent and received, newest first.
#[utoipa::path(get, path = "/telegram/v1/messages/", tag = "messages", params(PageQuery, MessageFilter),
    responses((status = OK, body = Listing<MessageView>)))]
async fn list(
    State(app): State<App>,
    MayRead(scope): MayRead,
    paging: Paging,
    Query(filter): Query<MessageFilter>,
) -> Result<Written> {
    let filter = timeline::Filter {
        kind: Some(EntryKind::Message),
        platform: Some(Platform::Telegram),
        status: filter.status,
        direction: filter.direction,
        bot: filter.bot_app_id,
        contact: filter.contact_id,
        chat_id: filter.chat_id.map(|TelegramId(id)| id),
        conversation: filter.conversation_id,
        error_code: filter.error_code,
        provider_message_id: filter.provider_message_id.map(|TelegramId(id)| id),
        created_after: filter.created_after,
        created_before: filter.created_before,
    };
    let request = paging.of(&filter.list())?;
    let (rates, now) = (app.settings.rates(), app.clock.now());
    let written = app.db.read(move |tx| {
        let mut page = timeline::list(tx, &scope, &filter, &request)?.map(|entry| entry.message);
        deliveries::explain(tx, &mut page.rows, rates, now)?;
        paging.written(page.map(MessageView::from))
    });
    Ok(written.await?)
}

/// Send a message.
///
/// It is accepted at once and leaves under the bot's limits; after 202 it is never lost. With `Prefer: wait=10` the answer
/// waits up to that many seconds (at most 60) for the final status, and is then 200. Files go in a form
/// (`multipart/form-data`), each in a part named as its kind.
#[utoipa::path(post, path = "/telegram/v1/messages/", tag = "messages", request_body = MessageBody,
    params(("Prefer" = Option<String>, Header, description = "`wait=N`: wait up to N seconds for the final status.")),
    responses((status = ACCEPTED, body = MessageView), (status = OK, body = MessageView, description = "The final status.")))]
async fn create(
    State(app): State<App>,
    MayConverse(scope): MayConverse,
    Whoami(identity): Whoami,
    KeyedId(id): KeyedId<Message>,
    headers: HeaderMap,
    form: MessageForm,
) -> Result<(StatusCode, Json<MessageView>)> {
    accept(app, scope, &identity, id, &headers, form).await
}

/// Send a message; the same as `POST /telegram/v1/messages/`.
#[utoipa::path(post, path = "/telegram/v1/messages/send/", tag = "messages", request_body = MessageBody,
    params(("Prefer" = Option<String>, Header, description = "`wait=N`: wait up to N seconds for the final status.")),
    responses((status = ACCEPTED, body = MessageView), (status = OK, body = MessageView, description = "The final status.")))]
async fn send_message(
    State(app): State<App>,
    MayConverse(scope): MayConverse,
    Whoami(identity): Whoami,
    KeyedId(id): KeyedId<Message>,
    headers: HeaderMap,
    form: MessageForm,
) -> Result<(StatusCode, Json<MessageView>)> {
    accept(app, scope, &identity, id, &headers, form).await
}

async fn accept(
    app: App,
    scope: Scope,
    identity: &Identity,
    id: Option<MessageId>,
    headers: &HeaderMap,
    form: MessageForm,
) -> Result<(StatusCode, Json<MessageView>)> {
    let MessageForm { body, files } = form;
    // A person may have written over another channel since.
    let platform = Some(Platform::Telegram);
    let draft = Draft { id, platform, ..body.draft(author(identity), &files)? };
    let message = accept_draft(&app, &scope, draft, &files).await?;
    match prefer::wait_until(headers, app.clock.now()) {
        Some(until) => outcome(&app, &scope, message.id, until).await,
        None => {
            let message = explained(&app, &scope, message.id).await?;
            Ok((StatusCode::ACCEPTED, Json(message.into())))
        }
    }
}

/// Keeps the files that a draft names, and accepts it; a refused draft leaves no file behind.
pub(crate) async fn accept_draft(app: &App, scope: &Scope, draft: Draft, files: &Files) -> Outcome<Message> {
    files.store(app).await?;
    let accepted = send::send(app, scope, draft).await;
    if accepted.is_err() {
        files.discard(app).await;
    }
    accepted
}

/// The message when it is settled, or as it is when the time is over.
pub(crate) async fn outcome(
    app: &App,
    scope: &Scope,
    id: MessageId,
    until: Timestamp,
) -> Result<(StatusCode, Json<MessageView>)> {
    let (message, is_settled) = send::settled(app, scope, id, until).await?;
    if is_settled && message.sending.as_ref().is_some_and(|s| s.status.is_final()) {
        return Ok((StatusCode::OK, Json(message.into())));
    }
    let message = explained(app, scope, id).await?;
    Ok((StatusCode::ACCEPTED, Json(message.into())))
}

/// Who sends: a key by the API, a person by their own token.
pub(crate) fn author(identity: &Identity) -> Author {
    let name = identity.user.as_ref().map(|user| &user.name).or(identity.key.as_ref().map(|key| &key.name)).cloned();
    match identity.caller.actor {
        Actor::User(id) => Author { kind: AuthorType::User, id: Some(id.as_uuid()), name },
        Actor::Key(id) => Author { kind: AuthorType::Api, id: Some(id.as_uuid()), name },
        Actor::System => Author { kind: AuthorType::System, id: None, name },
    }
}

/// Show a message.
#[utoipa::path(get, path = "/telegram/v1/messages/{id}/", tag = "messages", params(("id" = MessageId, Path)),
    responses((status = OK, body = MessageView)))]
async fn read(State(app): State<App>, MayRead(scope): MayRead, Path(id): Path<MessageId>) -> Result<Json<MessageView>> {
    Ok(Json(explained(&app, &scope, id).await?.into()))
}

/// A message with the true reason why it waits.
pub(crate) async fn explained(app: &App, scope: &Scope, id: MessageId) -> Outcome<Message> {
    let (scope, rates, now) = (*scope, app.settings.rates(), app.clock.now());
    app.db.read(move |tx| found(tx, &scope, id, rates, now)).await
}

fn found(tx: &mut Tx, scope: &Scope, id: MessageId, rates: deliveries::Rates, now: Timestamp) -> Outcome<Message> {
    let message = messages::get(tx, scope, id)?.filter(|m| m.kind == EntryKind::Message);
    let mut message = message.ok_or_else(|| Error::not_found("message"))?;
    deliveries::explain(tx, std::slice::from_mut(&mut message), rates, now)?;
    Ok(message)
}
