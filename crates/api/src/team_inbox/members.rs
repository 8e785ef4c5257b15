//! `/team-inbox/api/members/`: the people to whom conversations can be given.

use app::App;
use axum::extract::State;
use model::Role;
use serde::Serialize;
use store::tenants::Member;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    extract::{Json, MayRead},
    ids::UserId,
    problem::Result,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list))
}

/// A person of the team.
#[derive(Debug, Serialize, ToSchema)]
struct MemberView {
    id: UserId,
    #[schema(example = "Ada Lovelace")]
    name: String,
    #[schema(example = "ada@example.org")]
    email: String,
    role: Role,
}

#[derive(Debug, Serialize, ToSchema)]
struct Members {
    results: Vec<MemberView>,
}

/// List the people to whom conversations can be given, by name.
#[utoipa::path(get, path = "/team-inbox/api/members/", tag = "team-inbox", responses((status = OK, body = Members)))]
async fn list(State(app): State<App>, MayRead(scope): MayRead) -> Result<Json<Members>> {
    let members = app::accounts::members(&app, scope.tenant()).await?;
    let view = |Member { user, email, name, role, .. }: Member| MemberView { id: user, name, email, role };
    let mut results: Vec<_> = members.into_iter().filter(|member| member.is_active).map(view).collect();
    results.sort_by_key(|member| (member.name.to_lowercase(), member.id));
    Ok(Json(Members { results }))
}
