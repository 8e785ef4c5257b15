//! HTTP resources, problem+json, OpenAPI. The module tree follows the URL tree: one file per resource.
//!
//! Handlers parse, ask `app` or read from `store`, and answer. They know no SQL; a provider's fields are known to the webhook
//! alone, through `channels`. Status codes are decided here and nowhere else.

mod accounts;
mod activity;
mod broadcast;
mod compress;
mod contacts;
mod docs;
pub mod documents;
mod edge;
pub mod extract;
mod idempotency;
pub mod ids;
mod leftover;
mod mcp;
mod nodes;
mod openapi;
mod ops;
pub mod page;
mod patience;
mod phones;
pub mod problem;
mod realtime;
mod team_inbox;
mod telegram;
mod web;
mod webhooks;
mod whatsapp;

use std::sync::Arc;

use app::App;
use axum::{Extension, Router, middleware::from_fn_with_state, routing::get};
use secrecy::SecretString;
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use tower::{Layer, util::MapRequestLayer};
use tower_http::catch_panic::CatchPanicLayer;
use utoipa_axum::router::OpenApiRouter;

pub use nodes::{NodeHealth, OtherNode, ThisNode};
pub use ops::Metrics;
pub use realtime::shows;

/// What the binary knows of itself.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The commit it was built from.
    pub commit: Option<String>,
    /// Ends the streams and sockets, so that their clients go on at another node.
    pub stop: CancellationToken,
    /// What answers at `/mcp`, once it is known who asks.
    pub mcp: Option<Router>,
    /// What `/metrics` asks for; None: nothing.
    pub metrics_token: Option<SecretString>,
    /// How this node is.
    pub health: Option<Arc<dyn NodeHealth>>,
    /// In a demo: who may sign in, for everybody to see.
    pub demo: Option<Demo>,
}

/// The person of a demo.
#[derive(Debug, Clone)]
pub struct Demo {
    pub email: String,
    pub password: String,
    /// The sandbox's own routes, for the page with the customers' phones.
    pub phones: Router,
}

/// Every resource's routes with their description. A new resource adds its `routes` here.
const RESOURCES: &[fn() -> OpenApiRouter<App>] = &[
    ops::routes,
    accounts::routes,
    activity::routes,
    contacts::routes,
    broadcast::routes,
    telegram::routes,
    whatsapp::routes,
    team_inbox::routes,
    realtime::routes,
    webhooks::routes,
];

fn resources() -> OpenApiRouter<App> {
    let none = OpenApiRouter::with_openapi(utoipa::openapi::OpenApi::default());
    RESOURCES.iter().fold(none, |all, routes| all.merge(routes()))
}

/// The OpenAPI description of all routes.
pub fn openapi() -> Value {
    openapi::complete(&resources().into_openapi())
}

/// The whole HTTP service.
pub fn router(app: App, mut options: Options) -> Router {
    // The recorder must stand before the first request is measured.
    let metrics = Metrics::of_process();
    let hub = realtime::Hub::new(&app, &options);
    let (routes, described) = resources().split_for_parts();
    let document = openapi::Document(openapi::complete(&described).to_string().into());
    let routes = routes
        .route("/openapi.json", get(openapi::serve))
        .merge(docs::routes())
        .merge(web::routes(web::BUILT))
        .merge(phones::routes(options.demo.as_ref().map(|demo| demo.phones.clone())))
        .merge(mcp::routes(&app, options.mcp.take()))
        .layer(CatchPanicLayer::custom(edge::caught))
        .layer(from_fn_with_state(app.clone(), idempotency::layer))
        .layer(from_fn_with_state((app.clone(), metrics), edge::layer))
        .layer(Extension(options))
        .layer(Extension(hub))
        .layer(Extension(realtime::Shown::new(&app)))
        .layer(Extension(document))
        .layer(compress::layer())
        .with_state(app.clone());
    let service = MapRequestLayer::new(edge::with_canonical_path).layer(routes);
    telegram::webhook::before(app, service)
}

/// Only what operators ask: for processes that do not serve the API.
pub fn operations(app: App, options: Options) -> Router {
    let metrics = Metrics::of_process();
    let none = OpenApiRouter::with_openapi(utoipa::openapi::OpenApi::default());
    let (routes, _) = none.merge(ops::routes()).split_for_parts();
    routes
        .layer(CatchPanicLayer::custom(edge::caught))
        .layer(from_fn_with_state((app.clone(), metrics), edge::layer))
        .layer(Extension(options))
        .with_state(app)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Schemas share one name space: of two with the same name, one would silently describe the other's answers.
    #[test]
    fn no_two_resources_have_a_schema_of_the_same_name() {
        let mut known = std::collections::BTreeMap::new();
        for routes in RESOURCES {
            let components = routes().into_openapi().components.unwrap_or_default();
            for (name, schema) in components.schemas {
                let other = known.entry(name.clone()).or_insert_with(|| schema.clone());
                assert!(*other == schema, "two resources have a schema {name}");
            }
        }
    }
}
