//! A message as clients ask for it: fields to a draft, with every complaint about them at once.

use app::send::{Body, Draft, Markup, ReplyTo, To};
use model::{
    Error, FieldErrors, Result, Timestamp,
    content::{ContactCard, Location, Media, MediaKind, MediaSource, Poll, PollOption},
    delivery::Class,
    message::{Author, OnUnknown},
};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::files::Files;
use crate::{
    extract::TelegramId,
    ids::{BotId, ContactId},
};

const ALBUM: std::ops::RangeInclusive<usize> = 2..=10;

/// What to send to whom: `chat_id` or `contact_id`, and one kind of content.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct MessageBody {
    /// The Telegram chat; it need not be known to us.
    chat_id: Option<TelegramId>,
    /// The contact; the bot is then the one that the contact last wrote to.
    contact_id: Option<ContactId>,
    /// The bot that sends; not needed when it is clear.
    bot_app_id: Option<BotId>,
    /// Over 4096 UTF-16 units it goes out as several messages, in order.
    #[schema(example = "Your order is <b>on its way</b>.")]
    text: Option<String>,
    /// `HTML`, `MarkdownV2` or `Markdown`; plain text without it.
    #[schema(example = "HTML")]
    parse_mode: Option<String>,
    /// Address of media that Telegram fetches, together with `media_type`.
    media_url: Option<String>,
    media_type: Option<MediaKind>,
    /// An address or a Telegram file id; in a form, the file itself. The same holds for the other kinds.
    photo: Option<String>,
    video: Option<String>,
    document: Option<String>,
    audio: Option<String>,
    voice: Option<String>,
    animation: Option<String>,
    sticker: Option<String>,
    video_note: Option<String>,
    /// Over 1024 UTF-16 units it follows as a text.
    caption: Option<String>,
    /// A button in a row each, or rows of buttons: `{type, text, url?, phone_number?, code?, callback_data?}`.
    #[schema(value_type = Option<Vec<Object>>, example = json!([{"type": "QUICK_REPLY", "text": "Yes", "callback_data": "yes"}]))]
    buttons: Option<Value>,
    /// Telegram's number of the answered message, or our id of it.
    #[schema(value_type = Option<Object>)]
    reply_to_message_id: Option<Value>,
    location: Option<Location>,
    contact: Option<ContactCard>,
    poll: Option<PollBody>,
    /// Two to ten items that show as one.
    media_group: Option<Vec<GroupItem>>,
    /// Send it without a sound.
    disable_notification: Option<bool>,
    /// Forbid forwarding and saving.
    protect_content: Option<bool>,
    /// `false` switches the preview of links off.
    link_preview: Option<bool>,
    /// When to send it, at most 366 days ahead.
    scheduled_time: Option<Timestamp>,
    /// After this it is not sent any more.
    expires_at: Option<Timestamp>,
    /// `low` lets everything else go first, as broadcasts do.
    priority: Option<PriorityBody>,
    /// What follows when Telegram's answer was lost: `retry` may double, `hold` leaves it to you.
    on_unknown: Option<OnUnknown>,
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum PriorityBody {
    High,
    Normal,
    Low,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GroupItem {
    #[serde(rename = "type")]
    kind: MediaKind,
    /// An address, a Telegram file id, or `attach://name` of a part of the form.
    media: String,
    caption: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PollBody {
    #[schema(max_length = 300)]
    question: String,
    /// 1 to 12 options of up to 100 characters.
    options: Vec<OptionBody>,
    is_anonymous: Option<bool>,
    allows_multiple_answers: Option<bool>,
    /// `regular` or `quiz`.
    #[serde(rename = "type")]
    kind: Option<String>,
    correct_option_id: Option<i64>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged)]
enum OptionBody {
    Text(String),
    Object { text: String },
}

impl MessageBody {
    /// The draft that the fields describe; uploaded files are looked up by the names of their parts.
    pub(super) fn draft(self, author: Author, files: &Files) -> Result<Draft> {
        let mut errors = FieldErrors::new();
        let to = self.to(&mut errors);
        self.draft_for(to, author, files, errors)
    }

    /// The draft of a message whose recipient was given in another form.
    pub(crate) fn addressed(self, to: To, author: Author, files: &Files) -> Result<Draft> {
        let mut errors = FieldErrors::new();
        if self.chat_id.is_some() {
            complain::<()>(&mut errors, "chat_id", "Say in to who gets it.");
        }
        self.draft_for(Some(to), author, files, errors)
    }

    /// The draft of a reply, whose recipient stands in the address.
    pub(crate) fn reply(self, to: To, author: Author, files: &Files) -> Result<Draft> {
        let mut errors = FieldErrors::new();
        for (field, is_given) in [("chat_id", self.chat_id.is_some()), ("contact_id", self.contact_id.is_some())] {
            if is_given {
                complain::<()>(&mut errors, field, "The conversation says who gets it.");
            }
        }
        self.draft_for(Some(to), author, files, errors)
    }

    fn draft_for(self, to: Option<To>, author: Author, files: &Files, mut errors: FieldErrors) -> Result<Draft> {
        let reply_to = self.reply_to(&mut errors);
        let body = self.content(files, &mut errors);
        let (Some(to), Some(body)) = (to, body) else {
            return Err(Error::fields(errors).unwrap_or_else(|| Error::invalid("There is nothing to send.")));
        };
        if let Some(error) = Error::fields(errors) {
            return Err(error);
        }
        Ok(Draft {
            bot: self.bot_app_id,
            class: if matches!(self.priority, Some(PriorityBody::Low)) { Class::Bulk } else { Class::Reply },
            buttons: self.buttons,
            reply_to,
            disable_notification: self.disable_notification.unwrap_or_default(),
            protect_content: self.protect_content.unwrap_or_default(),
            link_preview: self.link_preview,
            scheduled_time: self.scheduled_time,
            expires_at: self.expires_at,
            on_unknown: self.on_unknown.unwrap_or(OnUnknown::Retry),
            ..Draft::new(to, author, body)
        })
    }

    fn to(&self, errors: &mut FieldErrors) -> Option<To> {
        match (self.chat_id, self.contact_id) {
            (Some(TelegramId(0)), None) => complain(errors, "chat_id", "0 is no chat."),
            (Some(TelegramId(id)), None) => Some(To::Chat(id)),
            (None, Some(id)) => Some(To::Contact(id)),
            (Some(_), Some(_)) => complain(errors, "contact_id", "Give chat_id or contact_id, not both."),
            (None, None) => complain(errors, "chat_id", "Give chat_id or contact_id."),
        }
    }

    fn reply_to(&self, errors: &mut FieldErrors) -> Option<ReplyTo> {
        let value = self.reply_to_message_id.as_ref()?;
        let text = match value {
            Value::Null => return None,
            Value::Number(number) => number.to_string(),
            Value::String(text) => text.clone(),
            _ => String::new(),
        };
        let number = text.parse().ok().filter(|number| *number > 0).map(ReplyTo::Number);
        number.or_else(|| text.parse().ok().map(ReplyTo::Message)).or_else(|| {
            complain(errors, "reply_to_message_id", "Enter Telegram's number of the message, or our id of it.")
        })
    }

    /// Exactly one kind of content; media may have a caption, for which `text` stands in.
    fn content(&self, files: &Files, errors: &mut FieldErrors) -> Option<Body> {
        let mut found: Vec<(&str, Body)> = Vec::new();
        let wrong_before = errors.len();
        found.extend(
            self.media(files, errors)
                .into_iter()
                .map(|(field, media)| (field, Body::Media { media, caption: self.caption() })),
        );
        found.extend(
            self.album(files, errors)
                .map(|items| ("media_group", Body::Album { items, caption: self.album_caption() })),
        );
        found.extend(self.location.clone().and_then(|l| location(l, errors)).map(|l| ("location", Body::Location(l))));
        found.extend(self.contact.clone().and_then(|c| card(c, errors)).map(|c| ("contact", Body::Contact(c))));
        found.extend(self.poll.as_ref().and_then(|p| poll(p, errors)).map(|p| ("poll", Body::Poll(p))));
        if let (Some(text), true) = (&self.text, found.is_empty()) {
            found.push(("text", Body::Text(self.markup(text))));
        }
        if self.caption.is_some() && matches!(found[..], [(_, Body::Text(_))]) {
            complain::<()>(errors, "caption", "A caption belongs to media. Put a text into text.");
        }
        match found.len() {
            1 => found.pop().map(|(_, body)| body),
            0 if errors.len() > wrong_before => None,
            0 => complain(errors, "text", "Give a text, or one of media, location, contact, poll or media_group."),
            _ => {
                for (field, _) in &found[1..] {
                    complain::<()>(errors, field, "A message has one kind of content. Send this one separately.");
                }
                None
            }
        }
    }

    fn media(&self, files: &Files, errors: &mut FieldErrors) -> Vec<(&'static str, Media)> {
        let single = [
            ("photo", MediaKind::Photo, &self.photo),
            ("video", MediaKind::Video, &self.video),
            ("document", MediaKind::Document, &self.document),
            ("audio", MediaKind::Audio, &self.audio),
            ("voice", MediaKind::Voice, &self.voice),
            ("animation", MediaKind::Animation, &self.animation),
            ("sticker", MediaKind::Sticker, &self.sticker),
            ("video_note", MediaKind::VideoNote, &self.video_note),
        ];
        let mut found = Vec::new();
        for (field, kind, value) in single {
            let media = match (value, files.get(field)) {
                (_, Some(file)) => file.media(kind).map_err(|e| e.to_string()),
                (Some(text), None) => source(text, files, kind),
                (None, None) => continue,
            };
            match media {
                Ok(media) => found.push((field, media)),
                Err(words) => complain(errors, field, &words).unwrap_or(()),
            }
        }
        match (&self.media_url, self.media_type) {
            (Some(url), Some(kind)) if is_address(url) => {
                found.push(("media_url", media(kind, MediaSource::Url(url.clone()))))
            }
            (Some(_), Some(_)) => complain(errors, "media_url", "Enter an http or https address.").unwrap_or(()),
            (Some(_), None) => {
                complain(errors, "media_type", "Say what kind of media it is, for example photo.").unwrap_or(())
            }
            (None, Some(_)) => complain(errors, "media_url", "media_type needs a media_url.").unwrap_or(()),
            (None, None) => {}
        }
        found
    }

    fn album(&self, files: &Files, errors: &mut FieldErrors) -> Option<Vec<Media>> {
        let group = self.media_group.as_ref()?;
        let kinds: Vec<MediaKind> = group.iter().map(|item| item.kind).collect();
        if let Some(words) = no_album(&kinds) {
            return complain(errors, "media_group", &words);
        }
        let mut items = Vec::new();
        for (index, item) in group.iter().enumerate() {
            match source(&item.media, files, item.kind) {
                Ok(media) => items.push(media),
                Err(words) => complain(errors, &format!("media_group[{index}].media"), &words).unwrap_or(()),
            }
        }
        (items.len() == group.len()).then_some(items)
    }

    fn markup(&self, text: &str) -> Markup {
        Markup { text: text.to_owned(), parse_mode: self.parse_mode.clone() }
    }

    fn caption(&self) -> Markup {
        self.markup(self.caption.as_deref().or(self.text.as_deref()).unwrap_or_default())
    }

    fn album_caption(&self) -> Markup {
        let own = self.media_group.iter().flatten().find_map(|item| item.caption.as_deref());
        match own {
            Some(text) if self.caption.is_none() => self.markup(text),
            _ => self.caption(),
        }
    }
}

/// Why these can't be one album: documents go only with documents, sounds only with sounds; only pictures and videos mix.
pub(crate) fn no_album(kinds: &[MediaKind]) -> Option<String> {
    if !ALBUM.contains(&kinds.len()) {
        return Some(format!("An album has 2 to 10 items, this one has {}.", kinds.len()));
    }
    let all = |allowed: &[MediaKind]| kinds.iter().all(|kind| allowed.contains(kind));
    let fits = all(&[MediaKind::Photo, MediaKind::Video]) || all(&[MediaKind::Document]) || all(&[MediaKind::Audio]);
    (!fits).then(|| "An album holds photos and videos, or documents only, or audio only.".to_owned())
}

fn source(text: &str, files: &Files, kind: MediaKind) -> std::result::Result<Media, String> {
    if let Some(name) = text.strip_prefix("attach://") {
        let file = files.get(name).ok_or_else(|| format!("The form has no file in a part named \"{name}\"."))?;
        return file.media(kind).map_err(|e| e.to_string());
    }
    if is_address(text) {
        return Ok(media(kind, MediaSource::Url(text.to_owned())));
    }
    if is_file_id(text) {
        return Ok(media(kind, MediaSource::FileId(text.to_owned())));
    }
    Err("Enter an http or https address or a Telegram file id, or send the file in a form.".to_owned())
}

fn media(kind: MediaKind, source: MediaSource) -> Media {
    Media {
        url: None,
        kind,
        file_name: None,
        mime_type: None,
        size: None,
        width: None,
        height: None,
        duration: None,
        source: Some(source),
    }
}

/// Whether a text has the form of Telegram's file ids.
pub(crate) fn is_file_id(text: &str) -> bool {
    (10..=512).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

/// Whether a text is an address from which media can be fetched.
pub(crate) fn is_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty()) && text.len() <= 2_048 && !text.contains(char::is_whitespace)
}

fn location(location: Location, errors: &mut FieldErrors) -> Option<Location> {
    if !(-90.0..=90.0).contains(&location.latitude) {
        return complain(errors, "location", "latitude must be from -90 to 90.");
    }
    if !(-180.0..=180.0).contains(&location.longitude) {
        return complain(errors, "location", "longitude must be from -180 to 180.");
    }
    if location.title.is_some() != location.address.is_some() {
        return complain(errors, "location", "A venue has both title and address.");
    }
    Some(location)
}

fn card(card: ContactCard, errors: &mut FieldErrors) -> Option<ContactCard> {
    if card.phone_number.trim().is_empty() || card.first_name.trim().is_empty() {
        return complain(errors, "contact", "phone_number and first_name must not be empty.");
    }
    Some(card)
}

fn poll(body: &PollBody, errors: &mut FieldErrors) -> Option<Poll> {
    let options: Vec<String> = body
        .options
        .iter()
        .map(|option| match option {
            OptionBody::Text(text) | OptionBody::Object { text } => text.clone(),
        })
        .collect();
    let kind = body.kind.as_deref().unwrap_or("regular");
    let count = |text: &str| text.chars().count();
    let words = if !(1..=300).contains(&count(&body.question)) {
        "question must have 1 to 300 characters."
    } else if !(1..=12).contains(&options.len()) {
        "options must be 1 to 12."
    } else if !options.iter().all(|option| (1..=100).contains(&count(option))) {
        "Each option must have 1 to 100 characters."
    } else if !matches!(kind, "regular" | "quiz") {
        "type must be regular or quiz."
    } else if kind == "quiz"
        && !body.correct_option_id.is_some_and(|i| usize::try_from(i).is_ok_and(|i| i < options.len()))
    {
        "A quiz needs correct_option_id, the index of the right option."
    } else {
        return Some(Poll {
            question: body.question.clone(),
            options: options.into_iter().map(|text| PollOption { text, voter_count: 0 }).collect(),
            is_anonymous: body.is_anonymous.unwrap_or(true),
            allows_multiple_answers: body.allows_multiple_answers.unwrap_or_default(),
            kind: kind.to_owned(),
            correct_option_id: body.correct_option_id,
            is_closed: false,
        });
    };
    complain(errors, "poll", words)
}

fn complain<T>(errors: &mut FieldErrors, field: &str, words: &str) -> Option<T> {
    errors.entry(field.to_owned()).or_default().push(words.to_owned());
    None
}
