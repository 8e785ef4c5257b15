//! `/contacts/{id}/merge/`, `/merges/`, `/split/` and `/contacts/duplicates/`: one person, one contact.

use app::{App, contacts as use_case};
use axum::{extract::State, http::StatusCode};
use model::{
    Error, Platform, Timestamp,
    contact::merge::{Choices, Compared},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::contacts;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::view::{ByView, ContactView};
use crate::{
    extract::{Json, MayManage, MayRead, Path},
    ids::ContactId,
    page::{Listing, PageQuery, Paging},
    problem::Result,
};

/// How many merges are shown.
const MERGES_MAX: i64 = 100;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(merge))
        .routes(routes!(preview))
        .routes(routes!(merges))
        .routes(routes!(undo))
        .routes(routes!(duplicates))
        .routes(routes!(dismiss))
        .routes(routes!(split))
}

#[derive(Debug, Deserialize, ToSchema)]
struct MergeBody {
    /// The contact that goes up in this one.
    other: ContactId,
    /// Whose value stands, by field (an attribute is `custom.<name>`): of `this` contact or the `other`. Fields that are
    /// not named keep this contact's value where it has one.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, String>, example = json!({"first_name": "other", "custom.size": "this"}))]
    fields: Choices,
}

/// One field in which the two differ.
#[derive(Debug, Serialize, ToSchema)]
struct ComparedView {
    #[schema(example = "first_name")]
    field: String,
    #[schema(value_type = Object, example = "Ada")]
    this: Value,
    #[schema(value_type = Object, example = "A. Lovelace")]
    other: Value,
    /// What stands after the merge.
    #[schema(value_type = Object, example = "Ada")]
    result: Value,
}

impl From<Compared> for ComparedView {
    fn from(Compared { field, this, other, result }: Compared) -> Self {
        Self { field, this, other, result }
    }
}

/// What would move from the other contact to this one.
#[derive(Debug, Serialize, ToSchema)]
struct MovesView {
    #[schema(example = 12)]
    messages: i64,
    /// Messages of broadcasts among them.
    broadcasts: i64,
    chats: usize,
}

/// What a merge would make.
#[derive(Debug, Serialize, ToSchema)]
struct MergePreviewView {
    /// The contact as it would be.
    contact: ContactView,
    fields: Vec<ComparedView>,
    moves: MovesView,
}

/// A merge that can be undone.
#[derive(Debug, Serialize, ToSchema)]
struct MergeView {
    /// The contact that went up in this one, as it was.
    other: ContactView,
    merged_by: Option<ByView>,
    merged_at: Timestamp,
    undo_until: Timestamp,
}

/// The merges of a contact.
#[derive(Debug, Serialize, ToSchema)]
struct MergesView {
    /// The newest first; only that one can be undone. At most 100.
    merges: Vec<MergeView>,
}

/// Two contacts that look like one person.
#[derive(Debug, Serialize, ToSchema)]
struct DuplicateView {
    /// The older one first.
    contacts: Vec<ContactView>,
    /// `phone` and `username`: what is the same.
    #[schema(value_type = Vec<String>, example = json!(["phone"]))]
    same: Vec<&'static str>,
}

#[derive(Debug, Deserialize, ToSchema)]
struct DismissBody {
    /// The two contacts of a suggestion.
    #[schema(min_items = 2, max_items = 2)]
    contacts: Vec<ContactId>,
}

/// Join two records of one person.
///
/// This contact stays, and gets the other's identities, tags, chats and messages, in one timeline by time. Fields that
/// are empty here are filled from the other, which is then gone. It can be undone for 30 days.
#[utoipa::path(post, path = "/contacts/{id}/merge/", tag = "contacts", params(("id" = ContactId, Path)),
    responses((status = OK, body = ContactView)))]
async fn merge(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Path(id): Path<ContactId>,
    Json(body): Json<MergeBody>,
) -> Result<Json<ContactView>> {
    Ok(Json(use_case::merge(&app, &scope, id, body.other, body.fields).await?.into()))
}

/// Show what a merge would make, without doing it.
#[utoipa::path(post, path = "/contacts/{id}/merge/preview/", tag = "contacts", params(("id" = ContactId, Path)),
    responses((status = OK, body = MergePreviewView)))]
async fn preview(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Path(id): Path<ContactId>,
    Json(body): Json<MergeBody>,
) -> Result<Json<MergePreviewView>> {
    let seen = use_case::preview_merge(&app, &scope, id, body.other, body.fields).await?;
    let moves = MovesView { messages: seen.messages, broadcasts: seen.broadcasts, chats: seen.chats };
    let fields = seen.fields.into_iter().map(ComparedView::from).collect();
    Ok(Json(MergePreviewView { contact: seen.result.into(), fields, moves }))
}

/// List the merges of the last 30 days into a contact.
#[utoipa::path(get, path = "/contacts/{id}/merges/", tag = "contacts", params(("id" = ContactId, Path)),
    responses((status = OK, body = MergesView)))]
async fn merges(
    State(app): State<App>,
    MayRead(scope): MayRead,
    Path(id): Path<ContactId>,
) -> Result<Json<MergesView>> {
    let found = app.db.read(move |tx| {
        if !contacts::exists(tx, &scope, id)? {
            return Err(Error::not_found("contact"));
        }
        contacts::merges(tx, &scope, id, MERGES_MAX)
    });
    let merges = found.await?.into_iter().map(|one| MergeView {
        other: one.from.into(),
        merged_by: one.by.map(ByView::from),
        merged_at: one.merged_at,
        undo_until: one.merged_at + contacts::UNDO_MS,
    });
    Ok(Json(MergesView { merges: merges.collect() }))
}

/// The two contacts after a merge was undone.
#[derive(Debug, Serialize, ToSchema)]
struct UndoneView {
    contact: ContactView,
    other: ContactView,
}

/// Undo a merge: both contacts stand as they stood, each with its messages.
///
/// What was written to a chat since goes with the chat; fields that were changed since keep their new value. A merge
/// with newer ones after it waits for those to be undone.
#[utoipa::path(post, path = "/contacts/{id}/merges/{other}/undo/", tag = "contacts",
    params(("id" = ContactId, Path), ("other" = ContactId, Path, description = "The contact that went up in it.")),
    responses((status = OK, body = UndoneView)))]
async fn undo(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Path((id, other)): Path<(ContactId, ContactId)>,
) -> Result<Json<UndoneView>> {
    let (contact, other) = use_case::undo_merge(&app, &scope, id, other).await?;
    Ok(Json(UndoneView { contact: contact.into(), other: other.into() }))
}

/// List pairs of contacts that may be one person: the same phone number or username.
#[utoipa::path(get, path = "/contacts/duplicates/", tag = "contacts", params(PageQuery),
    responses((status = OK, body = Listing<DuplicateView>)))]
async fn duplicates(
    State(app): State<App>,
    MayRead(scope): MayRead,
    paging: Paging,
) -> Result<Json<Listing<DuplicateView>>> {
    let request = paging.of(&contacts::duplicates::DUPLICATES)?;
    let page = app.db.read(move |tx| contacts::duplicates::list(tx, &scope, &request)).await?;
    Ok(paging.answer(page.map(|pair| {
        let same = [(pair.is_same_phone, "phone"), (pair.is_same_username, "username")];
        let same = same.into_iter().filter(|(is_same, _)| *is_same).map(|(_, name)| name).collect();
        DuplicateView { contacts: pair.contacts.into_iter().map(ContactView::from).collect(), same }
    })))
}

/// Say that two contacts which look alike are two people. They are suggested no more.
#[utoipa::path(post, path = "/contacts/duplicates/dismiss/", tag = "contacts",
    responses((status = NO_CONTENT, description = "They are not suggested again.")))]
async fn dismiss(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Json(body): Json<DismissBody>,
) -> Result<StatusCode> {
    let [one, other] = body.contacts[..] else {
        return Err(Error::field("contacts", "Enter the two contacts of a suggestion.").into());
    };
    use_case::dismiss_duplicate(&app, &scope, one, other).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Deserialize, ToSchema)]
struct SplitBody {
    #[schema(example = "TELEGRAM")]
    platform: Platform,
    /// The identity's id on that channel.
    #[schema(example = "123456789")]
    external_id: String,
}

/// The two contacts after a split.
#[derive(Debug, Serialize, ToSchema)]
struct SplitView {
    /// Without the identity.
    contact: ContactView,
    /// With it.
    new_contact: ContactView,
}

/// Take an identity off a contact.
///
/// It gets a contact of its own, with its chats. What was said so far stays where it stands.
#[utoipa::path(post, path = "/contacts/{id}/split/", tag = "contacts", params(("id" = ContactId, Path)),
    responses((status = OK, body = SplitView)))]
async fn split(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Path(id): Path<ContactId>,
    Json(body): Json<SplitBody>,
) -> Result<Json<SplitView>> {
    let (contact, new_contact) = use_case::split(&app, &scope, id, body.platform, body.external_id).await?;
    Ok(Json(SplitView { contact: contact.into(), new_contact: new_contact.into() }))
}
