//! Delivery: how accepted messages leave.
//!
//! `planner` decides, `limiter` counts, `lease` says who may: all three are pure. Around them a driver reads the
//! database, calls the channel and writes what came of it.

pub mod driver;
pub mod lease;
pub mod limiter;
pub mod planner;
