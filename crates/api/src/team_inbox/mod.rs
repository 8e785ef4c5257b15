//! `/team-inbox/api/`: conversations, their timelines, and what the team does with them.

pub(crate) mod actions;
mod bulk;
mod canned_responses;
mod compose;
pub(crate) mod conversations;
mod export;
mod labels;
mod media;
mod members;
mod message;
mod messages;
pub(crate) mod reply;
mod search;
mod timeline;
pub(crate) mod view;
mod views;

use app::App;
use utoipa_axum::router::OpenApiRouter;

pub(crate) use view::EntryView;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(conversations::routes())
        .merge(timeline::routes())
        .merge(messages::routes())
        .merge(media::routes())
        .merge(reply::routes())
        .merge(search::routes())
        .merge(actions::routes())
        .merge(bulk::routes())
        .merge(compose::routes())
        .merge(export::routes())
        .merge(message::routes())
        .merge(canned_responses::routes())
        .merge(labels::routes())
        .merge(members::routes())
        .merge(views::routes())
}
