//! Time zones by their names in the time zone database.

use std::{fmt, str::FromStr};

use jiff::{civil, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::{Error, Result, Timestamp};

/// A zone such as `Europe/Berlin`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone {
    name: String,
    zone: TimeZone,
}

impl Zone {
    pub fn utc() -> Self {
        Self { name: "UTC".to_owned(), zone: TimeZone::UTC }
    }

    /// What the clocks there show.
    pub fn civil(&self, at: Timestamp) -> civil::DateTime {
        at.in_zone(self.zone.clone()).datetime()
    }

    /// The moment when the clocks there show this. A time that is skipped counts from before the change; of one that comes
    /// twice the first is meant.
    pub fn moment(&self, shown: civil::DateTime) -> Timestamp {
        match shown.to_zoned(self.zone.clone()) {
            Ok(moment) => Timestamp::from_ms(moment.timestamp().as_millisecond()),
            // At the ends of the calendar only.
            Err(_) => Timestamp::from_ms(i64::MAX),
        }
    }
}

impl FromStr for Zone {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        let is_name = name.len() <= 64 && name.bytes().all(|b| b.is_ascii_graphic());
        let zone = is_name.then(|| TimeZone::get(name).ok()).flatten();
        let zone =
            zone.ok_or_else(|| Error::invalid("Enter a name of the time zone database, for example Europe/Berlin."))?;
        Ok(Self { name: zone.iana_name().unwrap_or(name).to_owned(), zone })
    }
}

impl TryFrom<String> for Zone {
    type Error = Error;

    fn try_from(name: String) -> Result<Self> {
        name.parse()
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> String {
        zone.name
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// A moment, or what the clocks of some zone show then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    Fixed(Timestamp),
    Shown(civil::DateTime),
}

impl Moment {
    /// The moment that is meant; None when it needs a zone and has none.
    pub fn at(self, zone: Option<&Zone>) -> Option<Timestamp> {
        match self {
            Moment::Fixed(at) => Some(at),
            Moment::Shown(shown) => zone.map(|zone| zone.moment(shown)),
        }
    }
}

impl FromStr for Moment {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let fixed = text.parse().map(Moment::Fixed);
        fixed.or_else(|_| text.parse().map(Moment::Shown)).map_err(|_| {
            Error::invalid(
                "Enter a time in RFC 3339 form, for example 2026-11-22T20:15:00Z, or without a zone the time in time_zone.",
            )
        })
    }
}
