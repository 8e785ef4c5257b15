//! Signing in, API keys, and who one is.

mod invites;
mod keys;
mod members;
mod security;
mod session;
mod settings;
mod setup;
mod sign_in;
mod users;

use app::App;
use utoipa_axum::router::OpenApiRouter;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(sign_in::routes())
        .merge(keys::routes())
        .merge(settings::routes())
        .merge(users::routes())
        .merge(session::routes())
        .merge(setup::routes())
        .merge(members::routes())
        .merge(invites::routes())
        .merge(security::routes())
}
