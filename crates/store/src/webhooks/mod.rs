//! Outgoing webhooks: endpoints, the deliveries they are owed, and what came of each try.
//!
//! Secrets are encrypted with the endpoint's id as associated data. Deliveries are made from the feed together with the note
//! of how far it was read, so each event is owed to each endpoint exactly once, whatever is killed when.

mod deliveries;
mod endpoints;
mod work;

pub use deliveries::{DELIVERIES, DeliveryFilter, attempts, get_delivery, list_deliveries, payload, resend};
pub(crate) use endpoints::SECRET;
pub use endpoints::{
    ENDPOINTS, EndpointChanges, count, delete, disable, enable, forget_deliveries, get, insert, list, rotate,
    seal_secret, update,
};
pub use work::{
    Claimed, NewDelivery, Outcome, Signing, behind, claim, due_endpoints, enqueue, next_due, note_position, prune,
    settle,
};
pub(crate) use work::{erase, reassign};

use crate::db::Sql;

/// Every statement of these modules.
pub fn statements() -> Vec<Sql> {
    [deliveries::STATEMENTS, &DELIVERIES.statements(), endpoints::STATEMENTS, &ENDPOINTS.statements(), work::STATEMENTS]
        .concat()
}
