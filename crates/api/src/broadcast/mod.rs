//! `/broadcast/`: one content for many contacts.

mod actions;
mod audience;
mod body;
mod content;
mod csv;
mod dashboard;
mod follow;
mod plan;
mod preview;
mod recipients;
mod resource;
mod results;
mod steering;
mod templates;
mod view;

use app::App;
use utoipa_axum::router::OpenApiRouter;

pub(crate) use view::{BroadcastView, with_eta};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(resource::routes())
        .merge(actions::routes())
        .merge(audience::routes())
        .merge(recipients::routes())
        .merge(dashboard::routes())
        .merge(follow::routes())
        .merge(preview::routes())
        .merge(results::routes())
        .merge(templates::routes())
}
