//! A request as the transport takes it.

pub use crate::wire::{Body, Part, PartValue};

/// A call of the Bot API.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// For example `sendMessage`.
    pub method: &'static str,
    pub body: Body,
}
