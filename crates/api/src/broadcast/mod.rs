//! `/broadcast/`: one content for many contacts.

mod actions;
mod body;
mod content;
mod csv;
mod dashboard;
mod preview;
mod recipients;
mod resource;
mod templates;
mod view;

use app::App;
use utoipa_axum::router::OpenApiRouter;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(resource::routes())
        .merge(actions::routes())
        .merge(recipients::routes())
        .merge(dashboard::routes())
        .merge(preview::routes())
        .merge(templates::routes())
}
