//! `/setup/`: the first run of an installation that nobody has used.

use app::{
    App,
    accounts::{self, FirstRun},
};
use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, StatusCode, header::SET_COOKIE},
    response::IntoResponse,
};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::session::browser;
use crate::{
    Options,
    extract::{Json, cookie},
    problem::Result,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(state, set_up))
}

/// Whether the first run is still to come.
#[derive(Debug, Serialize, ToSchema)]
struct SetupState {
    /// Nobody is here: `POST /setup/` makes the first workspace and its owner.
    needed: bool,
    /// Whether anybody can sign in. Not so where tenants were made by the command line only.
    has_users: bool,
    /// In a demo: who may sign in. Null everywhere else.
    demo: Option<DemoPerson>,
}

#[derive(Debug, Serialize, ToSchema)]
struct DemoPerson {
    #[schema(example = "demo@example.com")]
    email: String,
    #[schema(example = "demo-password")]
    password: String,
}

/// Is this the first run?
#[utoipa::path(get, path = "/setup/", tag = "accounts", security(()), responses((status = OK, body = SetupState)))]
async fn state(State(app): State<App>, Extension(options): Extension<Options>) -> Result<Json<SetupState>> {
    let population = accounts::population(&app).await?;
    let demo = options.demo.map(|demo| DemoPerson { email: demo.email, password: demo.password });
    Ok(Json(SetupState { needed: population.is_empty(), has_users: population.has_users, demo }))
}

#[derive(Debug, Deserialize, ToSchema)]
struct FirstRunBody {
    #[schema(example = "Analytical Engines", min_length = 1, max_length = 200)]
    workspace_name: String,
    #[schema(example = "Ada Lovelace", min_length = 1, max_length = 200)]
    name: String,
    #[schema(example = "ada@example.org", max_length = 254)]
    email: String,
    #[schema(value_type = String, format = Password, example = "correct horse battery staple", min_length = 8)]
    password: SecretString,
}

/// Make the first workspace and its owner, and sign them in.
#[utoipa::path(post, path = "/setup/", tag = "accounts", security(()),
    responses((status = CREATED, description = "Done, and signed in by the cookie. `GET /session/` says the rest.")))]
async fn set_up(
    State(app): State<App>,
    headers: HeaderMap,
    Json(body): Json<FirstRunBody>,
) -> Result<impl IntoResponse> {
    let FirstRunBody { workspace_name, name, email, password } = body;
    let first = FirstRun { workspace_name, name, email, password };
    let token = accounts::set_up(&app, first, browser(&headers, true)).await?;
    Ok((StatusCode::CREATED, [(SET_COOKIE, cookie::set(&app, &token, true))], Json::<Value>(json!({}))))
}
