//! What a message says, in terms of no single channel. Offsets of entities count UTF-16 units, as Telegram's do.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::word::words;

words! {
    /// What kind of thing a timeline entry shows.
    pub enum ContentKind {
        Text = "text", Photo = "photo", Video = "video", Animation = "animation", Audio = "audio", Voice = "voice",
        VideoNote = "video_note", Sticker = "sticker", Document = "document", Album = "album", Location = "location",
        Venue = "venue", Contact = "contact", Poll = "poll", Dice = "dice", Story = "story",
        /// A pressed button.
        Button = "button",
        /// Something that happened in the chat: joined, left, title changed, blocked the bot.
        Service = "service",
        /// A kind that we don't know yet; the event keeps it whole.
        Unsupported = "unsupported",
    }
}

/// What a message says. Fields that don't belong to its type are absent.
//
// Most messages are text: what is rare and large is boxed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Content {
    #[serde(rename = "type")]
    pub kind: ContentKind,
    /// The text, or the caption of media.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entities: Vec<Entity>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub media: Vec<Media>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Box<Location>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Box<ContactCard>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poll: Option<Box<Poll>>,
    /// Rows of buttons under the message.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<Vec<Button>>,
    /// Emoji of a sticker or a die.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emoji: Option<String>,
    /// The value that a die shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dice_value: Option<i64>,
    /// The whole value behind a pressed button.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback_data: Option<String>,
    /// Which service event, or which unsupported kind, in the channel's word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Who wrote it first, when it was forwarded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forwarded_from: Option<String>,
    /// The part of the answered message that was quoted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
    /// The topic of a forum in which it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic_id: Option<i64>,
    /// What an activity changed, so that it can be undone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<Box<FieldChange>>,
    /// The people of the team whom a note names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<uuid::Uuid>,
    /// The approved template that says it, where the channel has such.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<Box<FilledTemplate>>,
}

/// A message that the channel approved before, with what was filled in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FilledTemplate {
    #[schema(example = "order_update")]
    pub name: String,
    #[schema(example = "en_US")]
    pub language: String,
    /// As the channel took them.
    #[schema(value_type = Vec<Object>)]
    pub components: serde_json::Value,
}

/// A field of a conversation before and after an activity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FieldChange {
    /// `status`, `assignee`, `labels` or `priority`.
    #[schema(example = "assignee")]
    pub field: String,
    /// As the conversation shows it; of a status, with the time until which it was snoozed.
    pub before: serde_json::Value,
    pub after: serde_json::Value,
}

impl Content {
    /// An empty content of a kind, to be filled.
    pub fn new(kind: ContentKind) -> Self {
        Self {
            kind,
            text: None,
            entities: Vec::new(),
            media: Vec::new(),
            location: None,
            contact: None,
            poll: None,
            buttons: Vec::new(),
            emoji: None,
            dice_value: None,
            callback_data: None,
            detail: None,
            forwarded_from: None,
            quote: None,
            topic_id: None,
            change: None,
            mentions: Vec::new(),
            template: None,
        }
    }

    pub fn text(text: impl Into<String>) -> Self {
        Self { text: Some(text.into()), ..Self::new(ContentKind::Text) }
    }

    /// All that a search looks at: the text first, then names of files and places, cards and polls.
    pub fn search_text(&self) -> String {
        let card = self.contact.iter().flat_map(|card| {
            [Some(card.first_name.as_str()), card.last_name.as_deref(), Some(card.phone_number.as_str())]
        });
        let place = self.location.iter().flat_map(|place| [place.title.as_deref(), place.address.as_deref()]);
        let poll = self.poll.iter().flat_map(|poll| {
            std::iter::once(Some(poll.question.as_str())).chain(poll.options.iter().map(|one| Some(one.text.as_str())))
        });
        let files = self.media.iter().map(|media| media.file_name.as_deref());
        let parts = std::iter::once(self.text.as_deref()).chain(files).chain(card).chain(place).chain(poll);
        parts.flatten().collect::<Vec<_>>().join(" ")
    }
}

/// A stretch of formatted text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Entity {
    /// Telegram's word: `bold`, `italic`, `text_link`, `mention` …
    #[serde(rename = "type")]
    pub kind: String,
    /// In UTF-16 units.
    pub offset: i64,
    /// In UTF-16 units.
    pub length: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The Telegram user that a `text_mention` names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_emoji_id: Option<String>,
    /// Of a `date_time`: seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unix_time: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_time_format: Option<String>,
}

impl Entity {
    pub fn new(kind: impl Into<String>, offset: i64, length: i64) -> Self {
        Self {
            kind: kind.into(),
            offset,
            length,
            url: None,
            language: None,
            user_id: None,
            custom_emoji_id: None,
            unix_time: None,
            date_time_format: None,
        }
    }
}

/// One picture, file, clip or sound of a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Media {
    /// Our address of the bytes, relative to the base URL; absent while a sent file has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(rename = "type")]
    pub kind: MediaKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<String>,
    /// Bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<i64>,
    /// Seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<i64>,
    /// Where the bytes come from; never shown to clients.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(ignore)]
    pub source: Option<MediaSource>,
}

words! {
    /// Kinds of media, as the API's `media_type` names them.
    pub enum MediaKind {
        Photo = "photo", Video = "video", Animation = "animation", Audio = "audio", Voice = "voice",
        VideoNote = "video_note", Sticker = "sticker", Document = "document",
    }
}

impl MediaKind {
    /// The kind of message that a single piece of such media makes.
    pub fn content_kind(self) -> ContentKind {
        match self {
            MediaKind::Photo => ContentKind::Photo,
            MediaKind::Video => ContentKind::Video,
            MediaKind::Animation => ContentKind::Animation,
            MediaKind::Audio => ContentKind::Audio,
            MediaKind::Voice => ContentKind::Voice,
            MediaKind::VideoNote => ContentKind::VideoNote,
            MediaKind::Sticker => ContentKind::Sticker,
            MediaKind::Document => ContentKind::Document,
        }
    }
}

/// Where the bytes of media are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaSource {
    /// An address that the channel fetches by itself.
    Url(String),
    /// The channel's own handle, valid for the bot that received or sent it.
    FileId(String),
    /// A file in our storage.
    Stored(String),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Location {
    pub latitude: f64,
    pub longitude: f64,
    /// Name and address of a venue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// A shared contact card.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ContactCard {
    pub phone_number: String,
    pub first_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Poll {
    pub question: String,
    pub options: Vec<PollOption>,
    #[serde(default)]
    pub is_anonymous: bool,
    #[serde(default)]
    pub allows_multiple_answers: bool,
    /// `regular` or `quiz`.
    #[serde(rename = "type", default = "regular")]
    pub kind: String,
    /// Index of the right answer of a quiz.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correct_option_id: Option<i64>,
    #[serde(default)]
    pub is_closed: bool,
}

fn regular() -> String {
    "regular".into()
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PollOption {
    pub text: String,
    #[serde(default)]
    pub voter_count: i64,
}

/// A button under a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Button {
    pub text: String,
    #[serde(flatten)]
    pub action: ButtonAction,
}

/// What pressing a button does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ButtonAction {
    /// Opens an address.
    Url { url: String },
    /// Sends the data back to the bot.
    QuickReply { callback_data: String },
    /// Copies the code.
    CopyCode { code: String },
}
