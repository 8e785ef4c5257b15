//! The planner: one [`Lane`] per bot that has work decides what leaves when, and what follows from each answer.
//!
//! Pure: no I/O, no clock, no randomness but a seed. Events and the time go in, actions come out; the driver around it
//! performs them and knows nothing of limits, classes or retries.
//!
//! # What is in memory
//!
//! The table of deliveries is the queue; a lane holds light entries of its oldest rows. Per class, one cursor runs over
//! the rows in order of acceptance ([`Action::Load`]). Of one chat at most [`CHAT_ENTRIES_MAX`] entries are held; of the
//! rest only the place from which to go on ([`Action::LoadChat`]), so a long queue of one chat does not keep out the
//! others. When memory is full, chats that have long to wait are let go of in the same way. Rows that come twice are
//! ignored, and a row that was sent meanwhile is refused at its claim: reading may therefore be as stale as it likes.
//!
//! # What the driver promises
//!
//! - [`Event::Restore`] comes first. Nothing is done before it.
//! - Every `Load`, `LoadChat`, `Feed` and `Claim` is answered once; every granted delivery gets one `Answered` or `NotCalled`.
//! - Rows that are scheduled for later are not loaded: they take their place in the order when their time has come.
//! - Settlements are written in the order in which they were given.
//! - `Settled` follows when the transaction that settled has committed. A delivery is not claimed again before.
//! - A [`Action::Pause`] is written with, or before, the settlement that follows it.
//! - `now` never runs backwards: the driver takes it from a monotonic clock laid over the wall clock.

mod bulk;
mod chats;
mod conclude;
mod event;
mod explain;
mod hits;
mod intake;
mod lane;
mod pace;
mod penalty;
mod plan;
mod queue;
mod seed;

pub use event::{Action, Config, ENTRIES_MAX, Event, Pause, Restore, Settle, Used, Verdict};
pub use explain::{Facts, Snapshot, Wait, explain};
pub use hits::Hits;
pub use intake::{CHAT_LOADS_MAX, LOAD_MAX};
pub use lane::Lane;
pub use queue::{CHAT_ENTRIES_MAX, CHATS_MAX};

#[cfg(test)]
mod tests;
