//! `…/conversations/{id}/typing/` and `…/presence/`: what people of the team do at a conversation just now.

use app::{
    App,
    inbox::{self, show_typing, typed_in},
};
use axum::{Extension, http::StatusCode};
use model::{Permission, Result as Outcome, Scope, conversation::Conversation, message::AuthorType};
use serde::{Deserialize, Serialize};
use store::wake;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    hub::Hub,
    signs::{Aspect, PRESENCE_MS, Sign, State, TYPING_MS},
};
use crate::{
    extract::{Caller, Json, MayConverse, MayRead, Path},
    ids::ConversationId,
    problem::Result,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(typing)).routes(routes!(presence))
}

#[derive(Debug, Deserialize, ToSchema)]
struct TypingBody {
    /// Whether you type; so it is when nothing is said.
    is_typing: Option<bool>,
}

/// Say that you type.
///
/// Others see it for six seconds (`typing_indicator`), so say it again every few seconds. The contact sees it too, while
/// the bot has room to spare: it never costs a message its place.
#[utoipa::path(post, path = "/team-inbox/api/conversations/{id}/typing/", tag = "realtime",
    params(("id" = ConversationId, Path)), request_body = Option<TypingBody>,
    responses((status = NO_CONTENT, description = "It is told to those who listen.")))]
async fn typing(
    Extension(hub): Extension<Hub>,
    MayConverse(scope): MayConverse,
    Path(id): Path<ConversationId>,
    body: Option<Json<TypingBody>>,
) -> Result<StatusCode> {
    let is_typing = body.and_then(|Json(body)| body.is_typing).unwrap_or(true);
    typed(&hub, &scope, id, is_typing).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Presence {
    Viewing,
    Replying,
    Gone,
}

#[derive(Debug, Deserialize, ToSchema)]
struct PresenceBody {
    state: Presence,
}

/// Who is at a conversation.
#[derive(Debug, Serialize, ToSchema)]
struct PresenceView {
    conversation_id: ConversationId,
    #[schema(value_type = Vec<PersonPresent>)]
    people: Vec<serde_json::Value>,
}

/// Somebody who looks at a conversation, or answers it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is written field by field")]
struct PersonPresent {
    #[schema(rename = "type")]
    kind: AuthorType,
    id: Option<Uuid>,
    name: Option<String>,
    state: Presence,
    /// When it is over unless it is said again.
    expires_at: model::Timestamp,
}

/// Say that you look at a conversation, answer it, or have left it.
///
/// Others see it for 45 seconds (`presence`), so say it again every 20 or so. Who answers is shown to the contact as typing,
/// while the bot has room to spare. The answer tells who is there.
#[utoipa::path(post, path = "/team-inbox/api/conversations/{id}/presence/", tag = "realtime",
    params(("id" = ConversationId, Path)), responses((status = OK, body = PresenceView)))]
async fn presence(
    Extension(hub): Extension<Hub>,
    MayRead(scope): MayRead,
    caller: Caller,
    Path(id): Path<ConversationId>,
    Json(body): Json<PresenceBody>,
) -> Result<Json<PresenceView>> {
    if matches!(body.state, Presence::Replying) {
        caller.require(Permission::Converse)?;
    }
    let state = match body.state {
        Presence::Viewing => State::Viewing,
        Presence::Replying => State::Replying,
        Presence::Gone => State::Gone,
    };
    let conversation = typed_in(hub.app(), &scope, id).await?;
    let sign = sign(&hub, &scope, &conversation, state).await?;
    tell(&hub, &sign).await?;
    if sign.state == State::Replying {
        show_typing(hub.app(), &scope, &conversation).await?;
    }
    Ok(Json(PresenceView { conversation_id: id, people: hub.people(&sign) }))
}

/// Tells that somebody types, or has stopped, to the team and to the contact.
pub(super) async fn typed(hub: &Hub, scope: &Scope, id: ConversationId, is_typing: bool) -> Outcome<()> {
    let conversation = typed_in(hub.app(), scope, id).await?;
    let state = if is_typing { State::Typing } else { State::Gone };
    let sign = Sign { aspect: Aspect::Typing, ..sign(hub, scope, &conversation, state).await? };
    tell(hub, &sign).await?;
    if is_typing {
        show_typing(hub.app(), scope, &conversation).await?;
    }
    Ok(())
}

async fn sign(hub: &Hub, scope: &Scope, conversation: &Conversation, state: State) -> Outcome<Sign> {
    let (app, scope) = (hub.app(), *scope);
    let person = app.db.read(move |tx| inbox::author(tx, &scope)).await?;
    let lasts = if state == State::Typing { TYPING_MS } else { PRESENCE_MS };
    Ok(Sign {
        v: 1,
        tenant: scope.tenant(),
        conversation: conversation.id,
        aspect: Aspect::Presence,
        state,
        person,
        until: app.clock.now() + lasts,
    })
}

/// To all nodes, this one included.
async fn tell(hub: &Hub, sign: &Sign) -> Outcome<()> {
    if !hub.is_news(sign) {
        return Ok(());
    }
    // Noted here first: what comes back from the database is then no news.
    hub.note(sign.clone());
    let text = serde_json::to_string(sign)
        .map_err(|error| model::Error::internal("a sign could not be written as JSON").with_source(error))?;
    hub.app().db.write(move |tx| tx.notify(wake::SIGN, &text)).await
}
