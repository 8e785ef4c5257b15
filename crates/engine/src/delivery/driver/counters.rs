//! What the driver counts for `/metrics`.

use metrics::counter;

use crate::delivery::planner::Hits;

/// A call has ended, one way or the other.
pub(super) fn call(outcome: &'static str) {
    counter!("jina_calls_total", "outcome" => outcome).increment(1);
}

/// What a lane had to wait for.
pub(super) fn limits(Hits { bot_rate, chat_rate, daily_limit }: Hits) {
    limit("bot_rate", bot_rate);
    limit("chat_rate", chat_rate);
    limit("daily_limit", daily_limit);
}

/// Something had to wait for a limit; the names are those of `waiting_for`.
pub(super) fn limit(name: &'static str, times: u64) {
    if times > 0 {
        counter!("jina_limits_hit_total", "limit" => name).increment(times);
    }
}
