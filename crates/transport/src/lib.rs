//! The only crate that opens outgoing connections and touches media files: the clients of the Bot API and the Graph API,
//! the file storage, letters by SMTP, what is posted to collectors, and the way out to tenants' own systems.
//!
//! It knows how bytes travel, not what they mean: requests come from `channels`, which also reads the answers.

mod ask;
mod bot_api;
mod graph_api;
mod look;
mod mailer;
mod multipart;
mod net;
mod outbound;
mod permit;
mod post;
#[cfg(feature = "s3")]
mod s3;
mod storage;
mod wire;

pub use ask::Asked;
pub use bot_api::{BotApi, Options};
pub use graph_api::GraphApi;
pub use look::Look;
pub use mailer::{Letter, Mailer, NotSent, WrongMail};
pub use outbound::{Outbound, Reached};
pub use permit::Permit;
pub use post::Poster;
pub use storage::Storage;
pub use wire::{Answer, Failure};
