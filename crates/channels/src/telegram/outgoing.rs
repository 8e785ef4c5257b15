//! What we ask of Telegram. A request names its method and its body; sending it, and adding the token, is the
//! transport's work.

mod encode;
pub mod management;
mod markup;
mod media;
mod params;
mod request;

pub use encode::encode;
pub(crate) use media::has_caption;
pub use request::{Body, Part, PartValue, Request};
