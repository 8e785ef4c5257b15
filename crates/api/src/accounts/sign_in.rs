//! `POST /token/` and `POST /refresh/`.

use app::{App, accounts};
use axum::extract::State;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{extract::Json, problem::Result};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(sign_in)).routes(routes!(refresh))
}

#[derive(Debug, Deserialize, ToSchema)]
struct Credentials {
    #[schema(example = "ada@example.org", max_length = 254)]
    email: String,
    #[schema(value_type = String, format = Password, example = "correct horse battery staple")]
    password: SecretString,
    /// Of those who have the second step on: six digits, or a recovery code.
    #[schema(max_length = 64, example = "287082")]
    code: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct TokenPair {
    /// Good for 30 minutes, as `Authorization: Bearer`.
    #[schema(example = "ja1.AZOdXi…")]
    access: String,
    /// Good for 30 days, for `POST /refresh/`.
    #[schema(example = "3q2-7wAAAA…")]
    refresh: String,
}

/// Sign in with a password.
#[utoipa::path(post, path = "/token/", tag = "accounts", security(()), responses((status = OK, body = TokenPair)))]
async fn sign_in(State(app): State<App>, Json(body): Json<Credentials>) -> Result<Json<TokenPair>> {
    let credentials = accounts::Credentials { email: body.email, password: body.password, code: body.code };
    let tokens = accounts::sign_in(&app, &credentials).await?;
    let (access, refresh) = (tokens.access.expose_secret().to_owned(), tokens.refresh.expose_secret().to_owned());
    Ok(Json(TokenPair { access, refresh }))
}

#[derive(Debug, Deserialize, ToSchema)]
struct Refresh {
    #[schema(value_type = String, example = "3q2-7wAAAA…")]
    refresh: SecretString,
}

#[derive(Serialize, ToSchema)]
struct AccessToken {
    #[schema(example = "ja1.AZOdXi…")]
    access: String,
}

/// Get a new access token.
#[utoipa::path(post, path = "/refresh/", tag = "accounts", security(()), responses((status = OK, body = AccessToken)))]
async fn refresh(State(app): State<App>, Json(body): Json<Refresh>) -> Result<Json<AccessToken>> {
    let access = accounts::refresh(&app, &body.refresh).await?;
    Ok(Json(AccessToken { access: access.expose_secret().to_owned() }))
}
