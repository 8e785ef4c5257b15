//! A broadcast as clients send it.

use app::broadcasts::{Change, Listed, New};
use model::{
    Error, FieldErrors, Platform, Result,
    broadcast::{BroadcastStatus, Steering},
};
use serde::Deserialize;
use serde_json::Value;
use store::broadcasts::{Audience, Meant, Record, Script, ScriptTemplate};
use utoipa::ToSchema;

use super::{
    content::with_content,
    steering::{MomentBody, QuietBody, Steered, moment_at},
};
use crate::{
    extract::{ReadOnly, nullable},
    ids::{BotId, SegmentId, TemplateId},
    whatsapp::SentTemplateBody,
};

/// Tags: one, or a list of which any will do.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged)]
pub(super) enum Tags {
    One(String),
    Any(Vec<String>),
}

impl Tags {
    pub(super) fn list(self) -> Vec<String> {
        match self {
            Tags::One(tag) if tag.trim().is_empty() => Vec::new(),
            Tags::One(tag) => vec![tag],
            Tags::Any(tags) => tags,
        }
    }
}

with_content! {
/// What to say to whom. Without `status` and `scheduled_time` it starts at once. Read-only fields of our own answers are
/// ignored.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub(super) struct BroadcastBody {
    #[schema(max_length = 255, example = "Autumn sale")]
    name: Option<String>,
    /// Over which channel it goes: `TELEGRAM` unless something is said. It stays what it was made for.
    #[schema(example = "TELEGRAM")]
    platform: Option<Platform>,
    /// The approved template that says it, in place of text, media, buttons and languages: over WhatsApp, the only thing that
    /// reaches people who have not written for 24 hours, or never. Texts among its variables may have variables such as
    /// `{{first_name}}`.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<SentTemplateBody>)]
    template: Option<Option<SentTemplateBody>>,
    /// A template that says what is not said here. What it says is copied: changing it later changes nothing.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<TemplateId>)]
    template_id: Option<Option<TemplateId>>,
    /// The bot or number that sends; without it each contact gets it from the one that they last wrote to. Over WhatsApp, the only
    /// number writes to those who never wrote.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<BotId>)]
    bot_app_id: Option<Option<BotId>>,
    /// Ids of contacts, at most 100,000; each gets it once.
    #[schema(value_type = Option<Vec<String>>, max_items = 100000)]
    recipients: Option<Vec<Value>>,
    /// Contacts with this tag, or with any of these.
    tag_filter: Option<Tags>,
    /// Contacts of this saved segment, as it is when the broadcast starts.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<SegmentId>)]
    segment: Option<Option<SegmentId>>,
    /// All people that you know.
    select_all: Option<bool>,
    /// Not those with this tag, or with any of these.
    exclude_tags: Option<Tags>,
    /// Not those of this saved segment.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<SegmentId>)]
    exclude_segment: Option<Option<SegmentId>>,
    /// Not these contacts.
    #[schema(value_type = Option<Vec<String>>, max_items = 100000)]
    exclude_recipients: Option<Vec<Value>>,
    /// `DRAFT` keeps it back.
    status: Option<BroadcastStatus>,
    /// When to start, at most 366 days ahead: a moment, or without a zone the time that the clocks in `time_zone` show.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<MomentBody>)]
    scheduled_time: Option<Option<MomentBody>>,
    /// In which `scheduled_time` without a zone, `quiet_hours` and `{{today_date}}` are meant: a name of the time zone
    /// database. UTC without it. It is one zone for all: Telegram tells nobody's.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, example = "Europe/Berlin")]
    time_zone: Option<Option<String>>,
    /// Times of the day at which nothing of it leaves. Messages then wait for `schedule`.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<QuietBody>)]
    quiet_hours: Option<Option<QuietBody>>,
    /// At most so many of this broadcast, over all its bots: `N/s`, `N/min` or `N/h`. The limits of the bots hold besides.
    /// While it runs it is changed by `POST {id}/rate/`.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, example = "10/min")]
    rate_limit: Option<Option<String>>,
    /// Pause it by itself when so many messages failed in a row; who blocked the bot does not count.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 10000, example = 20)]
    auto_pause_after: Option<Option<u32>>,
    /// Telegram's paid broadcast: each message costs you Telegram Stars, and up to 1000 leave in a second, whatever the
    /// bot's own `rate_limit` is. The bot must have been allowed to by BotFather.
    allow_paid_broadcast: Option<bool>,
    /// Let links under buttons and behind words lead over this installation, which counts who follows them. Off by default:
    /// tell people that you do. Links to Telegram itself are left alone.
    track_clicks: Option<bool>,
    #[serde(default, rename = "id")]
    #[schema(ignore)]
    _id: ReadOnly,
    #[serde(default, rename = "status_reason")]
    #[schema(ignore)]
    _status_reason: ReadOnly,
    #[serde(default, rename = "created_by")]
    #[schema(ignore)]
    _created_by: ReadOnly,
    #[serde(default, rename = "started_at")]
    #[schema(ignore)]
    _started_at: ReadOnly,
    #[serde(default, rename = "finished_at")]
    #[schema(ignore)]
    _finished_at: ReadOnly,
    #[serde(default, rename = "created_at")]
    #[schema(ignore)]
    _created_at: ReadOnly,
    #[serde(default, rename = "updated_at")]
    #[schema(ignore)]
    _updated_at: ReadOnly,
    #[serde(default, rename = "total")]
    #[schema(ignore)]
    _total: ReadOnly,
    #[serde(default, rename = "pending")]
    #[schema(ignore)]
    _pending: ReadOnly,
    #[serde(default, rename = "sent")]
    #[schema(ignore)]
    _sent: ReadOnly,
    #[serde(default, rename = "delivered")]
    #[schema(ignore)]
    _delivered: ReadOnly,
    #[serde(default, rename = "read")]
    #[schema(ignore)]
    _read: ReadOnly,
    #[serde(default, rename = "failed")]
    #[schema(ignore)]
    _failed: ReadOnly,
    #[serde(default, rename = "blocked")]
    #[schema(ignore)]
    _blocked: ReadOnly,
    #[serde(default, rename = "skipped")]
    #[schema(ignore)]
    _skipped: ReadOnly,
    #[serde(default, rename = "unknown")]
    #[schema(ignore)]
    _unknown: ReadOnly,
    #[serde(default, rename = "cancelled")]
    #[schema(ignore)]
    _cancelled: ReadOnly,
    #[serde(default, rename = "progress")]
    #[schema(ignore)]
    _progress: ReadOnly,
    #[serde(default, rename = "waiting_for")]
    #[schema(ignore)]
    _waiting_for: ReadOnly,
    #[serde(default, rename = "next_attempt_at")]
    #[schema(ignore)]
    _next_attempt_at: ReadOnly,
    #[serde(default, rename = "eta_seconds")]
    #[schema(ignore)]
    _eta_seconds: ReadOnly,
}
}

impl BroadcastBody {
    /// The template that says what is not said here.
    pub(super) fn template(&self) -> Option<TemplateId> {
        self.template_id.flatten()
    }

    /// A new broadcast; `template` says what is not said.
    pub(super) fn new_broadcast(mut self, template: Option<&Script>) -> Result<New> {
        let mut errors = FieldErrors::new();
        if self.name.is_none() {
            complain::<()>(&mut errors, "name", "This field is required.");
        }
        self.check(&mut errors);
        let steering = self.steered().steering(None, &mut errors);
        let given = self.scheduled_time.flatten();
        let scheduled_time = given.and_then(|moment| moment_at(moment, steering.time_zone.as_ref(), &mut errors));
        if self.status == Some(BroadcastStatus::Scheduled) && given.is_none() {
            complain::<()>(&mut errors, "scheduled_time", "Say when it is to start.");
        }
        let script = self.script(template, &mut errors);
        let audience = self.audience(None);
        match Error::fields(errors) {
            Some(error) => Err(error),
            None => Ok(New {
                id: None,
                name: self.name.unwrap_or_default(),
                platform: self.platform.unwrap_or(Platform::Telegram),
                script,
                audience,
                recipients: self.recipients.map(listed),
                exclude_recipients: self.exclude_recipients.map(listed),
                bot: self.bot_app_id.flatten(),
                steering,
                is_draft: self.status == Some(BroadcastStatus::Draft),
                scheduled_time: scheduled_time.filter(|_| self.status != Some(BroadcastStatus::Queued)),
            }),
        }
    }

    /// What is given is set, the rest stays.
    pub(super) fn part(mut self, before: &Record, template: Option<&Script>) -> Result<Change> {
        let mut errors = FieldErrors::new();
        self.check(&mut errors);
        let script = self.script(Some(template.unwrap_or(&before.script)), &mut errors);
        let steering = self.steered().steering(Some(&before.steering), &mut errors);
        self.change(before, (script, steering), errors)
    }

    /// What is not given takes its default; an audience that is not given stays.
    pub(super) fn whole(mut self, before: &Record, template: Option<&Script>) -> Result<Change> {
        let mut errors = FieldErrors::new();
        if self.name.is_none() {
            complain::<()>(&mut errors, "name", "This field is required.");
        }
        self.check(&mut errors);
        let script = self.script(template, &mut errors);
        self.bot_app_id.get_or_insert(None);
        self.scheduled_time.get_or_insert(None);
        let steering = self.steered().steering(None, &mut errors);
        self.change(before, (script, steering), errors)
    }

    fn change(
        mut self,
        before: &Record,
        (script, steering): (Script, Steering),
        mut errors: FieldErrors,
    ) -> Result<Change> {
        if self.platform.is_some_and(|platform| platform != before.platform) {
            complain::<()>(&mut errors, "platform", "It can't be changed. Make another broadcast.");
        }
        let audience = self.audience(Some(&before.audience));
        let zone = steering.time_zone.as_ref();
        let scheduled_time =
            self.scheduled_time.map(|given| given.and_then(|moment| moment_at(moment, zone, &mut errors)));
        match Error::fields(errors) {
            Some(error) => Err(error),
            None => Ok(Change {
                name: self.name,
                script: Some(script),
                audience: Some(audience),
                recipients: self.recipients.map(listed),
                exclude_recipients: self.exclude_recipients.map(listed),
                bot: self.bot_app_id,
                steering: Some(steering),
                scheduled_time,
                status: self.status,
            }),
        }
    }

    fn steered(&mut self) -> Steered {
        Steered {
            time_zone: self.time_zone.take(),
            quiet_hours: self.quiet_hours.take(),
            rate_limit: self.rate_limit.take(),
            auto_pause_after: self.auto_pause_after.take(),
            allow_paid_broadcast: self.allow_paid_broadcast,
            track_clicks: self.track_clicks,
        }
    }

    fn check(&self, errors: &mut FieldErrors) {
        use BroadcastStatus::{Draft, Queued, Scheduled};
        if self.status.is_some_and(|status| !matches!(status, Draft | Scheduled | Queued)) {
            complain::<()>(errors, "status", "Enter DRAFT, SCHEDULED or QUEUED; for the rest there are actions.");
        }
    }

    /// What it says; `before` says what is not given.
    fn script(&mut self, before: Option<&Script>, errors: &mut FieldErrors) -> Script {
        let script = self.said().script(before, errors);
        match self.template.take() {
            None => script,
            Some(given) => Script { template: approved(given, errors), ..script },
        }
    }

    fn audience(&mut self, before: Option<&Audience>) -> Audience {
        let before = before.cloned().unwrap_or_default();
        Audience {
            is_all: self.select_all.unwrap_or(before.is_all),
            tags: self.tag_filter.take().map_or(before.tags, Tags::list),
            exclude_tags: self.exclude_tags.take().map_or(before.exclude_tags, Tags::list),
            segment: self.segment.map_or(before.segment, |given| given.map(meant)),
            exclude_segment: self.exclude_segment.map_or(before.exclude_segment, |given| given.map(meant)),
        }
    }
}

/// An approved template as it was given.
pub(super) fn approved(given: Option<SentTemplateBody>, errors: &mut FieldErrors) -> Option<ScriptTemplate> {
    match given.map(SentTemplateBody::script).transpose() {
        Ok(template) => template,
        Err(error) => complain(errors, "template", error.message()),
    }
}

/// The rules are looked up when it is kept.
pub(super) fn meant(id: SegmentId) -> Meant {
    Meant { id, rules: Value::Null }
}

/// Ids, and what stands in place of ids, cut to what a complaint can show.
pub(super) fn listed(values: Vec<Value>) -> Listed {
    let read = |value: Value| match value {
        Value::String(text) => text.parse().map_err(|_| text.chars().take(50).collect()),
        other => Err(other.to_string().chars().take(50).collect()),
    };
    Listed(values.into_iter().map(read).collect())
}

fn complain<T>(errors: &mut FieldErrors, field: &str, words: &str) -> Option<T> {
    errors.entry(field.to_owned()).or_default().push(words.to_owned());
    None
}
