//! `/contacts/` and `/contacts/{id}/`.

use app::{App, contacts as use_case};
use axum::{extract::State, http::StatusCode};
use model::{Error, Scope, contact::Contact};
use store::contacts;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{body::ContactBody, filter::ContactFilter, view::ContactView};
use crate::{
    extract::{Json, KeyedId, MayConverse, MayManage, MayRead, Path, Query, Written},
    ids::ContactId,
    page::{Listing, PageQuery, Paging},
    problem::Result,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(read, replace, change, remove))
}

/// List contacts, newest first.
///
/// Orders: `created_at`, `updated_at`, `last_seen_at`, `first_name`.
#[utoipa::path(get, path = "/contacts/", tag = "contacts", params(PageQuery, ContactFilter),
    responses((status = OK, body = Listing<ContactView>)))]
async fn list(
    State(app): State<App>,
    MayRead(scope): MayRead,
    paging: Paging,
    Query(filter): Query<ContactFilter>,
) -> Result<Written> {
    let (request, filter) = (paging.of(&contacts::CONTACTS)?, filter.read()?);
    let now = app.clock.now();
    let written = app.db.read(move |tx| {
        let filter = filter.clone().settled(tx, &scope, now)?;
        paging.written(contacts::list(tx, &scope, &filter, &request)?.map(ContactView::from))
    });
    Ok(written.await?)
}

/// Make a contact.
#[utoipa::path(post, path = "/contacts/", tag = "contacts", request_body = ContactBody,
    responses((status = CREATED, body = ContactView)))]
async fn create(
    State(app): State<App>,
    MayManage(scope): MayManage,
    KeyedId(id): KeyedId<Contact>,
    Json(body): Json<ContactBody>,
) -> Result<(StatusCode, Json<ContactView>)> {
    let source = body.source;
    let contact = use_case::create(&app, &scope, id, source, body.part()).await?;
    Ok((StatusCode::CREATED, Json(shown(&app, scope, contact).await?)))
}

/// A contact with the ways to reach them.
async fn shown(app: &App, scope: Scope, contact: Contact) -> Result<ContactView> {
    let found = app.db.read(move |tx| {
        let through = contacts::reachability(tx, &scope, &contact)?;
        Ok(ContactView::reached(contact.clone(), through))
    });
    Ok(found.await?)
}

/// Show a contact.
#[utoipa::path(get, path = "/contacts/{id}/", tag = "contacts", params(("id" = ContactId, Path)),
    responses((status = OK, body = ContactView)))]
async fn read(State(app): State<App>, MayRead(scope): MayRead, Path(id): Path<ContactId>) -> Result<Json<ContactView>> {
    let contact = app.db.read(move |tx| contacts::get(tx, &scope, id)).await?;
    Ok(Json(shown(&app, scope, contact.ok_or_else(|| Error::not_found("contact"))?).await?))
}

/// Replace a contact: fields that are left out take their defaults.
#[utoipa::path(put, path = "/contacts/{id}/", tag = "contacts", params(("id" = ContactId, Path)),
    request_body = ContactBody, responses((status = OK, body = ContactView)))]
async fn replace(
    State(app): State<App>,
    MayConverse(scope): MayConverse,
    Path(id): Path<ContactId>,
    Json(body): Json<ContactBody>,
) -> Result<Json<ContactView>> {
    let contact = use_case::change(&app, &scope, id, body.whole()).await?;
    Ok(Json(shown(&app, scope, contact).await?))
}

/// Change some fields of a contact.
#[utoipa::path(patch, path = "/contacts/{id}/", tag = "contacts", params(("id" = ContactId, Path)),
    request_body = ContactBody, responses((status = OK, body = ContactView)))]
async fn change(
    State(app): State<App>,
    MayConverse(scope): MayConverse,
    Path(id): Path<ContactId>,
    Json(body): Json<ContactBody>,
) -> Result<Json<ContactView>> {
    let contact = use_case::change(&app, &scope, id, body.part()).await?;
    Ok(Json(shown(&app, scope, contact).await?))
}

/// Remove a contact and its conversation.
///
/// What came in is erased, what had not left yet is cancelled. Of what was sent, id, bot, time and outcome stay for the
/// counts, without content, name or chat. If that person writes again, a new contact is made.
#[utoipa::path(delete, path = "/contacts/{id}/", tag = "contacts", params(("id" = ContactId, Path)),
    responses((status = NO_CONTENT, description = "It is gone.")))]
async fn remove(State(app): State<App>, MayManage(scope): MayManage, Path(id): Path<ContactId>) -> Result<StatusCode> {
    use_case::delete(&app, &scope, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
