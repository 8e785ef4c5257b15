//! `/tenants/invites/`, and what the links of invitations and new passwords lead to.

use app::{App, accounts};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header::SET_COOKIE},
    response::IntoResponse,
};
use model::{Role, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::members::{self, InviteRow};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::session::browser;
use crate::{
    extract::{Caller, Json, MayAdminister, Path, Query, cookie},
    ids::InviteId,
    page::{Listing, PageQuery, Paging, SearchQuery},
    problem::Result,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(revoke))
        .routes(routes!(look, accept))
        .routes(routes!(look_at_reset, reset))
        .routes(routes!(ask_for_reset))
}

/// An invitation that is open, without its link.
#[derive(Debug, Serialize, ToSchema)]
struct InviteView {
    id: InviteId,
    #[schema(example = "grace@example.org")]
    email: String,
    role: Role,
    created_at: Timestamp,
    expires_at: Timestamp,
}

impl From<InviteRow> for InviteView {
    fn from(row: InviteRow) -> Self {
        Self { id: row.id, email: row.email, role: row.role, created_at: row.created_at, expires_at: row.expires_at }
    }
}

/// A new invitation, with the link to pass on: it is not shown again.
#[derive(Serialize, ToSchema)]
struct NewInviteView {
    #[schema(example = "https://chat.example.com/app/invite/3q2-7wAAAA…")]
    url: String,
    /// Whether a letter with the link is on its way to the address.
    is_mailed: bool,
    #[serde(flatten)]
    view: InviteView,
}

/// List the invitations that are open. `search` looks into addresses.
#[utoipa::path(get, path = "/tenants/invites/", tag = "accounts", params(PageQuery, SearchQuery),
    responses((status = OK, body = Listing<InviteView>)))]
async fn list(
    State(app): State<App>,
    MayAdminister(scope): MayAdminister,
    paging: Paging,
    Query(search): Query<SearchQuery>,
) -> Result<Json<Listing<InviteView>>> {
    let (request, typed) = (paging.of(&members::INVITES)?, search.text()?);
    let page = app.db.read(move |tx| members::invites(tx, &scope, typed.as_deref(), &request)).await?;
    Ok(paging.answer(page.map(InviteView::from)))
}

#[derive(Debug, Deserialize, ToSchema)]
struct InviteBody {
    #[schema(example = "grace@example.org", max_length = 254)]
    email: String,
    /// At most your own.
    role: Role,
}

/// Invite somebody to the workspace, for a week.
///
/// Where the operator named a mail server, the link goes there by mail; else pass it on yourself.
#[utoipa::path(post, path = "/tenants/invites/", tag = "accounts",
    responses((status = CREATED, body = NewInviteView)))]
async fn create(
    State(app): State<App>,
    _: MayAdminister,
    caller: Caller,
    Json(body): Json<InviteBody>,
) -> Result<(StatusCode, Json<NewInviteView>)> {
    let made = accounts::invite(&app, &caller, &body.email, body.role).await?;
    let url = made.link.url.expose_secret().to_owned();
    let view = NewInviteView { url, is_mailed: made.is_mailed, view: made.row.into() };
    Ok((StatusCode::CREATED, Json(view)))
}

/// Revoke an invitation.
#[utoipa::path(delete, path = "/tenants/invites/{id}/", tag = "accounts", params(("id" = InviteId, Path)),
    responses((status = NO_CONTENT, description = "Its link works no longer.")))]
async fn revoke(
    State(app): State<App>,
    MayAdminister(scope): MayAdminister,
    Path(id): Path<InviteId>,
) -> Result<StatusCode> {
    accounts::revoke_invite(&app, &scope, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What an invitation says to whoever opens its link.
#[derive(Debug, Serialize, ToSchema)]
struct InvitationView {
    #[schema(example = "Analytical Engines")]
    workspace: String,
    #[schema(example = "grace@example.org")]
    email: String,
    role: Role,
    /// Whether this address has a password here already, which accepts the invitation then.
    has_account: bool,
}

/// Look at an invitation, by the token of its link.
#[utoipa::path(get, path = "/invites/{token}/", tag = "accounts", security(()),
    params(("token" = String, Path)), responses((status = OK, body = InvitationView)))]
async fn look(State(app): State<App>, Path(token): Path<String>) -> Result<Json<InvitationView>> {
    let accounts::Invitation { workspace, email, role, has_account } = accounts::invitation(&app, &token).await?;
    Ok(Json(InvitationView { workspace, email, role, has_account }))
}

#[derive(Debug, Deserialize, ToSchema)]
struct AcceptBody {
    /// For those who are new here.
    #[schema(example = "Grace Hopper", max_length = 200)]
    name: Option<String>,
    /// A new one, or the one that the address has here already.
    #[schema(value_type = String, format = Password, example = "correct horse battery staple")]
    password: SecretString,
    /// Of those who have an account with the second step on.
    #[schema(max_length = 64)]
    code: Option<String>,
}

/// Accept an invitation, and be signed in.
#[utoipa::path(post, path = "/invites/{token}/", tag = "accounts", security(()), params(("token" = String, Path)),
    responses((status = CREATED, description = "Joined, and signed in by the cookie."),
        (status = UNAUTHORIZED, description = "The address has an account here, and this is not its password or code."),
        (status = CONFLICT, description = "The address was taken meanwhile.")))]
async fn accept(
    State(app): State<App>,
    headers: HeaderMap,
    Path(token): Path<String>,
    Json(body): Json<AcceptBody>,
) -> Result<impl IntoResponse> {
    let (name, code) = (body.name.as_deref(), body.code.as_deref());
    let browser = browser(&headers, true);
    let session = accounts::accept_invite(&app, &token, name, &body.password, code, browser).await?;
    Ok((StatusCode::CREATED, [(SET_COOKIE, cookie::set(&app, &session, true))], Json::<Value>(json!({}))))
}

/// Whose password a link sets.
#[derive(Debug, Serialize, ToSchema)]
struct ResetView {
    #[schema(example = "grace@example.org")]
    email: String,
}

/// Look at a link that sets a new password.
#[utoipa::path(get, path = "/resets/{token}/", tag = "accounts", security(()), params(("token" = String, Path)),
    responses((status = OK, body = ResetView)))]
async fn look_at_reset(State(app): State<App>, Path(token): Path<String>) -> Result<Json<ResetView>> {
    Ok(Json(ResetView { email: accounts::reset_of(&app, &token).await?.email }))
}

#[derive(Debug, Deserialize, ToSchema)]
struct ResetBody {
    #[schema(value_type = String, format = Password, example = "correct horse battery staple", min_length = 8)]
    password: SecretString,
}

/// Set a new password by a link. Every session of before ends.
#[utoipa::path(post, path = "/resets/{token}/", tag = "accounts", security(()), params(("token" = String, Path)),
    responses((status = NO_CONTENT, description = "Sign in with it.")))]
async fn reset(State(app): State<App>, Path(token): Path<String>, Json(body): Json<ResetBody>) -> Result<StatusCode> {
    accounts::reset_password(&app, &token, &body.password).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Deserialize, ToSchema)]
struct ForgottenBody {
    #[schema(example = "grace@example.org", max_length = 254)]
    email: String,
}

/// Ask for a link that sets a new password, by mail.
///
/// The answer is the same whether or not the address has an account here.
#[utoipa::path(post, path = "/resets/", tag = "accounts", security(()),
    responses((status = ACCEPTED, description = "If there is such an account, a letter is on its way."),
        (status = CONFLICT, description = "This installation sends no mail (`mail_is_off`).")))]
async fn ask_for_reset(State(app): State<App>, Json(body): Json<ForgottenBody>) -> Result<(StatusCode, Json<Value>)> {
    accounts::ask_for_reset(&app, &body.email).await?;
    Ok((StatusCode::ACCEPTED, Json(json!({}))))
}
