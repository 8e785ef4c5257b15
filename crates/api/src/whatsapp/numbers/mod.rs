//! `/whatsapp/v1/numbers/`: a tenant's WhatsApp numbers.

mod actions;
mod input;
mod resource;
mod view;

use app::App;
use utoipa_axum::router::OpenApiRouter;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(resource::routes()).merge(actions::routes())
}
