//! Deliveries: the calls that accepted messages still owe, from acceptance to settlement.
//!
//! `accept` takes places in a bot's lane, `load` reads ahead for the planner, `claim` marks what is about to be sent,
//! `settle` writes what came of it. A row goes when its call was done; one whose message failed is held for a retry.

mod accept;
mod by_hand;
mod claim;
mod explain;
mod guard;
mod load;
mod own;
mod pause;
pub mod queue;
mod settle;
mod settle_broadcast;
mod slack;

pub use accept::{NewDelivery, accept, is_scheduled_due, promote_scheduled};
pub use by_hand::{Cancelled, cancel, is_owed, reopen, requeue};
pub use claim::{ClaimResult, Claimed, Wanted, claim};
pub use explain::{Rates, explain};
pub use load::{
    Sendable, Use, all_uses, leftovers, load, load_chat, recent_uses, sendable, with_leftovers, with_queued,
};
pub use own::{Lane, offer_lanes, open_lane, owner, release_lanes};
pub use pause::pause;
pub use settle::{Settled, Settlement, claim_and_settle, forget_uses, settle};
pub(crate) use settle::{forget_chat, used};
pub(crate) use settle_broadcast::end_recipients;
pub use slack::has_slack;

use crate::db::Sql;

/// Every statement of these modules.
pub fn statements() -> Vec<Sql> {
    [
        accept::STATEMENTS,
        by_hand::STATEMENTS,
        claim::STATEMENTS,
        explain::STATEMENTS,
        guard::STATEMENTS,
        load::STATEMENTS,
        own::STATEMENTS,
        pause::STATEMENTS,
        queue::STATEMENTS,
        settle::STATEMENTS,
        settle_broadcast::STATEMENTS,
        slack::STATEMENTS,
    ]
    .concat()
}
