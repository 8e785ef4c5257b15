//! Business hours: when somebody of the team is there, in the tenant's own time zone.

use jiff::{civil::Time, tz::TimeZone};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Timestamp, word::words};

words! {
    pub enum Weekday {
        Monday = "monday", Tuesday = "tuesday", Wednesday = "wednesday", Thursday = "thursday", Friday = "friday",
        Saturday = "saturday", Sunday = "sunday",
    }
}

words! {
    /// When a snoozed conversation comes back, in the tenant's time zone.
    pub enum SnoozePreset {
        /// In three hours.
        LaterToday = "later_today",
        /// Tomorrow at 8:00.
        Tomorrow = "tomorrow",
        /// The coming Monday at 8:00.
        NextWeek = "next_week",
    }
}

/// When the team answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct BusinessHours {
    /// A name of the time zone database.
    #[schema(example = "Europe/Berlin")]
    pub time_zone: String,
    /// Spans of the week; none: always.
    pub spans: Vec<Span>,
}

/// A stretch of one day.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Span {
    pub day: Option<Weekday>,
    #[schema(example = "09:00")]
    pub from: String,
    /// Not before `from`; `24:00` is the end of the day.
    #[schema(example = "17:30")]
    pub to: String,
}

impl Default for BusinessHours {
    fn default() -> Self {
        Self { time_zone: "UTC".to_owned(), spans: Vec::new() }
    }
}

impl BusinessHours {
    /// Whether somebody is there. A zone that this machine does not know counts as UTC.
    pub fn is_open(&self, at: Timestamp) -> bool {
        if self.spans.is_empty() {
            return true;
        }
        let zone = TimeZone::get(&self.time_zone).unwrap_or(TimeZone::UTC);
        let there = at.in_zone(zone);
        let day = Weekday::ALL[usize::from(there.weekday().to_monday_zero_offset().unsigned_abs())];
        let minute = i32::from(there.hour()) * 60 + i32::from(there.minute());
        self.spans.iter().filter(|span| span.day == Some(day)).any(|span| span.holds(minute))
    }

    /// The moment that a preset means now.
    pub fn snooze_until(&self, preset: SnoozePreset, now: Timestamp) -> Timestamp {
        const LATER_MS: i64 = 3 * 3_600_000;
        let zone = TimeZone::get(&self.time_zone).unwrap_or(TimeZone::UTC);
        let there = now.in_zone(zone.clone());
        let days = match preset {
            SnoozePreset::LaterToday => return now + LATER_MS,
            SnoozePreset::Tomorrow => 1,
            SnoozePreset::NextWeek => 7 - i64::from(there.weekday().to_monday_zero_offset()),
        };
        let morning = there.date().saturating_add(jiff::Span::new().days(days)).at(8, 0, 0, 0).to_zoned(zone);
        morning.map_or(now + days * crate::DAY_MS, |at| Timestamp::from_ms(at.timestamp().as_millisecond()))
    }

    pub(super) fn complaint(&self) -> Option<String> {
        if TimeZone::get(&self.time_zone).is_err() {
            return Some("time_zone: Enter a name of the time zone database, for example Europe/Berlin.".to_owned());
        }
        if self.spans.len() > SPANS_MAX {
            return Some(format!("spans: Enter at most {SPANS_MAX} spans."));
        }
        let is_wrong = |span: &Span| span.day.is_none() || !span.is_valid();
        let wrong = self.spans.iter().position(is_wrong)?;
        Some(format!("spans[{wrong}]: Enter a day, and from and to such as 09:00 and 17:30, from before to."))
    }
}

/// Three stretches of each day.
const SPANS_MAX: usize = 21;

impl Span {
    fn minutes(&self) -> Option<(i32, i32)> {
        Some((minute(&self.from)?, minute(&self.to)?))
    }

    fn is_valid(&self) -> bool {
        self.minutes().is_some_and(|(from, to)| from < to)
    }

    fn holds(&self, minute: i32) -> bool {
        self.minutes().is_some_and(|(from, to)| (from..to).contains(&minute))
    }
}

/// The minute of the day that `HH:MM` names.
fn minute(text: &str) -> Option<i32> {
    if text == "24:00" {
        return Some(24 * 60);
    }
    let is_plain = text.len() == 5 && text.as_bytes().get(2) == Some(&b':');
    let time: Time = is_plain.then(|| text.parse().ok())??;
    Some(i32::from(time.hour()) * 60 + i32::from(time.minute()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(zone: &str, day: Weekday, from: &str, to: &str) -> BusinessHours {
        let span = Span { day: Some(day), from: from.into(), to: to.into() };
        BusinessHours { time_zone: zone.into(), spans: vec![span] }
    }

    #[test]
    fn hours_are_those_of_the_zone() {
        // 2026-11-23 is a Monday; Berlin is an hour ahead of UTC then.
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let berlin = hours("Europe/Berlin", Weekday::Monday, "09:00", "17:00");
        assert!(berlin.is_open(at("2026-11-23T08:00:00Z")) && berlin.is_open(at("2026-11-23T15:59:59Z")));
        assert!(!berlin.is_open(at("2026-11-23T07:59:59Z")) && !berlin.is_open(at("2026-11-23T16:00:00Z")));
        assert!(!berlin.is_open(at("2026-11-24T09:00:00Z")));
        assert!(BusinessHours::default().is_open(at("2026-11-22T03:00:00Z")));
        assert!(hours("UTC", Weekday::Monday, "22:00", "24:00").is_open(at("2026-11-23T23:59:00Z")));
    }

    #[test]
    fn presets_mean_mornings_of_the_zone() {
        // A Thursday evening; in Berlin it is Friday already.
        let now: Timestamp = "2026-11-26T23:30:00Z".parse().unwrap();
        let berlin = BusinessHours { time_zone: "Europe/Berlin".into(), spans: Vec::new() };
        let until = |preset| berlin.snooze_until(preset, now).to_string();
        assert_eq!(until(SnoozePreset::LaterToday), "2026-11-27T02:30:00.000Z");
        assert_eq!(until(SnoozePreset::Tomorrow), "2026-11-28T07:00:00.000Z");
        assert_eq!(until(SnoozePreset::NextWeek), "2026-11-30T07:00:00.000Z");
    }

    #[test]
    fn what_is_no_time_is_said() {
        for (from, to) in [("9:00", "17:00"), ("17:00", "09:00"), ("09:00", "25:00"), ("", ""), ("09:00", "09:00")] {
            assert!(hours("UTC", Weekday::Monday, from, to).complaint().is_some(), "{from}-{to}");
        }
        assert!(hours("Mars/Olympus", Weekday::Monday, "09:00", "17:00").complaint().is_some());
        assert_eq!(hours("Asia/Kolkata", Weekday::Sunday, "00:00", "24:00").complaint(), None);
    }
}
