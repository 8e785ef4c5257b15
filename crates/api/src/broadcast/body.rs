//! A broadcast as clients send it.

use app::broadcasts::{Change, Listed, New};
use model::{Error, FieldErrors, Platform, Result, Timestamp, broadcast::BroadcastStatus, content::MediaKind};
use serde::Deserialize;
use serde_json::Value;
use store::broadcasts::{Audience, Record, Script, ScriptMedia};
use utoipa::ToSchema;

use crate::{
    extract::{ReadOnly, nullable},
    ids::BotId,
};

/// The same text under another name.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Placeholders {
    message: Option<String>,
    text: Option<String>,
    body: Option<String>,
}

/// Tags: one, or a list of which any will do.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged)]
enum Tags {
    One(String),
    Any(Vec<String>),
}

impl Tags {
    fn list(self) -> Vec<String> {
        match self {
            Tags::One(tag) if tag.trim().is_empty() => Vec::new(),
            Tags::One(tag) => vec![tag],
            Tags::Any(tags) => tags,
        }
    }
}

/// What to say to whom. Without `status` and `scheduled_time` it starts at once. Read-only fields of our own answers are
/// ignored.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub(super) struct BroadcastBody {
    #[schema(max_length = 255, example = "Autumn sale")]
    name: Option<String>,
    #[schema(example = "TELEGRAM")]
    platform: Option<Platform>,
    /// The text, with variables such as `{{first_name}}` or `{{first_name|default:"there"}}`: `first_name`, `last_name`,
    /// `full_name`, `phone`, `company_name`, `today_date`, and the custom attributes of your contacts.
    #[schema(example = "Hello {{first_name|default:\"there\"}}, the sale has begun.")]
    message_text: Option<String>,
    /// `message`, `text` or `body`: the same as `message_text`.
    placeholder_data: Option<Placeholders>,
    /// `HTML`, `MarkdownV2` or `Markdown`; plain text without it. Values of variables are escaped for it.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, example = "HTML")]
    parse_mode: Option<Option<String>>,
    /// Address of media that Telegram fetches, together with `media_type`; the text becomes the caption.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    media_url: Option<Option<String>>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<MediaKind>)]
    media_type: Option<Option<MediaKind>>,
    /// A button in a row each, or rows of buttons, as in messages.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Vec<Object>>)]
    buttons: Option<Option<Value>>,
    /// The bot that sends; without it each contact gets it from the bot that they last wrote to.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<BotId>)]
    bot_app_id: Option<Option<BotId>>,
    /// Ids of contacts, at most 100,000; each gets it once.
    #[schema(value_type = Option<Vec<String>>, max_items = 100000)]
    recipients: Option<Vec<Value>>,
    /// Contacts with this tag, or with any of these.
    tag_filter: Option<Tags>,
    /// Segments don't exist yet.
    #[schema(value_type = Option<Object>)]
    segment: Option<Value>,
    /// All people that you know.
    select_all: Option<bool>,
    /// Not those with this tag, or with any of these.
    exclude_tags: Option<Tags>,
    /// Not these contacts.
    #[schema(value_type = Option<Vec<String>>, max_items = 100000)]
    exclude_recipients: Option<Vec<Value>>,
    /// `DRAFT` keeps it back.
    status: Option<BroadcastStatus>,
    /// When to start, at most 366 days ahead.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Timestamp>)]
    scheduled_time: Option<Option<Timestamp>>,
    /// Send it without a sound.
    disable_notification: Option<bool>,
    /// Forbid forwarding and saving.
    protect_content: Option<bool>,
    /// `false` switches the preview of links off.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<bool>)]
    link_preview: Option<Option<bool>>,
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
    #[serde(default, rename = "eta_seconds")]
    #[schema(ignore)]
    _eta_seconds: ReadOnly,
}

impl BroadcastBody {
    /// A new broadcast.
    pub(super) fn new_broadcast(mut self) -> Result<New> {
        let mut errors = FieldErrors::new();
        if self.name.is_none() {
            complain::<()>(&mut errors, "name", "This field is required.");
        }
        self.check(&mut errors);
        let scheduled_time = self.scheduled_time.flatten();
        if self.status == Some(BroadcastStatus::Scheduled) && scheduled_time.is_none() {
            complain::<()>(&mut errors, "scheduled_time", "Say when it is to start.");
        }
        let script = self.script(None, &mut errors);
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
                is_draft: self.status == Some(BroadcastStatus::Draft),
                scheduled_time: scheduled_time.filter(|_| self.status != Some(BroadcastStatus::Queued)),
            }),
        }
    }

    /// What is given is set, the rest stays.
    pub(super) fn part(mut self, before: &Record) -> Result<Change> {
        let mut errors = FieldErrors::new();
        self.check(&mut errors);
        let script = self.script(Some(&before.script), &mut errors);
        self.change(before, script, errors)
    }

    /// What is not given takes its default; an audience that is not given stays.
    pub(super) fn whole(mut self, before: &Record) -> Result<Change> {
        let mut errors = FieldErrors::new();
        if self.name.is_none() {
            complain::<()>(&mut errors, "name", "This field is required.");
        }
        self.check(&mut errors);
        let script = self.script(None, &mut errors);
        self.bot_app_id.get_or_insert(None);
        self.scheduled_time.get_or_insert(None);
        self.change(before, script, errors)
    }

    fn change(mut self, before: &Record, script: Script, errors: FieldErrors) -> Result<Change> {
        let audience = self.audience(Some(&before.audience));
        match Error::fields(errors) {
            Some(error) => Err(error),
            None => Ok(Change {
                name: self.name,
                script: Some(script),
                audience: Some(audience),
                recipients: self.recipients.map(listed),
                exclude_recipients: self.exclude_recipients.map(listed),
                bot: self.bot_app_id,
                scheduled_time: self.scheduled_time,
                status: self.status,
            }),
        }
    }

    fn check(&self, errors: &mut FieldErrors) {
        use BroadcastStatus::{Draft, Queued, Scheduled};
        if self.status.is_some_and(|status| !matches!(status, Draft | Scheduled | Queued)) {
            complain::<()>(errors, "status", "Enter DRAFT, SCHEDULED or QUEUED; for the rest there are actions.");
        }
        if self.segment.as_ref().is_some_and(|segment| !segment.is_null()) {
            complain::<()>(errors, "segment", "Segments don't exist yet. Use recipients, tag_filter or select_all.");
        }
        if self.platform.is_some_and(|platform| platform != Platform::Telegram) {
            complain::<()>(errors, "platform", "Broadcasts go out over TELEGRAM.");
        }
    }

    /// What is said: fields that are not given are those of `before`.
    fn script(&mut self, before: Option<&Script>, errors: &mut FieldErrors) -> Script {
        let before = before.cloned().unwrap_or_default();
        Script {
            text: self.text(errors).unwrap_or(before.text),
            parse_mode: self.parse_mode.take().unwrap_or(before.parse_mode),
            media: self.media(before.media, errors),
            buttons: self.buttons.take().unwrap_or(before.buttons),
            long_data: before.long_data,
            disable_notification: self.disable_notification.or(before.disable_notification),
            protect_content: self.protect_content.or(before.protect_content),
            link_preview: self.link_preview.unwrap_or(before.link_preview),
        }
    }

    fn text(&mut self, errors: &mut FieldErrors) -> Option<String> {
        let under = self.placeholder_data.take().map(|p| [p.message, p.text, p.body]).into_iter().flatten().flatten();
        let mut texts: Vec<String> = self.message_text.take().into_iter().chain(under).collect();
        texts.dedup();
        if texts.len() > 1 {
            complain::<()>(errors, "placeholder_data", "Give the text once, in message_text.");
        }
        texts.into_iter().next()
    }

    fn media(&mut self, before: Option<ScriptMedia>, errors: &mut FieldErrors) -> Option<ScriptMedia> {
        let (was_url, was_kind) = before.map(|media| (media.url, media.kind)).unzip();
        let url = self.media_url.take().unwrap_or(was_url);
        let kind = self.media_type.unwrap_or(was_kind);
        match (url, kind) {
            (Some(url), _) if !is_address(&url) => complain(errors, "media_url", "Enter an http or https address."),
            (Some(url), Some(kind)) => Some(ScriptMedia { url, kind }),
            (Some(_), None) => complain(errors, "media_type", "Say what kind of media it is, for example photo."),
            (None, Some(_)) if self.media_type.is_some() => {
                complain(errors, "media_url", "media_type needs a media_url.")
            }
            (None, _) => None,
        }
    }

    fn audience(&mut self, before: Option<&Audience>) -> Audience {
        let before = before.cloned().unwrap_or_default();
        Audience {
            is_all: self.select_all.unwrap_or(before.is_all),
            tags: self.tag_filter.take().map_or(before.tags, Tags::list),
            exclude_tags: self.exclude_tags.take().map_or(before.exclude_tags, Tags::list),
        }
    }
}

/// Ids, and what stands in place of ids, cut to what a complaint can show.
fn listed(values: Vec<Value>) -> Listed {
    let read = |value: Value| match value {
        Value::String(text) => text.parse().map_err(|_| text.chars().take(50).collect()),
        other => Err(other.to_string().chars().take(50).collect()),
    };
    Listed(values.into_iter().map(read).collect())
}

fn is_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty()) && text.len() <= 2_048 && !text.contains(char::is_whitespace)
}

fn complain<T>(errors: &mut FieldErrors, field: &str, words: &str) -> Option<T> {
    errors.entry(field.to_owned()).or_default().push(words.to_owned());
    None
}
