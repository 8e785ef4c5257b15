//! `/telegram/v1/messages/`: sending, and what became of what was sent.

mod body;
mod change;
mod files;
mod form;
mod prefer;
mod resource;
mod view;

use app::App;
use utoipa_axum::router::OpenApiRouter;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(resource::routes()).merge(change::routes())
}
