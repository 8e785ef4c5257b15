//! What helps with writing: drafts, the preview of marks, and the notes that name one.

use app::{
    App, inbox,
    send::{self, Body, Draft, MARKERS, Markup, To},
};
use axum::{extract::State, http::StatusCode};
use model::{
    Error, Timestamp,
    content::Entity,
    conversation::{DraftMode, ReplyDraft},
    message::{Author, AuthorType},
};
use serde::{Deserialize, Serialize};
use store::{conversations, reply_drafts, timeline};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::view::{self, EntryView};
use crate::{
    extract::{Json, MayConverse, MayRead, Path, Query, Written},
    ids::{ConversationId, MessageId},
    page::{Listing, PageQuery, Paging},
    problem::Result,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(read_drafts, keep_draft, drop_draft))
        .routes(routes!(own_drafts))
        .routes(routes!(preview))
        .routes(routes!(mentions))
}

/// What you began to write in a conversation.
#[derive(Debug, Serialize, ToSchema)]
struct DraftView {
    conversation_id: ConversationId,
    mode: DraftMode,
    text: String,
    reply_to: Option<MessageId>,
    updated_at: Timestamp,
}

impl From<ReplyDraft> for DraftView {
    fn from(draft: ReplyDraft) -> Self {
        let ReplyDraft { conversation, mode, text, reply_to, updated_at } = draft;
        Self { conversation_id: conversation, mode, text, reply_to, updated_at }
    }
}

#[derive(Debug, Serialize, ToSchema)]
struct Drafts {
    results: Vec<DraftView>,
}

#[derive(Debug, Deserialize, ToSchema)]
struct DraftBody {
    mode: DraftMode,
    /// Blank: there is no draft any more.
    #[schema(max_length = 40960)]
    text: String,
    /// The entry that is to be answered.
    reply_to: Option<MessageId>,
}

#[derive(Debug, Deserialize, ToSchema, IntoParams)]
#[into_params(parameter_in = Query)]
struct DraftQuery {
    /// Which one; both when nothing is said.
    mode: Option<DraftMode>,
}

/// Show your drafts in a conversation: at most one answer and one note.
#[utoipa::path(get, path = "/team-inbox/api/conversations/{id}/draft/", tag = "team-inbox",
    params(("id" = ConversationId, Path)), responses((status = OK, body = Drafts)))]
async fn read_drafts(
    State(app): State<App>,
    MayRead(scope): MayRead,
    Path(id): Path<ConversationId>,
) -> Result<Json<Drafts>> {
    let drafts = app
        .db
        .read(move |tx| match conversations::get(tx, &scope, id)? {
            Some(_) => reply_drafts::of(tx, &scope, id),
            None => Err(Error::not_found("conversation")),
        })
        .await?;
    Ok(Json(Drafts { results: drafts.into_iter().map(DraftView::from).collect() }))
}

/// Keep a draft, in place of the one before. Each person has their own; the newest wins.
#[utoipa::path(put, path = "/team-inbox/api/conversations/{id}/draft/", tag = "team-inbox",
    params(("id" = ConversationId, Path)), responses((status = OK, body = DraftView)))]
async fn keep_draft(
    State(app): State<App>,
    MayConverse(scope): MayConverse,
    Path(id): Path<ConversationId>,
    Json(body): Json<DraftBody>,
) -> Result<Json<DraftView>> {
    let draft = inbox::keep_draft(&app, &scope, id, body.mode, &body.text, body.reply_to).await?;
    Ok(Json(draft.into()))
}

/// Drop your drafts in a conversation, or one of them.
#[utoipa::path(delete, path = "/team-inbox/api/conversations/{id}/draft/", tag = "team-inbox",
    params(("id" = ConversationId, Path), DraftQuery),
    responses((status = NO_CONTENT, description = "They are gone.")))]
async fn drop_draft(
    State(app): State<App>,
    MayConverse(scope): MayConverse,
    Path(id): Path<ConversationId>,
    Query(query): Query<DraftQuery>,
) -> Result<StatusCode> {
    for mode in DraftMode::ALL.iter().filter(|mode| query.mode.is_none_or(|wanted| wanted == **mode)) {
        inbox::keep_draft(&app, &scope, id, *mode, "", None).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// List your drafts, the newest first, at most 200.
#[utoipa::path(get, path = "/team-inbox/api/drafts/", tag = "team-inbox", responses((status = OK, body = Drafts)))]
async fn own_drafts(State(app): State<App>, MayRead(scope): MayRead) -> Result<Json<Drafts>> {
    let drafts = app.db.read(move |tx| reply_drafts::own(tx, &scope, inbox::DRAFTS_MAX)).await?;
    Ok(Json(Drafts { results: drafts.into_iter().map(DraftView::from).collect() }))
}

#[derive(Debug, Deserialize, ToSchema)]
struct MarksBody {
    #[schema(example = "See **this**: [the docs](https://example.com)", max_length = 40960)]
    text: String,
    /// `markers` when nothing is said, or `HTML`, `MarkdownV2`, `Markdown`, `none`.
    parse_mode: Option<String>,
}

/// A text as it would be shown.
#[derive(Debug, Serialize, ToSchema)]
struct MarksView {
    text: String,
    /// Formatting; offsets and lengths count UTF-16 units.
    entities: Vec<Entity>,
    /// How long it is, in UTF-16 units.
    units: usize,
    /// How many messages it would be.
    parts: usize,
}

/// Show what marks become, by the converter that replies use.
#[utoipa::path(post, path = "/team-inbox/api/preview/", tag = "team-inbox", responses((status = OK, body = MarksView)))]
async fn preview(State(app): State<App>, _: MayRead, Json(body): Json<MarksBody>) -> Result<Json<MarksView>> {
    const PREVIEW_CHARS_MAX: usize = 40_960;
    if body.text.chars().count() > PREVIEW_CHARS_MAX {
        return Err(Error::field("text", format!("Enter at most {PREVIEW_CHARS_MAX} characters.")).into());
    }
    let markup = Markup { text: body.text, parse_mode: body.parse_mode.or_else(|| Some(MARKERS.to_owned())) };
    let author = Author { kind: AuthorType::System, id: None, name: None };
    // Only its words count; to whom it would go does not.
    let composed = send::compose(&*app.ids, &Draft::new(To::Chat(1), author, Body::Text(markup)))?;
    let text = composed.content.text.unwrap_or_default();
    Ok(Json(MarksView {
        units: text.encode_utf16().count(),
        text,
        entities: composed.content.entities,
        parts: composed.parts.len(),
    }))
}

/// List the notes that name you, the newest first.
#[utoipa::path(get, path = "/team-inbox/api/mentions/", tag = "team-inbox", params(PageQuery),
    responses((status = OK, body = Listing<EntryView>)))]
async fn mentions(State(app): State<App>, MayRead(scope): MayRead, paging: Paging) -> Result<Written> {
    let request = paging.of(&timeline::MENTIONS)?;
    let (rates, now) = (app.settings.rates(), app.clock.now());
    let written = app.db.read(move |tx| {
        let page = timeline::mentions(tx, &scope, &request)?;
        paging.written(page.turned(|entries| view::explained(tx, entries, rates, now))?)
    });
    Ok(written.await?)
}
