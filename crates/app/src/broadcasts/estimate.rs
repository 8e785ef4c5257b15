//! How long a broadcast will take at the limits of its bots, and what it waits for.

use model::{
    Platform, Rate, Result, Timestamp,
    broadcast::{BroadcastStatus, QuietHours, Steering},
    message::WaitingFor,
};
use store::{
    broadcasts::{Record, pace},
    db::Tx,
};

/// Days and quiet hours that are looked at one by one; what lies beyond is reckoned from the rate alone.
const STRETCHES_MAX: usize = 3_000;

/// What can be seen ahead of a broadcast.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outlook {
    /// Seconds until it is done; None when it doesn't run or its audience is not known yet.
    pub eta_seconds: Option<i64>,
    /// Why nothing of it leaves now, and until when.
    pub waiting: Option<(WaitingFor, Timestamp)>,
    /// What a person has to do before all of it can leave.
    pub notice: Option<String>,
}

/// What lies ahead of a broadcast. Bots share what is left evenly, as far as can be seen from outside.
pub fn outlook(tx: &mut Tx, record: &Record, bot_rate: Rate, now: Timestamp) -> Result<Outlook> {
    if let (BroadcastStatus::Scheduled, Some(at)) = (record.status, record.scheduled_at) {
        return Ok(Outlook { waiting: Some((WaitingFor::Schedule, at)), ..Outlook::default() });
    }
    if !record.status.is_running() {
        return Ok(Outlook::default());
    }
    let bot_rate = sender_rate(record.platform, bot_rate);
    let bots = pace::at_work(tx, record.id, now)?;
    let waiting = waiting(record, &bots, now);
    let is_unknown = !record.is_frozen && record.found == 0;
    let eta_seconds = (!is_unknown).then(|| eta(record, &bots, bot_rate, now));
    Ok(Outlook { eta_seconds, waiting, notice: notice(record.platform, &bots) })
}

/// Seconds until a running broadcast is done.
pub fn eta_seconds(tx: &mut Tx, record: &Record, bot_rate: Rate, now: Timestamp) -> Result<Option<i64>> {
    Ok(outlook(tx, record, bot_rate, now)?.eta_seconds)
}

fn eta(record: &Record, bots: &[pace::Limits], bot_rate: Rate, now: Timestamp) -> i64 {
    let count = i64::try_from(bots.len()).unwrap_or(i64::MAX).max(1);
    let each = record.pending().saturating_add(count - 1) / count;
    let terms = Terms { steering: &record.steering, bots: count, bot_rate };
    let longest = bots.iter().map(|limits| terms.course(each, limits, now).ends_at.since(now)).max();
    let ms = longest.unwrap_or_else(|| each.saturating_mul(bot_rate.slot_ms()));
    ms.saturating_add(999) / 1_000
}

/// Of senders without a rate of their own: the channel's, or the installation's.
pub(super) fn sender_rate(platform: Platform, of_installation: Rate) -> Rate {
    platform.capabilities().sender_rate.unwrap_or(of_installation)
}

/// Bots that can't send until somebody does something.
fn notice(platform: Platform, bots: &[pace::Limits]) -> Option<String> {
    let name = |bot: &pace::Limits| platform.sender_name(&bot.username);
    if let Some(bot) = bots.iter().find(|bot| bot.is_token_revoked) {
        let (title, name) = (platform.title(), name(bot));
        return Some(format!("{title} refuses the token of {name}: its messages wait for a new one."));
    }
    let stopped = bots.iter().find(|bot| !bot.is_active)?;
    Some(format!("{} is deactivated: its messages wait until it is activated.", name(stopped)))
}

/// What all bots of a running broadcast wait for.
fn waiting(record: &Record, bots: &[pace::Limits], now: Timestamp) -> Option<(WaitingFor, Timestamp)> {
    if let Some(quiet) = record.quiet.filter(|quiet| quiet.is_quiet) {
        return Some((WaitingFor::Schedule, quiet.changes_at));
    }
    let first = bots.first()?;
    if bots.iter().all(|bot| bot.used_today >= bot.daily_limit) {
        return Some((WaitingFor::DailyLimit, now.next_day()));
    }
    let until = |bot: &pace::Limits| bot.paused_until.filter(|until| *until > now);
    let soonest = bots.iter().filter_map(until).min();
    soonest
        .filter(|_| bots.iter().all(|bot| until(bot).is_some()) && until(first).is_some())
        .map(|at| (WaitingFor::RetryAfter, at))
}

/// What limits the bots of one broadcast.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terms<'a> {
    pub steering: &'a Steering,
    /// How many share its own rate.
    pub bots: i64,
    /// Of bots without a rate of their own.
    pub bot_rate: Rate,
}

/// When messages leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Course {
    pub ends_at: Timestamp,
    /// The UTC days on which some leave, with how many.
    pub days: Vec<(Timestamp, i64)>,
}

impl Terms<'_> {
    /// How one bot's messages go out from now on, over midnights and quiet hours.
    pub fn course(&self, messages: i64, limits: &pace::Limits, now: Timestamp) -> Course {
        let rate = if self.steering.allow_paid_broadcast { Rate::PAID } else { limits.rate.unwrap_or(self.bot_rate) };
        let own = self.steering.rate_limit.map_or(0, |rate| rate.slot_ms().saturating_mul(self.bots));
        let room = (limits.daily_limit - limits.used_today).max(0);
        let mut walk = Walk {
            at: now,
            left: messages,
            room,
            daily_limit: limits.daily_limit.max(1),
            slot_ms: rate.slot_ms().max(own).max(1),
            days: Vec::new(),
        };
        let mut stretches = 0;
        while walk.left > 0 && stretches < STRETCHES_MAX {
            walk.stretch(self.steering.quiet_hours.as_ref());
            stretches += 1;
        }
        let ends_at = walk.at + walk.left.saturating_mul(walk.slot_ms);
        Course { ends_at, days: walk.days }
    }
}

struct Walk {
    at: Timestamp,
    left: i64,
    /// Of today's limit.
    room: i64,
    daily_limit: i64,
    slot_ms: i64,
    days: Vec<(Timestamp, i64)>,
}

impl Walk {
    /// Goes on to the next midnight, or to where quiet hours begin or end.
    fn stretch(&mut self, quiet_hours: Option<&QuietHours>) {
        let quiet = quiet_hours.map(|hours| hours.at(self.at));
        if let Some(quiet) = quiet.filter(|quiet| quiet.is_quiet) {
            return self.go_to(quiet.changes_at);
        }
        let end = quiet.map_or(self.at.next_day(), |quiet| quiet.changes_at.min(self.at.next_day()));
        let count = (end.since(self.at) / self.slot_ms).min(self.room).min(self.left);
        if count > 0 {
            self.send(count);
        }
        if self.left > 0 {
            self.go_to(if self.room == 0 { self.at.next_day() } else { end.max(self.at) });
        }
    }

    fn send(&mut self, count: i64) {
        let day = self.at.day_start();
        match self.days.last_mut() {
            Some((last, sum)) if *last == day => *sum += count,
            _ => self.days.push((day, count)),
        }
        (self.left, self.room) = (self.left - count, self.room - count);
        // What fills the day to its end belongs to it.
        let at = self.at + count.saturating_mul(self.slot_ms);
        if self.left == 0 { self.at = at } else { self.go_to(at) }
    }

    fn go_to(&mut self, at: Timestamp) {
        if at.day_start() > self.at.day_start() {
            self.room = self.daily_limit;
        }
        self.at = at;
    }
}

#[cfg(test)]
mod tests {
    use model::{DAY_MS, Id};

    use super::*;

    fn limits(daily_limit: i64, used_today: i64) -> pace::Limits {
        pace::Limits {
            bot: Id::from_bytes([1; 16]),
            rate: None,
            daily_limit,
            used_today,
            paused_until: None,
            username: "a_bot".to_owned(),
            is_active: true,
            is_token_revoked: false,
        }
    }

    fn of(steering: &Steering) -> Terms<'_> {
        Terms { steering, bots: 1, bot_rate: Rate::per_minute(30) }
    }

    #[test]
    fn what_does_not_fit_today_waits_for_the_next_days() {
        let (steering, noon) = (Steering::default(), Timestamp::from_ms(DAY_MS / 2));
        let course = |messages| of(&steering).course(messages, &limits(1_000, 900), noon);
        let lasts = |messages| course(messages).ends_at.since(noon);
        assert_eq!(lasts(100), 200_000);
        assert_eq!(lasts(101), DAY_MS / 2 + 2_000);
        assert_eq!(lasts(1_100), DAY_MS / 2 + 2_000_000);
        assert_eq!(lasts(1_101), DAY_MS / 2 + DAY_MS + 2_000);
        let days: Vec<i64> = course(1_500).days.iter().map(|(_, count)| *count).collect();
        assert_eq!(days, [100, 1_000, 400]);
        assert_eq!(course(0).ends_at, noon);
    }

    #[test]
    fn quiet_hours_and_a_rate_of_its_own_take_longer() {
        let hours = QuietHours {
            from: "12:00".parse().unwrap(),
            to: "13:00".parse().unwrap(),
            time_zone: "UTC".parse().unwrap(),
        };
        let quiet = Steering { quiet_hours: Some(hours), ..Steering::default() };
        let start = Timestamp::from_ms(DAY_MS / 2 - 10_000);
        let lasts = |steering: &Steering, messages| {
            of(steering).course(messages, &limits(1_000_000, 0), start).ends_at.since(start)
        };
        assert_eq!(lasts(&quiet, 5), 10_000);
        assert_eq!(lasts(&quiet, 6), 10_000 + 3_600_000 + 2_000);
        let capped = Steering { rate_limit: Some(Rate::per_minute(6)), ..Steering::default() };
        assert_eq!(lasts(&capped, 5), 50_000);
        let paid = Steering { allow_paid_broadcast: true, ..Steering::default() };
        assert_eq!(lasts(&paid, 5_000), 5_000);
        // However far it reaches, it is reckoned in bounded time.
        assert!(of(&quiet).course(i64::MAX / 4_000, &limits(1, 0), start).ends_at > start);
    }
}
