//! Delivery: how accepted messages leave.
//!
//! `planner` decides and `limiter` counts: both are pure. Around them a driver reads the database, calls the channel and
//! writes what came of it. Which lanes are this node's, `crate::nodes` says.

pub mod driver;
pub mod limiter;
pub mod planner;
