//! `/whatsapp/v1/…`: numbers, the webhooks that Meta calls, messages and templates.

mod messages;
mod numbers;
mod templates;
mod webhook;

pub(crate) use messages::{SentTemplateBody, take_template};

use app::App;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(numbers::routes())
        .merge(webhook::routes())
        .merge(messages::routes())
        .merge(templates::routes())
}
