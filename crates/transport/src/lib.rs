//! The only crate that opens outgoing connections and touches media files: the Bot API client and the file storage.
//!
//! It knows how bytes travel, not what they mean: requests come from `channels`, which also reads the answers.

mod ask;
mod bot_api;
mod multipart;
mod storage;

pub use ask::Asked;
pub use bot_api::{Answer, BotApi, Failure, Options};
pub use storage::Storage;
