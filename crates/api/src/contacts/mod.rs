//! `/contacts/`: people, one by one and in bulk.

mod attributes;
mod body;
mod bulk;
mod consent;
mod data;
mod export;
mod filter;
mod import;
mod import_form;
mod jobs;
mod join;
mod link;
mod resource;
mod segments;
mod view;

use app::App;
use utoipa_axum::router::OpenApiRouter;

pub(crate) use import::ImportView;
pub(crate) use jobs::ContactJobView;
pub(crate) use view::ContactView;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(resource::routes())
        .merge(bulk::routes())
        .merge(jobs::routes())
        .merge(consent::routes())
        .merge(data::routes())
        .merge(join::routes())
        .merge(link::routes())
        .merge(export::routes())
        .merge(import::routes())
        .merge(attributes::routes())
        .merge(segments::routes())
}
