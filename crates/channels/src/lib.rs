//! Providers' wire formats as pure functions: decode bytes to facts, encode a message to a request, classify an answer.
//!
//! Nothing here does I/O, is async, reads a clock, or knows the store. No other crate knows a provider's field names.

mod file_name;
mod json;
pub mod telegram;
pub mod whatsapp;
pub mod wire;
