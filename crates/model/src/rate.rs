//! A rate such as `30/min`: at most so many in any rolling window.

use std::{fmt, str::FromStr};

use crate::{Error, Result};

/// At most `count` in any rolling window of `window_ms`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rate {
    count: u32,
    window_ms: i64,
}

impl Rate {
    /// The largest count that a rate may have: the window's log is kept in memory.
    pub const COUNT_MAX: u32 = 100_000;

    /// What Telegram takes from one bot of messages that are paid for.
    pub const PAID: Rate = Rate::per_second(1_000);

    pub const fn new(count: u32, window_ms: i64) -> Self {
        Self { count, window_ms }
    }

    pub const fn per_second(count: u32) -> Self {
        Self::new(count, 1_000)
    }

    pub const fn per_minute(count: u32) -> Self {
        Self::new(count, 60_000)
    }

    pub const fn count(self) -> u32 {
        self.count
    }

    pub const fn window_ms(self) -> i64 {
        self.window_ms
    }

    /// The even distance between two paced messages, rounded up so that pacing never exceeds the rate.
    pub const fn slot_ms(self) -> i64 {
        let count = self.count as i64;
        (self.window_ms + count - 1) / count
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.window_ms {
            1_000 => "s",
            60_000 => "min",
            _ => "h",
        };
        write!(f, "{}/{unit}", self.count)
    }
}

impl FromStr for Rate {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let wrong = || {
            Error::invalid(format!(
                "Enter a rate as N/s, N/min or N/h with N from 1 to {}, for example 30/min.",
                Rate::COUNT_MAX
            ))
        };
        let (count, unit) = text.trim().split_once('/').ok_or_else(wrong)?;
        let window_ms = match unit.trim() {
            "s" => 1_000,
            "min" => 60_000,
            "h" => 3_600_000,
            _ => return Err(wrong()),
        };
        let digits = count.trim();
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(wrong());
        }
        match digits.parse::<u32>() {
            Ok(count @ 1..=Rate::COUNT_MAX) => Ok(Rate { count, window_ms }),
            _ => Err(wrong()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_read_and_write_the_same() {
        for text in ["30/min", "20/s", "1/s", "1000/h"] {
            assert_eq!(text.parse::<Rate>().unwrap().to_string(), text);
        }
        assert_eq!("30/min".parse::<Rate>().unwrap().slot_ms(), 2_000);
    }

    #[test]
    fn what_is_no_rate_is_refused() {
        for text in ["", "30", "/s", "0/s", "-1/s", "+3/s", "30/day", "1.5/s", "100001/s", "99999999999/s", "30/min/s"]
        {
            assert!(text.parse::<Rate>().is_err(), "{text}");
        }
    }
}
