//! How long a broadcast will take at the limits of its bots.

use model::{DAY_MS, Rate, Result, Timestamp, broadcast::BroadcastStatus};
use store::{
    broadcasts::{Record, pace},
    db::Tx,
};

/// Seconds until a running broadcast is done; None when it doesn't run or its audience is not known yet. Bots share what
/// is left evenly, as far as can be seen from outside.
pub fn eta_seconds(tx: &mut Tx, record: &Record, bot_rate: Rate, now: Timestamp) -> Result<Option<i64>> {
    let runs = matches!(record.status, BroadcastStatus::Queued | BroadcastStatus::Sending);
    if !runs || (!record.is_frozen && record.found == 0) {
        return Ok(None);
    }
    let bots = pace::at_work(tx, record.id, now)?;
    let count = i64::try_from(bots.len()).unwrap_or(i64::MAX).max(1);
    let each = record.pending().saturating_add(count - 1) / count;
    let longest = bots.iter().map(|limits| duration_ms(each, limits, bot_rate, now)).max();
    let ms = longest.unwrap_or_else(|| each.saturating_mul(bot_rate.slot_ms()));
    Ok(Some(ms.saturating_add(999) / 1_000))
}

/// How long one bot takes for so many messages from now on, over midnights where its daily limit says so.
pub fn duration_ms(messages: i64, limits: &pace::Limits, bot_rate: Rate, now: Timestamp) -> i64 {
    let slot = limits.rate.unwrap_or(bot_rate).slot_ms().max(1);
    let rest_of_day = now.next_day().since(now);
    let today = (limits.daily_limit - limits.used_today).max(0).min(rest_of_day / slot);
    if messages <= today {
        return messages.saturating_mul(slot);
    }
    let per_day = limits.daily_limit.min(DAY_MS / slot).max(1);
    let rest = messages - today;
    let whole_days = (rest - 1) / per_day;
    let last_day = (rest - whole_days.saturating_mul(per_day)).saturating_mul(slot);
    rest_of_day.saturating_add(whole_days.saturating_mul(DAY_MS)).saturating_add(last_day)
}

#[cfg(test)]
mod tests {
    use model::Id;

    use super::*;

    #[test]
    fn what_does_not_fit_today_waits_for_the_next_days() {
        let limits = pace::Limits { bot: Id::from_bytes([1; 16]), rate: None, daily_limit: 1_000, used_today: 900 };
        let (rate, noon) = (Rate::per_minute(30), Timestamp::from_ms(DAY_MS / 2));
        assert_eq!(duration_ms(100, &limits, rate, noon), 200_000);
        assert_eq!(duration_ms(101, &limits, rate, noon), DAY_MS / 2 + 2_000);
        assert_eq!(duration_ms(1_100, &limits, rate, noon), DAY_MS / 2 + 2_000_000);
        assert_eq!(duration_ms(1_101, &limits, rate, noon), DAY_MS / 2 + DAY_MS + 2_000);
    }
}
