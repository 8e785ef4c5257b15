//! `/telegram/v1/bots/`: the tenant's Telegram bots.

mod actions;
mod input;
mod queue;
mod resource;
mod series;
mod view;

use app::App;
use utoipa_axum::router::OpenApiRouter;

pub(crate) use input::{DailyLimit, RateText, given};
pub(crate) use view::BotView;

pub(super) fn routes() -> OpenApiRouter<App> {
    resource::routes().merge(actions::routes()).merge(queue::routes()).merge(series::routes())
}
