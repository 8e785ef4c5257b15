//! Formatted text: parsing the three parse modes as Telegram's own parser does, explicit entities, and what Telegram
//! then makes of them. Offsets and lengths are in UTF-16 code units.

mod detect;
mod fix;
mod html;
mod link;
mod listed;
mod markdown;
mod markdown_v2;
mod scan;
#[cfg(test)]
mod tests;

use serde_json::{Value, json};

use crate::{
    answer::{ApiError, Result},
    methods::Ctx,
};

/// More bytes of source than this are not even parsed.
const SOURCE_BYTES_MAX: usize = 32_768;
/// Further entities are silently ignored.
const ENTITIES_MAX: usize = 100;

/// What an entity says of its part of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    Mention,
    Hashtag,
    Cashtag,
    BotCommand,
    Url,
    Email,
    Bold,
    Italic,
    Underline,
    Strikethrough,
    Spoiler,
    Blockquote,
    ExpandableBlockquote,
    Code,
    Pre,
    PreCode(String),
    TextLink(String),
    TextMention(i64),
    CustomEmoji(i64),
    DateTime { unix_time: i64, format: String },
}

/// An entity, placed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entity {
    pub kind: Kind,
    pub offset: usize,
    pub length: usize,
}

impl Entity {
    pub fn end(&self) -> usize {
        self.offset + self.length
    }
}

impl Kind {
    /// The name in the Bot API.
    fn name(&self) -> &'static str {
        match self {
            Self::Mention => "mention",
            Self::Hashtag => "hashtag",
            Self::Cashtag => "cashtag",
            Self::BotCommand => "bot_command",
            Self::Url => "url",
            Self::Email => "email",
            Self::Bold => "bold",
            Self::Italic => "italic",
            Self::Underline => "underline",
            Self::Strikethrough => "strikethrough",
            Self::Spoiler => "spoiler",
            Self::Blockquote => "blockquote",
            Self::ExpandableBlockquote => "expandable_blockquote",
            Self::Code => "code",
            Self::Pre | Self::PreCode(_) => "pre",
            Self::TextLink(_) => "text_link",
            Self::TextMention(_) => "text_mention",
            Self::CustomEmoji(_) => "custom_emoji",
            Self::DateTime { .. } => "date_time",
        }
    }

    /// Of entities over the same part, the one with the lower number comes first.
    fn priority(&self) -> u8 {
        match self {
            Self::Blockquote | Self::ExpandableBlockquote => 0,
            Self::PreCode(_) => 10,
            Self::Pre => 11,
            Self::Code => 20,
            Self::TextLink(_) | Self::TextMention(_) => 49,
            Self::Bold => 90,
            Self::Italic => 91,
            Self::Underline => 92,
            Self::Strikethrough => 93,
            Self::Spoiler => 94,
            Self::CustomEmoji(_) => 99,
            _ => 50,
        }
    }
}

/// Text with its entities.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Formatted {
    pub text: String,
    pub entities: Vec<Entity>,
}

impl Formatted {
    /// Length in UTF-16 code units.
    pub fn units(&self) -> usize {
        units(&self.text)
    }

    /// The entities as bots see them.
    pub fn shown_entities(&self, ctx: &Ctx<'_>) -> Option<Value> {
        let shown: Vec<Value> = self.entities.iter().filter_map(|entity| show(entity, ctx)).collect();
        (!shown.is_empty()).then(|| shown.into())
    }
}

pub fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

fn show(entity: &Entity, ctx: &Ctx<'_>) -> Option<Value> {
    let mut shown = json!({"offset": entity.offset, "length": entity.length, "type": entity.kind.name()});
    match &entity.kind {
        Kind::PreCode(language) => shown["language"] = json!(language),
        Kind::TextLink(url) => shown["url"] = json!(url),
        // A mention of somebody whom the server doesn't know is dropped.
        Kind::TextMention(id) => shown["user"] = json!(ctx.state.users.get(*id)?.sender().card),
        Kind::CustomEmoji(id) => shown["custom_emoji_id"] = json!(id.to_string()),
        Kind::DateTime { unix_time, format } => {
            shown["unix_time"] = json!(unix_time);
            if !format.is_empty() {
                shown["date_time_format"] = json!(format);
            }
        }
        _ => {}
    }
    Some(shown)
}

/// Entities that a person's plain text has by itself.
pub fn of_plain_text(text: &str) -> Option<Value> {
    let plain = |entity: Entity| json!({"offset": entity.offset, "length": entity.length, "type": entity.kind.name()});
    let found: Vec<Value> = detect::find(text).into_iter().map(plain).collect();
    (!found.is_empty()).then(|| found.into())
}

/// The text in the parameter `name`, formatted by `parse_mode` or by the parameter `entities`.
pub fn read(ctx: &Ctx<'_>, name: &str, entities: &str) -> Result<Formatted> {
    let text = ctx.params.text(name).unwrap_or_default();
    let mode = ctx.params.text("parse_mode").unwrap_or_default();
    let list = ctx.params.json(entities);
    read_value(&text, &mode, list.map(|list| list.map(|list| list.into_owned())))
}

/// The same for a text in a nested object.
pub fn read_value(text: &str, mode: &str, list: Option<Result<Value, ()>>) -> Result<Formatted> {
    if text.len() > SOURCE_BYTES_MAX {
        return Err(ApiError::bad("text is too long"));
    }
    let text = text.replace('\0', " ");
    let parsed = match mode.to_ascii_lowercase().as_str() {
        "" | "none" => listed::read(text, list)?,
        "html" => html::parse(&text).map_err(cannot_parse)?,
        "markdownv2" => markdown_v2::parse(&text).map_err(cannot_parse)?,
        "markdown" => markdown::parse(&text).map_err(cannot_parse)?,
        _ => return Err(ApiError::bad("unsupported parse_mode")),
    };
    let mut fixed = fix::fix(parsed);
    detect::add(&mut fixed);
    fixed.entities.truncate(ENTITIES_MAX);
    Ok(fixed)
}

fn cannot_parse(what: String) -> ApiError {
    ApiError::bad(format!("can't parse entities: {what}"))
}

fn sort(entities: &mut [Entity]) {
    entities.sort_by_key(|entity| (entity.offset, std::cmp::Reverse(entity.length), entity.kind.priority()));
}

/// An address in the form in which Telegram opens it, if it does.
pub fn checked_link(address: &str) -> Option<String> {
    link::checked(address)
}
