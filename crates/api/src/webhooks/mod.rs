//! `/webhooks/`: where a tenant's own systems hear of changes, and what became of each delivery.

mod deliveries;
mod endpoints;
mod view;

use app::App;
use utoipa_axum::router::OpenApiRouter;

pub(crate) use view::EndpointView;

pub fn routes() -> OpenApiRouter<App> {
    endpoints::routes().merge(deliveries::routes())
}
