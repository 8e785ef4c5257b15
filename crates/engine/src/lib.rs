//! What runs by itself: the inbound processor, delivery, pollers, the webhook doctor, schedules.
//!
//! It never calls `app`: `server` registers what app offers with it.

pub mod answers;
pub mod delivery;
pub mod doctor;
pub mod inbound;
pub mod nodes;
pub mod poller;
pub mod retention;
pub mod schedules;
