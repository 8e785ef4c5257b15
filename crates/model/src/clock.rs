//! Time as a value: milliseconds since 1970 in UTC, read only from an injected [`Clock`].

use std::{fmt, future::Future, ops, pin::Pin, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Error, Result};

/// Milliseconds of one UTC day; UTC days have no leap seconds here, as in POSIX.
pub const DAY_MS: i64 = 86_400_000;

/// What [`Clock::sleep_until`] returns.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The only way to read the time or to wait for it.
pub trait Clock: fmt::Debug + Send + Sync {
    /// The time now.
    fn now(&self) -> Timestamp;

    /// Milliseconds on a clock of this machine that never jumps, and that also runs while the machine is suspended. For how
    /// long something is permitted is measured on it, never on the calendar.
    fn running_ms(&self) -> i64;

    /// Ends once `now()` is at or after `at`; notices a clock that was set forward within a second.
    fn sleep_until(&self, at: Timestamp) -> Sleep;
}

/// A moment: milliseconds since 1970-01-01T00:00:00Z. RFC 3339 with three decimals and `Z` in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(i64);

impl Timestamp {
    pub const fn from_ms(ms: i64) -> Self {
        Self(ms)
    }

    pub const fn as_ms(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970, as Telegram writes times.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// The first moment of this moment's UTC day.
    pub const fn day_start(self) -> Self {
        Self(self.0.div_euclid(DAY_MS) * DAY_MS)
    }

    /// The first moment of the next UTC day.
    pub const fn next_day(self) -> Self {
        Self(self.day_start().0 + DAY_MS)
    }

    /// How long after `earlier` this is, in milliseconds; negative when it is before.
    pub const fn since(self, earlier: Timestamp) -> i64 {
        self.0 - earlier.0
    }

    /// The calendar form, for templates and exports.
    pub fn civil(self) -> jiff::civil::DateTime {
        jiff::tz::TimeZone::UTC.to_datetime(self.to_jiff())
    }

    /// The calendar form where people are, for business hours and schedules.
    pub fn in_zone(self, zone: jiff::tz::TimeZone) -> jiff::Zoned {
        self.to_jiff().to_zoned(zone)
    }

    /// What `Display` writes, without the ways of a formatter: answers are full of times. `None` before the year 0.
    fn digits(self) -> Option<[u8; 24]> {
        let at = self.civil();
        let (year, ms) = (u16::try_from(at.year()).ok()?, at.millisecond().unsigned_abs());
        let mut text = *b"0000-00-00T00:00:00.000Z";
        let mut add = |place: usize, number: u16| {
            text[place] += (number / 10) as u8;
            text[place + 1] += (number % 10) as u8;
        };
        add(0, year / 100);
        add(2, year % 100);
        for (place, number) in [(5, at.month()), (8, at.day()), (11, at.hour()), (14, at.minute()), (17, at.second())] {
            add(place, number.unsigned_abs().into());
        }
        add(20, ms / 10);
        text[22] += (ms % 10) as u8;
        Some(text)
    }

    fn to_jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.0).unwrap_or(if self.0 < 0 {
            jiff::Timestamp::MIN
        } else {
            jiff::Timestamp::MAX
        })
    }
}

impl ops::Add<i64> for Timestamp {
    type Output = Timestamp;
    fn add(self, ms: i64) -> Timestamp {
        Timestamp(self.0.saturating_add(ms))
    }
}

impl ops::Sub<i64> for Timestamp {
    type Output = Timestamp;
    fn sub(self, ms: i64) -> Timestamp {
        Timestamp(self.0.saturating_sub(ms))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}", self.to_jiff())
    }
}

impl FromStr for Timestamp {
    type Err = Error;

    /// Reads RFC 3339 with any offset.
    fn from_str(text: &str) -> Result<Self> {
        text.parse::<jiff::Timestamp>()
            .map(|t| Timestamp(t.as_millisecond()))
            .map_err(|_| Error::invalid("Enter a time in RFC 3339 form with a zone, for example 2026-11-22T20:15:00Z."))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self.digits().as_ref().map(|text| std::str::from_utf8(text)) {
            Some(Ok(text)) => serializer.serialize_str(text),
            _ => serializer.collect_str(self),
        }
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|e: Error| serde::de::Error::custom(e.message()))
    }
}

impl utoipa::PartialSchema for Timestamp {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::schema::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(utoipa::openapi::KnownFormat::DateTime)))
            .description(Some("A moment in RFC 3339, UTC."))
            .into()
    }
}

impl utoipa::ToSchema for Timestamp {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_in_utc_with_milliseconds() {
        let time: Timestamp = "2026-11-22T22:15:00.123456+02:00".parse().unwrap();
        assert_eq!(time.to_string(), "2026-11-22T20:15:00.123Z");
        assert_eq!(Timestamp::from_ms(0).to_string(), "1970-01-01T00:00:00.000Z");
    }

    #[test]
    fn json_says_what_is_displayed() {
        let times =
            [i64::MIN, -99_999_999_999_999, -1, 0, 951_782_400_000, 1_795_810_245_007, 4_102_444_799_999, i64::MAX];
        for time in times.map(Timestamp::from_ms) {
            assert_eq!(serde_json::to_value(time).unwrap(), time.to_string());
        }
    }

    #[test]
    fn days_begin_at_midnight_utc_before_1970_too() {
        assert_eq!(Timestamp::from_ms(-1).day_start(), Timestamp::from_ms(-DAY_MS));
        assert_eq!(Timestamp::from_ms(-1).next_day(), Timestamp::from_ms(0));
    }

    #[test]
    fn a_time_outside_the_calendar_does_not_panic() {
        assert!(Timestamp::from_ms(i64::MAX).to_string().starts_with("9999"));
        assert!("2026-13-01T00:00:00Z".parse::<Timestamp>().is_err());
        assert!("2026-01-01T00:00:00".parse::<Timestamp>().is_err());
    }
}
