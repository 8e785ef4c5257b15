//! `/tenants/tenant-access-keys/`: API keys of the tenant.

use app::{
    App,
    accounts::{MadeKey, NewKey, create_key, restore_key, revoke_key, rotate_key},
};
use axum::{extract::State, http::StatusCode};
use model::{Role, Timestamp, key_limits::KeyLimits};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use store::keys::{self, KeyRow};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    extract::{Caller, Json, MayAdminister, Path, Query},
    ids::{BotId, KeyId},
    page::{Listing, PageQuery, Paging, SearchQuery},
    problem::Result,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(revoke))
        .routes(routes!(restore))
        .routes(routes!(rotate))
}

/// An API key, without the key itself.
#[derive(Debug, Serialize, ToSchema)]
struct KeyView {
    id: KeyId,
    #[schema(example = "Shop")]
    name: String,
    /// What the key begins with.
    #[schema(example = "jc_x7Gq2A")]
    prefix: String,
    role: Role,
    created_at: Timestamp,
    /// Null: it does not expire.
    expires_at: Option<Timestamp>,
    /// To the minute; null: never.
    last_used_at: Option<Timestamp>,
    /// Of an agent's key: what it may do. Such a key opens `/mcp` alone.
    limits: Option<KeyLimitsView>,
}

/// What the key of an agent may do, where, and to whom. What is left out is not limited.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct KeyLimitsView {
    /// Names of MCP tools.
    #[schema(example = json!(["search_contacts", "send_message"]), min_items = 1, max_items = 15)]
    tools: Option<Vec<String>>,
    /// Ids of bots. Of people and conversations it then sees those who have a chat with one of these.
    #[schema(min_items = 1, max_items = 1000)]
    bots: Option<Vec<BotId>>,
    /// Telegram's ids of chats.
    #[schema(example = json!([77]), min_items = 1, max_items = 1000)]
    chats: Option<Vec<i64>>,
}

impl From<KeyLimits> for KeyLimitsView {
    fn from(KeyLimits { tools, bots, chats }: KeyLimits) -> Self {
        Self { tools, bots, chats }
    }
}

impl From<KeyLimitsView> for KeyLimits {
    fn from(KeyLimitsView { tools, bots, chats }: KeyLimitsView) -> Self {
        Self { tools, bots, chats }
    }
}

impl From<KeyRow> for KeyView {
    fn from(row: KeyRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            prefix: row.prefix,
            role: row.role,
            created_at: row.created_at,
            expires_at: row.expires_at,
            last_used_at: row.last_used_at,
            limits: row.limits.map(KeyLimitsView::from),
        }
    }
}

/// A new API key, with the key itself: it is not shown again.
#[derive(Serialize, ToSchema)]
struct NewKeyView {
    /// Send it as `Authorization: Bearer`.
    #[schema(example = "jc_x7Gq2A…")]
    key: String,
    #[serde(flatten)]
    view: KeyView,
}

impl From<MadeKey> for NewKeyView {
    fn from(made: MadeKey) -> Self {
        Self { key: made.key.expose_secret().to_owned(), view: made.row.into() }
    }
}

#[derive(Debug, Deserialize, ToSchema, IntoParams)]
#[into_params(parameter_in = Query)]
struct KeyFilter {
    /// Keys of this role only.
    role: Option<Role>,
}

/// List the tenant's API keys. `search` looks into names.
#[utoipa::path(get, path = "/tenants/tenant-access-keys/", tag = "accounts", params(PageQuery, SearchQuery, KeyFilter),
    responses((status = OK, body = Listing<KeyView>)))]
async fn list(
    State(app): State<App>,
    MayAdminister(scope): MayAdminister,
    paging: Paging,
    Query(search): Query<SearchQuery>,
    Query(filter): Query<KeyFilter>,
) -> Result<Json<Listing<KeyView>>> {
    let (request, typed) = (paging.of(&keys::LIST)?, search.text()?);
    let page = app.db.read(move |tx| keys::list(tx, &scope, (filter.role, typed.as_deref()), &request)).await?;
    Ok(paging.answer(page.map(KeyView::from)))
}

#[derive(Debug, Deserialize, ToSchema)]
struct NewKeyBody {
    #[schema(example = "Shop", min_length = 1, max_length = 200)]
    name: String,
    /// At most your own role, which is also the default.
    role: Option<Role>,
    /// When it stops working; never when left out.
    expires_at: Option<Timestamp>,
    /// For an agent: it can then use `/mcp` only, and there no more than this.
    limits: Option<KeyLimitsView>,
}

/// Make an API key.
#[utoipa::path(post, path = "/tenants/tenant-access-keys/", tag = "accounts",
    responses((status = CREATED, body = NewKeyView)))]
async fn create(
    State(app): State<App>,
    _: MayAdminister,
    caller: Caller,
    Json(body): Json<NewKeyBody>,
) -> Result<(StatusCode, Json<NewKeyView>)> {
    let NewKeyBody { name, role, expires_at, limits } = body;
    let new = NewKey { name, role, expires_at, limits: limits.map(KeyLimits::from) };
    let made = create_key(&app, &caller, new).await?;
    Ok((StatusCode::CREATED, Json(made.into())))
}

/// Revoke an API key.
#[utoipa::path(delete, path = "/tenants/tenant-access-keys/{id}/", tag = "accounts",
    params(("id" = KeyId, Path)), responses((status = NO_CONTENT, description = "It works no longer.")))]
async fn revoke(
    State(app): State<App>,
    MayAdminister(scope): MayAdminister,
    caller: Caller,
    Path(id): Path<KeyId>,
) -> Result<StatusCode> {
    revoke_key(&app, &scope, caller.role, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take back that a key was revoked, within a minute.
#[utoipa::path(post, path = "/tenants/tenant-access-keys/{id}/restore/", tag = "accounts",
    params(("id" = KeyId, Path)), responses((status = OK, body = KeyView)))]
async fn restore(
    State(app): State<App>,
    MayAdminister(scope): MayAdminister,
    caller: Caller,
    Path(id): Path<KeyId>,
) -> Result<Json<KeyView>> {
    Ok(Json(restore_key(&app, &scope, caller.role, id).await?.into()))
}

/// Make a key in the place of another.
///
/// It has the other's name, role, limits and end. The other one works for one more day.
#[utoipa::path(post, path = "/tenants/tenant-access-keys/{id}/rotate/", tag = "accounts",
    params(("id" = KeyId, Path)), responses((status = CREATED, body = NewKeyView)))]
async fn rotate(
    State(app): State<App>,
    MayAdminister(scope): MayAdminister,
    caller: Caller,
    Path(id): Path<KeyId>,
) -> Result<(StatusCode, Json<NewKeyView>)> {
    Ok((StatusCode::CREATED, Json(rotate_key(&app, &scope, caller.role, id).await?.into())))
}
