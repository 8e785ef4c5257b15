//! `/users/me/sessions/` and `/users/me/second-step/`: where one is signed in, and how.

use app::{App, accounts};
use axum::{extract::State, http::StatusCode};
use model::{Id, Timestamp, WebSession};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use store::sessions::SessionRow;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    extract::{Json, Path, Whoami},
    ids::SessionId,
    problem::Result,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(sessions, end_others))
        .routes(routes!(end))
        .routes(routes!(second_step, begin))
        .routes(routes!(confirm))
        .routes(routes!(turn_off))
}

/// A browser in which you are signed in.
#[derive(Debug, Serialize, ToSchema)]
struct BrowserView {
    id: SessionId,
    /// As the browser calls itself.
    #[schema(example = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")]
    user_agent: String,
    created_at: Timestamp,
    /// To some minutes.
    last_seen_at: Timestamp,
    /// Whether it is the one that asks.
    is_current: bool,
}

impl BrowserView {
    fn new(row: SessionRow, current: Option<Id<WebSession>>) -> Self {
        Self {
            id: row.id,
            user_agent: row.user_agent,
            created_at: row.created_at,
            last_seen_at: row.seen_at,
            is_current: current == Some(row.id),
        }
    }
}

/// The browsers in which you are signed in, the one used last first; at most 50.
#[derive(Debug, Serialize, ToSchema)]
struct BrowsersView {
    results: Vec<BrowserView>,
}

/// List the browsers in which you are signed in.
#[utoipa::path(get, path = "/users/me/sessions/", tag = "accounts",
    responses((status = OK, body = BrowsersView), (status = NOT_FOUND, description = "An API key has no profile.")))]
async fn sessions(State(app): State<App>, Whoami(identity): Whoami) -> Result<Json<BrowsersView>> {
    let current = identity.session.as_ref().map(|session| session.id);
    let rows = accounts::web_sessions(&app, &identity).await?;
    Ok(Json(BrowsersView { results: rows.into_iter().map(|row| BrowserView::new(row, current)).collect() }))
}

/// Sign out everywhere else.
#[utoipa::path(delete, path = "/users/me/sessions/", tag = "accounts",
    responses((status = NO_CONTENT, description = "Only the browser that asks is signed in."),
        (status = NOT_FOUND, description = "An API key has no profile.")))]
async fn end_others(State(app): State<App>, Whoami(identity): Whoami) -> Result<StatusCode> {
    accounts::end_other_sessions(&app, &identity).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sign one browser out.
#[utoipa::path(delete, path = "/users/me/sessions/{id}/", tag = "accounts", params(("id" = SessionId, Path)),
    responses((status = NO_CONTENT, description = "It is signed out.")))]
async fn end(State(app): State<App>, Whoami(identity): Whoami, Path(id): Path<SessionId>) -> Result<StatusCode> {
    accounts::end_session_of(&app, &identity, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whether signing in takes a second step.
#[derive(Debug, Serialize, ToSchema)]
struct SecondStepView {
    is_on: bool,
    /// Since when.
    confirmed_at: Option<Timestamp>,
    recovery_codes_left: usize,
}

/// Does signing in take a second step?
#[utoipa::path(get, path = "/users/me/second-step/", tag = "accounts",
    responses((status = OK, body = SecondStepView), (status = NOT_FOUND, description = "An API key has no profile.")))]
async fn second_step(State(app): State<App>, Whoami(identity): Whoami) -> Result<Json<SecondStepView>> {
    let state = accounts::second_step(&app, accounts::person(&identity)?).await?;
    Ok(Json(SecondStepView {
        is_on: state.confirmed_at.is_some(),
        confirmed_at: state.confirmed_at,
        recovery_codes_left: state.recovery_codes_left,
    }))
}

#[derive(Debug, Deserialize, ToSchema)]
struct PasswordAgain {
    #[schema(value_type = String, format = Password, example = "correct horse battery staple")]
    password: SecretString,
}

/// What your authenticator app is given. It is not shown again.
#[derive(Serialize, ToSchema)]
struct NewSecondStepView {
    /// To type in.
    #[schema(example = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")]
    secret: String,
    /// To show as a QR code.
    #[schema(example = "otpauth://totp/Jina%20Connect:ada@example.org?secret=GEZD…&issuer=Jina%20Connect")]
    uri: String,
}

/// Begin with a second step. It is in force once you confirm it by a code.
#[utoipa::path(post, path = "/users/me/second-step/", tag = "accounts",
    responses((status = CREATED, body = NewSecondStepView),
        (status = NOT_FOUND, description = "An API key has no profile.")))]
async fn begin(
    State(app): State<App>,
    Whoami(identity): Whoami,
    Json(body): Json<PasswordAgain>,
) -> Result<(StatusCode, Json<NewSecondStepView>)> {
    let made = accounts::begin_second_step(&app, accounts::person(&identity)?, &body.password).await?;
    let (secret, uri) = (made.secret.expose_secret().to_owned(), made.uri.expose_secret().to_owned());
    Ok((StatusCode::CREATED, Json(NewSecondStepView { secret, uri })))
}

#[derive(Debug, Deserialize, ToSchema)]
struct ConfirmBody {
    /// What your authenticator app shows.
    #[schema(max_length = 64, example = "287082")]
    code: String,
}

/// Each signs you in once, in place of a code. They are not shown again.
#[derive(Serialize, ToSchema)]
struct RecoveryView {
    #[schema(example = json!(["ABCDE-FGHIJ"]))]
    recovery_codes: Vec<String>,
}

/// Turn the second step on.
#[utoipa::path(post, path = "/users/me/second-step/confirm/", tag = "accounts",
    responses((status = OK, body = RecoveryView), (status = NOT_FOUND, description = "An API key has no profile.")))]
async fn confirm(
    State(app): State<App>,
    Whoami(identity): Whoami,
    Json(body): Json<ConfirmBody>,
) -> Result<Json<RecoveryView>> {
    let person = accounts::person(&identity)?;
    Ok(Json(RecoveryView { recovery_codes: accounts::confirm_second_step(&app, person, &body.code).await? }))
}

/// Turn the second step off.
#[utoipa::path(post, path = "/users/me/second-step/remove/", tag = "accounts",
    responses((status = NO_CONTENT, description = "Signing in takes one step."),
        (status = NOT_FOUND, description = "An API key has no profile.")))]
async fn turn_off(
    State(app): State<App>,
    Whoami(identity): Whoami,
    Json(body): Json<PasswordAgain>,
) -> Result<StatusCode> {
    accounts::remove_second_step(&app, accounts::person(&identity)?, &body.password).await?;
    Ok(StatusCode::NO_CONTENT)
}
