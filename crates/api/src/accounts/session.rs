//! `/session/`: signing in and out with a browser. Programs use `/token/` or an API key.

use app::{
    App,
    accounts::{self, Browser, Credentials},
};
use axum::{
    Extension,
    extract::State,
    http::{
        HeaderMap, StatusCode,
        header::{SET_COOKIE, USER_AGENT},
    },
    response::{IntoResponse, Response},
};
use model::{Error, Role};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::sessions::SessionRow;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::users::{MembershipView, UserView};
use crate::{
    Options,
    extract::{Json, Whoami, cookie},
    ids::TenantId,
    problem::Result,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(current, sign_in, switch, sign_out))
}

/// Who is signed in with this browser.
#[derive(Debug, Serialize, ToSchema)]
struct SessionView {
    user: UserView,
    /// The workspace that is open.
    tenant: WorkspaceView,
    /// Their role in it.
    role: Role,
    /// All of their workspaces; `PATCH` opens another one.
    tenants: Vec<MembershipView>,
    /// Send it as `X-CSRF-Token` with everything that changes something.
    #[schema(example = "3q2-7wAAAA…")]
    csrf_token: String,
    /// Names the build of the service: another one means that the page is out of date.
    #[schema(example = "2c47c36a01f3")]
    build: String,
}

#[derive(Debug, Serialize, ToSchema)]
struct WorkspaceView {
    id: TenantId,
    #[schema(example = "Analytical Engines")]
    name: String,
}

/// Who is signed in with this browser?
#[utoipa::path(get, path = "/session/", tag = "accounts", security(("session" = [])),
    responses((status = OK, body = SessionView), (status = NOT_FOUND, description = "The caller has a token, and no session.")))]
async fn current(
    State(app): State<App>,
    Extension(options): Extension<Options>,
    headers: HeaderMap,
    Whoami(identity): Whoami,
) -> Result<Response> {
    let (Some(session), Some(token)) = (&identity.session, cookie::token(&app, &headers)) else {
        return Err(no_session().into());
    };
    let memberships = accounts::memberships(&app, &identity).await?;
    let tenant = identity.caller.tenant;
    let name = memberships.iter().find(|of| of.tenant == tenant).map(|of| of.name.clone()).unwrap_or_default();
    let user = identity.user.ok_or_else(no_session)?;
    let view = SessionView {
        user: UserView::from(user),
        tenant: WorkspaceView { id: tenant, name },
        role: identity.caller.role,
        tenants: memberships.into_iter().map(MembershipView::from).collect(),
        csrf_token: accounts::csrf_token(&app, token),
        build: options.commit.unwrap_or_else(|| env!("CARGO_PKG_VERSION").to_owned()),
    };
    // Given again, so that a cookie which is kept lives as long as the session behind it.
    let given = cookie::set(&app, &token.into(), session.is_lasting);
    Ok(([(SET_COOKIE, given)], Json::<SessionView>(view)).into_response())
}

fn no_session() -> Error {
    Error::not_found("session")
}

#[derive(Debug, Deserialize, ToSchema)]
struct SessionBody {
    #[schema(example = "ada@example.org", max_length = 254)]
    email: String,
    #[schema(value_type = String, format = Password, example = "correct horse battery staple")]
    password: SecretString,
    /// Of those who have the second step on: six digits, or a recovery code.
    #[schema(max_length = 64, example = "287082")]
    code: Option<String>,
    /// Keep the session when the browser is closed, for 30 days after its last use.
    #[serde(default)]
    remember: bool,
}

/// Sign in with a browser. The cookie that it gets opens every operation.
#[utoipa::path(post, path = "/session/", tag = "accounts", security(()),
    responses((status = CREATED, description = "Signed in by the cookie. `GET /session/` says the rest.")))]
async fn sign_in(
    State(app): State<App>,
    headers: HeaderMap,
    Json(body): Json<SessionBody>,
) -> Result<impl IntoResponse> {
    let credentials = Credentials { email: body.email, password: body.password, code: body.code };
    let token = accounts::begin_web_session(&app, &credentials, browser(&headers, body.remember)).await?;
    end_former(&app, &headers).await?;
    Ok((StatusCode::CREATED, [(SET_COOKIE, cookie::set(&app, &token, body.remember))], Json::<Value>(json!({}))))
}

/// A browser has one session: the cookie of the former one is overwritten, so nobody could end it later.
async fn end_former(app: &App, headers: &HeaderMap) -> Result<()> {
    let Some(former) = cookie::token(app, headers) else { return Ok(()) };
    if let Ok(identity) = accounts::authenticate_session(app, former, None).await
        && let Some(session) = identity.session
    {
        accounts::end_web_session(app, &session).await?;
    }
    Ok(())
}

/// How the browser presents itself.
pub(super) fn browser(headers: &HeaderMap, is_lasting: bool) -> Browser {
    let user_agent = headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    Browser { is_lasting, user_agent: user_agent.to_owned() }
}

#[derive(Debug, Deserialize, ToSchema)]
struct SwitchBody {
    tenant_id: TenantId,
}

/// Open another of your workspaces in this browser.
#[utoipa::path(patch, path = "/session/", tag = "accounts", security(("session" = [])),
    responses((status = NO_CONTENT, description = "It is open, in every tab."),
        (status = NOT_FOUND, description = "The caller has a token, and no session.")))]
async fn switch(State(app): State<App>, Whoami(identity): Whoami, Json(body): Json<SwitchBody>) -> Result<StatusCode> {
    accounts::switch_workspace(&app, &session(identity)?, body.tenant_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sign this browser out.
#[utoipa::path(delete, path = "/session/", tag = "accounts", security(("session" = [])),
    responses((status = NO_CONTENT, description = "Signed out."),
        (status = NOT_FOUND, description = "The caller has a token, and no session.")))]
async fn sign_out(State(app): State<App>, Whoami(identity): Whoami) -> Result<impl IntoResponse> {
    accounts::end_web_session(&app, &session(identity)?).await?;
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, cookie::clear(&app))]))
}

fn session(identity: accounts::Identity) -> Result<SessionRow> {
    Ok(identity.session.ok_or_else(no_session)?)
}
