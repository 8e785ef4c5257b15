//! Rolling windows, exact: the last N times per key, not a token bucket, which would let almost 2N through.
//!
//! Pure values: no clock, no I/O. What a place is taken for, and by whom, the planner knows.

mod total;
mod window;

pub use total::{Ask, Total};
pub use window::{Opens, Window};
