//! Quiet hours: times of the day at which nothing of a broadcast leaves.

use std::{fmt, str::FromStr};

use jiff::civil;
use serde::{Deserialize, Serialize};

use super::zone::Zone;
use crate::{Error, Result, Timestamp};

/// From one time of the day to another, over midnight when the second is the earlier one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuietHours {
    pub from: DayTime,
    pub to: DayTime,
    pub time_zone: Zone,
}

/// Hours and minutes, `21:30`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DayTime {
    minute: i16,
}

/// How it is now, and when that changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quiet {
    pub is_quiet: bool,
    pub changes_at: Timestamp,
}

impl QuietHours {
    /// How it is at a moment. The clocks of the zone decide, also on the days on which they are changed.
    pub fn at(&self, now: Timestamp) -> Quiet {
        let shown = self.time_zone.civil(now);
        let minute = i16::from(shown.hour()) * 60 + i16::from(shown.minute());
        let (from, to) = (self.from.minute, self.to.minute);
        let is_quiet = if from < to { (from..to).contains(&minute) } else { minute >= from || minute < to };
        let next = if is_quiet { self.to } else { self.from };
        Quiet { is_quiet, changes_at: self.next(shown, next, now) }
    }

    /// The next moment after `now` at which the clocks show this.
    fn next(&self, shown: civil::DateTime, time: DayTime, now: Timestamp) -> Timestamp {
        let today = self.time_zone.moment(shown.date().to_datetime(time.civil()));
        if today > now {
            return today;
        }
        let tomorrow = shown.date().saturating_add(jiff::Span::new().days(1));
        let at = self.time_zone.moment(tomorrow.to_datetime(time.civil()));
        // Where the clocks jump over it, a minute on is soon enough.
        if at > now { at } else { now + 60_000 }
    }
}

impl DayTime {
    fn civil(self) -> civil::Time {
        let (hour, minute) = (self.minute / 60, self.minute % 60);
        civil::Time::new(hour as i8, minute as i8, 0, 0).unwrap_or(civil::Time::MIN)
    }
}

impl FromStr for DayTime {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let wrong = || Error::invalid("Enter hours and minutes, for example 21:30.");
        let (hour, minute) = text.split_once(':').ok_or_else(wrong)?;
        let number = |digits: &str, below: i16| {
            let is_number = digits.len() == 2 && digits.bytes().all(|b| b.is_ascii_digit());
            digits.parse::<i16>().ok().filter(|n| is_number && *n < below)
        };
        match (number(hour, 24), number(minute, 60)) {
            (Some(hour), Some(minute)) => Ok(Self { minute: hour * 60 + minute }),
            _ => Err(wrong()),
        }
    }
}

impl TryFrom<String> for DayTime {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

impl From<DayTime> for String {
    fn from(time: DayTime) -> String {
        time.to_string()
    }
}

impl fmt::Display for DayTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.minute / 60, self.minute % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn hours(from: &str, to: &str, zone: &str) -> QuietHours {
        QuietHours { from: from.parse().unwrap(), to: to.parse().unwrap(), time_zone: zone.parse().unwrap() }
    }

    #[test]
    fn a_night_goes_over_midnight_in_its_own_zone() {
        let night = hours("21:00", "08:00", "Europe/Berlin");
        let of = |text: &str| {
            let Quiet { is_quiet, changes_at } = night.at(at(text));
            (is_quiet, changes_at.to_string())
        };
        assert_eq!(of("2026-01-02T19:59:59Z"), (false, "2026-01-02T20:00:00.000Z".to_owned()));
        assert_eq!(of("2026-01-02T20:00:00Z"), (true, "2026-01-03T07:00:00.000Z".to_owned()));
        assert_eq!(of("2026-01-03T06:59:00Z"), (true, "2026-01-03T07:00:00.000Z".to_owned()));
        assert_eq!(of("2026-01-03T07:00:00Z"), (false, "2026-01-03T20:00:00.000Z".to_owned()));
        // The night in which the clocks go forward is an hour shorter.
        assert_eq!(of("2026-03-28T20:00:00Z"), (true, "2026-03-29T06:00:00.000Z".to_owned()));
        let noon = hours("12:00", "13:30", "UTC");
        assert!(noon.at(at("2026-01-02T13:29:59Z")).is_quiet && !noon.at(at("2026-01-02T13:30:00Z")).is_quiet);
    }

    #[test]
    fn a_time_that_the_clocks_skip_or_repeat_stops_nothing() {
        for text in ["2026-03-29T00:59:00Z", "2026-03-29T01:00:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"] {
            for hours in [hours("02:30", "02:45", "Europe/Berlin"), hours("02:30", "02:29", "Europe/Berlin")] {
                let mut now = at(text);
                for _ in 0..6 {
                    let changes_at = hours.at(now).changes_at;
                    assert!(changes_at > now && changes_at.since(now) <= 25 * 3_600_000, "{now} {hours:?}");
                    now = changes_at;
                }
            }
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in ["", "9:00", "24:00", "21:60", "21", "21:0", "-1:00", "2１:00", "21:00:00"] {
            assert!(text.parse::<DayTime>().is_err(), "{text}");
        }
        assert!("Mars/Base".parse::<Zone>().is_err() && "../etc".parse::<Zone>().is_err());
        assert_eq!("21:05".parse::<DayTime>().unwrap().to_string(), "21:05");
    }
}
