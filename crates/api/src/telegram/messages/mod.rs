//! `/telegram/v1/messages/`: sending, and what became of what was sent.

mod body;
mod change;
mod files;
mod form;
pub(crate) mod prefer;
mod resource;
mod view;

pub(crate) use body::{MessageBody, is_address, is_file_id, no_album};
pub(crate) use change::changed;
pub(crate) use files::Files;
pub(crate) use form::Fields;
pub(crate) use resource::{accept_draft, author, explained, outcome};
pub(crate) use view::{MessageView, ProviderMessageId};

use app::App;
use utoipa_axum::router::OpenApiRouter;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(resource::routes()).merge(change::routes())
}
