//! How a broadcast is steered, as clients say and see it.

use model::{
    FieldErrors, Timestamp,
    broadcast::{Moment, QuietHours, Steering, Zone},
};
use serde::{Deserialize, Deserializer, Serialize, de};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr, Schema,
        schema::{ObjectBuilder, Type},
    },
};

/// A moment, or what the clocks of the broadcast's time zone show then.
#[derive(Debug, Clone, Copy)]
pub(super) struct MomentBody(Moment);

impl<'de> Deserialize<'de> for MomentBody {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Self).map_err(|error: model::Error| de::Error::custom(error.message()))
    }
}

impl PartialSchema for MomentBody {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("A moment in RFC 3339; without a zone, the time that the clocks in `time_zone` show."))
            .examples([serde_json::json!("2026-11-22T20:15:00Z"), serde_json::json!("2026-11-22T21:15:00")])
            .into()
    }
}

impl ToSchema for MomentBody {}

/// The moment that is meant; a time that needs a zone has to be given one.
pub(super) fn moment_at(given: MomentBody, zone: Option<&Zone>, errors: &mut FieldErrors) -> Option<Timestamp> {
    let at = given.0.at(zone);
    if at.is_none() {
        complain(errors, "scheduled_time", "Give the zone with the time (Z, +01:00), or a time_zone beside it.");
    }
    at
}

/// Times of the day at which nothing leaves; over midnight when the second is the earlier one.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct QuietBody {
    #[schema(example = "21:00")]
    from: String,
    #[schema(example = "08:00")]
    to: String,
    /// Where it is that time; without it, in the broadcast's `time_zone`.
    #[schema(example = "Europe/Berlin")]
    time_zone: Option<String>,
}

impl From<QuietHours> for QuietBody {
    fn from(hours: QuietHours) -> Self {
        Self { from: hours.from.to_string(), to: hours.to.to_string(), time_zone: Some(hours.time_zone.to_string()) }
    }
}

/// The fields of a body that steer.
#[derive(Debug, Default)]
pub(super) struct Steered {
    pub time_zone: Option<Option<String>>,
    pub quiet_hours: Option<Option<QuietBody>>,
    pub rate_limit: Option<Option<String>>,
    pub auto_pause_after: Option<Option<u32>>,
    pub allow_paid_broadcast: Option<bool>,
    pub track_clicks: Option<bool>,
}

impl Steered {
    /// What is not given is as in `before`.
    pub fn steering(self, before: Option<&Steering>, errors: &mut FieldErrors) -> Steering {
        let before = before.cloned().unwrap_or_default();
        let time_zone = match self.time_zone {
            Some(given) => given.and_then(|name| read(&name, "time_zone", errors)),
            None => before.time_zone,
        };
        let quiet_hours = match self.quiet_hours {
            Some(given) => given.and_then(|body| quiet(&body, time_zone.as_ref(), errors)),
            None => before.quiet_hours,
        };
        let rate_limit = match self.rate_limit {
            Some(given) => given.and_then(|rate| read(&rate, "rate_limit", errors)),
            None => before.rate_limit,
        };
        Steering {
            time_zone,
            quiet_hours,
            rate_limit,
            auto_pause_after: self.auto_pause_after.unwrap_or(before.auto_pause_after),
            allow_paid_broadcast: self.allow_paid_broadcast.unwrap_or(before.allow_paid_broadcast),
            track_clicks: self.track_clicks.unwrap_or(before.track_clicks),
        }
    }
}

fn quiet(body: &QuietBody, zone: Option<&Zone>, errors: &mut FieldErrors) -> Option<QuietHours> {
    let from = read(&body.from, "quiet_hours.from", errors);
    let to = read(&body.to, "quiet_hours.to", errors);
    let own = body.time_zone.as_deref().map(|name| read(name, "quiet_hours.time_zone", errors));
    let time_zone = own.unwrap_or_else(|| Some(zone.cloned().unwrap_or_else(Zone::utc)));
    Some(QuietHours { from: from?, to: to?, time_zone: time_zone? })
}

fn read<T: std::str::FromStr<Err = model::Error>>(text: &str, field: &str, errors: &mut FieldErrors) -> Option<T> {
    match text.parse() {
        Ok(value) => Some(value),
        Err(error) => {
            complain(errors, field, error.message());
            None
        }
    }
}

fn complain(errors: &mut FieldErrors, field: &str, words: &str) {
    errors.entry(field.to_owned()).or_default().push(words.to_owned());
}
