//! `/users/me/`: who one is.

use app::{
    App,
    accounts::{self, PasswordChange},
};
use axum::extract::State;
use model::{Error, Role};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use store::{tenants::Membership, users::UserRow};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    extract::{Json, Whoami},
    ids::{KeyId, TenantId, UserId},
    problem::Result,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(me, change))
}

/// Who you are: a person with an address, or an API key.
#[derive(Debug, Serialize, ToSchema)]
struct Me {
    /// The person; null for an API key.
    user: Option<UserView>,
    /// The API key; null for a person.
    api_key: Option<MeKey>,
    /// The tenant you act for now. A person chooses it by the header `X-Tenant-Id`.
    tenant_id: TenantId,
    /// Your role in it.
    role: Role,
    tenants: Vec<MembershipView>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct UserView {
    id: UserId,
    #[schema(example = "ada@example.org")]
    email: String,
    #[schema(example = "Ada Lovelace")]
    name: String,
}

impl From<UserRow> for UserView {
    fn from(row: UserRow) -> Self {
        Self { id: row.id, email: row.email, name: row.name }
    }
}

#[derive(Debug, Serialize, ToSchema)]
struct MeKey {
    id: KeyId,
    #[schema(example = "Shop")]
    name: String,
    #[schema(example = "jc_x7Gq2A")]
    prefix: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MembershipView {
    id: TenantId,
    #[schema(example = "Analytical Engines")]
    name: String,
    role: Role,
}

impl From<Membership> for MembershipView {
    fn from(of: Membership) -> Self {
        Self { id: of.tenant, name: of.name, role: of.role }
    }
}

/// Who am I, in which tenants, with which role?
#[utoipa::path(get, path = "/users/me/", tag = "accounts", responses((status = OK, body = Me)))]
async fn me(State(app): State<App>, Whoami(identity): Whoami) -> Result<Json<Me>> {
    let memberships = accounts::memberships(&app, &identity).await?;
    Ok(Json(Me {
        tenants: memberships.into_iter().map(MembershipView::from).collect(),
        user: identity.user.map(UserView::from),
        api_key: identity.key.map(|key| MeKey { id: key.id, name: key.name, prefix: key.prefix }),
        tenant_id: identity.caller.tenant,
        role: identity.caller.role,
    }))
}

#[derive(Debug, Deserialize, ToSchema)]
struct ProfilePatch {
    #[schema(example = "Ada Lovelace", max_length = 200)]
    name: Option<String>,
    /// With it, every other browser is signed out.
    #[schema(value_type = Option<String>, format = Password, min_length = 8)]
    new_password: Option<SecretString>,
    /// Needed for a new one.
    #[schema(value_type = Option<String>, format = Password)]
    current_password: Option<SecretString>,
}

/// Change your name or your password.
#[utoipa::path(patch, path = "/users/me/", tag = "accounts",
    responses((status = OK, body = UserView), (status = NOT_FOUND, description = "An API key has no profile.")))]
async fn change(
    State(app): State<App>,
    Whoami(identity): Whoami,
    Json(body): Json<ProfilePatch>,
) -> Result<Json<UserView>> {
    let password = match (body.new_password, body.current_password) {
        (Some(new), Some(current)) => Some(PasswordChange { current, new }),
        (Some(_), None) => return Err(Error::field("current_password", "Enter your present password.").into()),
        (None, _) => None,
    };
    Ok(Json(accounts::change_profile(&app, &identity, body.name.as_deref(), password).await?.into()))
}
