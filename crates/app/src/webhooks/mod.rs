//! Outgoing webhooks: a tenant's endpoints, and the worker that owes them events and brings these out.

mod endpoints;
mod enqueue;
mod sign;
mod worker;

pub use endpoints::{NewEndpoint, create, delete, disable, enable, event_types, rotate, test, update};
pub use enqueue::{Replayed, Shown, Shows, replay, resend};
pub use worker::Webhooks;
