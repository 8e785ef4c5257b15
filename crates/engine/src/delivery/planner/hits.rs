//! How often limits hold something back, for who watches the process.

use model::Timestamp;

/// How often something had to wait for a limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Hits {
    /// The bot's window was full while something waited for it. Counted once until it opens.
    pub bot_rate: u64,
    /// A message was put off since its chat had one just before.
    pub chat_rate: u64,
    /// A message was put off since the day's limit is used up.
    pub daily_limit: u64,
}

/// Counts between two looks.
#[derive(Debug, Default)]
pub(super) struct Counter {
    pub hits: Hits,
    bot_opens_at: Option<Timestamp>,
}

impl Counter {
    pub fn bot_is_full(&mut self, now: Timestamp, opens_at: Timestamp) {
        if self.bot_opens_at.replace(opens_at).is_none_or(|before| before <= now) {
            self.hits.bot_rate += 1;
        }
    }
}
