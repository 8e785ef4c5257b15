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

use app::{App, broadcasts::New};
use model::Result;
use serde_json::{Map, Value};
use utoipa_axum::router::OpenApiRouter;

use crate::extract;

pub(crate) use plan::PreviewView;
pub(crate) use view::{BroadcastView, shown, with_eta};

/// A broadcast from the fields of `POST /broadcast/`.
pub(crate) fn new_broadcast(fields: Map<String, Value>) -> Result<New> {
    extract::read_map::<body::BroadcastBody>(fields)?.new_broadcast(None)
}

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
