//! What we ask of Telegram. A request names its method and its body; sending it, and adding the token, is the
//! transport's work.

mod request;

pub use request::{Body, Part, PartValue, Request};
