//! Enforced sending limits: exact rolling windows, as a strict server would count them.

use std::{
    collections::{HashMap, VecDeque},
    sync::Mutex,
};

use crate::{
    answer::{ApiError, Result},
    options::{Limit, Limits},
};

/// When one bot's messages arrived, over all chats and by chat. Only kept while a limit is enforced.
#[derive(Debug, Default)]
pub struct Windows(Mutex<Times>);

#[derive(Debug, Default)]
struct Times {
    bot: VecDeque<i64>,
    chats: HashMap<i64, VecDeque<i64>>,
}

impl Windows {
    /// Takes `weight` places for `chat_id` at `now_us`, or says how many seconds to wait.
    pub fn take(&self, limits: &Limits, chat_id: Option<i64>, weight: usize, now_us: i64) -> Result<()> {
        if *limits == Limits::default() {
            return Ok(());
        }
        let times = &mut *self.0.lock().expect("no panic while counting");
        let chat_limit = chat_id.and_then(|id| if id < 0 { limits.group } else { limits.chat });
        let chat = chat_id.map(|id| times.chats.entry(id).or_default());
        let bot_wait = limits.bot.map_or(0, |limit| wait_us(&mut times.bot, limit, weight, now_us));
        let (chat_wait, chat) = match (chat, chat_limit) {
            (Some(chat), Some(limit)) => (wait_us(chat, limit, weight, now_us), Some(chat)),
            _ => (0, None),
        };
        let wait = bot_wait.max(chat_wait);
        if wait > 0 {
            return Err(ApiError::too_many(wait.div_ceil_seconds()));
        }
        if limits.bot.is_some() {
            times.bot.extend(std::iter::repeat_n(now_us, weight));
        }
        if let Some(chat) = chat {
            chat.extend(std::iter::repeat_n(now_us, weight));
        }
        Ok(())
    }

    pub fn clear(&self) {
        *self.0.lock().expect("no panic while counting") = Times::default();
    }
}

trait CeilSeconds {
    fn div_ceil_seconds(self) -> i64;
}

impl CeilSeconds for i64 {
    fn div_ceil_seconds(self) -> i64 {
        (self + 999_999) / 1_000_000
    }
}

/// Forgets what has left the window, and says how long until `weight` more fit (0: now).
fn wait_us(times: &mut VecDeque<i64>, limit: Limit, weight: usize, now_us: i64) -> i64 {
    let window_us = i64::try_from(limit.window_ms.saturating_mul(1000)).unwrap_or(i64::MAX);
    while times.front().is_some_and(|at| now_us.saturating_sub(*at) >= window_us) {
        times.pop_front();
    }
    let places = limit.count as usize;
    let over = (times.len() + weight).saturating_sub(places);
    match over.checked_sub(1).map(|index| times.get(index).or(times.back())) {
        None => 0,
        Some(Some(blocking)) => blocking.saturating_add(window_us).saturating_sub(now_us).max(1),
        // An album larger than the limit can never fit: let it through alone rather than forever refuse it.
        Some(None) => i64::from(places == 0) * window_us,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PER_CHAT: Limits = Limits { bot: None, chat: Some(Limit { count: 2, window_ms: 1000 }), group: None };

    #[test]
    fn a_window_never_holds_more_than_its_limit() {
        let windows = Windows::default();
        assert!(windows.take(&PER_CHAT, Some(1), 1, 0).is_ok());
        assert!(windows.take(&PER_CHAT, Some(1), 1, 600_000).is_ok());
        assert_eq!(windows.take(&PER_CHAT, Some(1), 1, 999_999).unwrap_err().retry_after, Some(1));
        assert!(windows.take(&PER_CHAT, Some(2), 1, 999_999).is_ok(), "another chat has its own window");
        assert!(windows.take(&PER_CHAT, Some(1), 1, 1_000_000).is_ok());
        assert!(windows.take(&PER_CHAT, Some(1), 1, 1_500_000).is_err());
    }

    #[test]
    fn a_refusal_takes_no_place() {
        let windows = Windows::default();
        let limits = Limits { bot: Some(Limit { count: 1, window_ms: 60_000 }), ..Limits::default() };
        assert!(windows.take(&limits, Some(1), 1, 0).is_ok());
        for second in 1..60 {
            assert_eq!(
                windows.take(&limits, Some(1), 1, second * 1_000_000).unwrap_err().retry_after,
                Some(60 - second)
            );
        }
        assert!(windows.take(&limits, Some(1), 1, 60_000_000).is_ok());
    }
}
