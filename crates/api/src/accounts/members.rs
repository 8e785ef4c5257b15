//! `/tenants/members/`: who belongs to the workspace.

use app::{App, accounts};
use axum::{extract::State, http::StatusCode};
use model::{Role, Timestamp};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use store::members::{self, MemberRow};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    extract::{Caller, Json, MayAdminister, MayRead, Path, Query},
    ids::UserId,
    page::{Listing, PageQuery, Paging, SearchQuery},
    problem::Result,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(change, remove)).routes(routes!(reset))
}

/// A person of the workspace.
#[derive(Debug, Serialize, ToSchema)]
struct TeamMemberView {
    id: UserId,
    #[schema(example = "Ada Lovelace")]
    name: String,
    #[schema(example = "ada@example.org")]
    email: String,
    role: Role,
    /// Whether they may sign in here.
    is_active: bool,
    /// Whether signing in takes a second step.
    has_second_step: bool,
    /// When they joined.
    created_at: Timestamp,
    /// When they last used the app, to some minutes; null: not lately.
    last_seen_at: Option<Timestamp>,
}

impl From<MemberRow> for TeamMemberView {
    fn from(row: MemberRow) -> Self {
        Self {
            id: row.user,
            name: row.name,
            email: row.email,
            role: row.role,
            is_active: row.is_active,
            has_second_step: row.second_step_at.is_some(),
            created_at: row.created_at,
            last_seen_at: row.seen_at,
        }
    }
}

#[derive(Debug, Deserialize, ToSchema, IntoParams)]
#[into_params(parameter_in = Query)]
struct MemberFilter {
    /// People of this role only.
    role: Option<Role>,
}

/// List the people of the workspace. `search` looks into names and addresses.
#[utoipa::path(get, path = "/tenants/members/", tag = "accounts", params(PageQuery, SearchQuery, MemberFilter),
    responses((status = OK, body = Listing<TeamMemberView>)))]
async fn list(
    State(app): State<App>,
    MayRead(scope): MayRead,
    paging: Paging,
    Query(search): Query<SearchQuery>,
    Query(filter): Query<MemberFilter>,
) -> Result<Json<Listing<TeamMemberView>>> {
    let (request, typed) = (paging.of(&members::MEMBERS)?, search.text()?);
    let page = app.db.read(move |tx| members::list(tx, &scope, (filter.role, typed.as_deref()), &request)).await?;
    Ok(paging.answer(page.map(TeamMemberView::from)))
}

#[derive(Debug, Deserialize, ToSchema)]
struct MemberPatch {
    /// At most your own.
    role: Option<Role>,
    /// False keeps them out at once; their place and what they wrote stay.
    is_active: Option<bool>,
}

/// Change somebody's role, or keep them out for a while.
#[utoipa::path(patch, path = "/tenants/members/{id}/", tag = "accounts", params(("id" = UserId, Path)),
    responses((status = OK, body = TeamMemberView)))]
async fn change(
    State(app): State<App>,
    _: MayAdminister,
    caller: Caller,
    Path(id): Path<UserId>,
    Json(body): Json<MemberPatch>,
) -> Result<Json<TeamMemberView>> {
    Ok(Json(accounts::change_member(&app, &caller, id, body.role, body.is_active).await?.into()))
}

/// Take somebody out of the workspace. What they wrote stays.
#[utoipa::path(delete, path = "/tenants/members/{id}/", tag = "accounts", params(("id" = UserId, Path)),
    responses((status = NO_CONTENT, description = "They are out.")))]
async fn remove(
    State(app): State<App>,
    _: MayAdminister,
    caller: Caller,
    Path(id): Path<UserId>,
) -> Result<StatusCode> {
    accounts::remove_member(&app, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A link that sets a new password. It is not shown again.
#[derive(Serialize, ToSchema)]
struct ResetLinkView {
    /// To pass on; null when it went to the person by mail.
    #[schema(example = "https://chat.example.com/app/reset/3q2-7wAAAA…")]
    url: Option<String>,
    /// Whether a letter with the link is on its way to them.
    is_mailed: bool,
    expires_at: Timestamp,
}

/// Make a link with which somebody sets a new password, for a day.
///
/// Where the operator named a mail server, it goes to the person by mail. Else pass it on yourself; then not for people
/// who belong to other workspaces too.
#[utoipa::path(post, path = "/tenants/members/{id}/reset/", tag = "accounts", params(("id" = UserId, Path)),
    responses((status = CREATED, body = ResetLinkView)))]
async fn reset(
    State(app): State<App>,
    _: MayAdminister,
    caller: Caller,
    Path(id): Path<UserId>,
) -> Result<(StatusCode, Json<ResetLinkView>)> {
    let accounts::ResetLink { link, is_mailed } = accounts::reset_link(&app, &caller, id).await?;
    let url = (!is_mailed).then(|| link.url.expose_secret().to_owned());
    let view = ResetLinkView { url, is_mailed, expires_at: link.expires_at };
    Ok((StatusCode::CREATED, Json(view)))
}
