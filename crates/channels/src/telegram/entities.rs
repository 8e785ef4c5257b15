//! Formatted text: a text and the stretches of it that are bold, links and so on.
//!
//! Source in one of Telegram's parse modes is parsed here, exactly as Telegram does (`MessageEntity.cpp` in tdlib/td, to
//! which a test compares it), because only a parsed text can be counted, split and shown to the team. It is then sent
//! with explicit entities, so that Telegram's own parser never sees it again.

mod composer;
mod cursor;
mod date_time;
mod escape;
mod html;
mod link;
mod markdown;
mod markdown_v2;
mod normalise;
mod output;
mod tag;
mod url;

use model::{Error, Result, content::Entity};

pub use composer::compose;
pub use escape::escape;
pub use normalise::{is_blank, normalise};

/// Telegram's parse modes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ParseMode {
    Html,
    MarkdownV2,
    /// Telegram's first, without nesting or escapes inside; kept for old sources.
    Markdown,
}

impl ParseMode {
    /// Reads a parse mode as Telegram does: case doesn't matter; nothing, the empty text and `none` mean plain text.
    pub fn read(word: Option<&str>) -> Result<Option<Self>> {
        match word.unwrap_or_default().to_ascii_lowercase().as_str() {
            "" | "none" => Ok(None),
            "html" => Ok(Some(Self::Html)),
            "markdownv2" => Ok(Some(Self::MarkdownV2)),
            "markdown" => Ok(Some(Self::Markdown)),
            _ => Err(Error::field("parse_mode", "Enter HTML, MarkdownV2 or Markdown, or leave it out for plain text.")),
        }
    }

    /// The spelling of Telegram's documentation.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Html => "HTML",
            Self::MarkdownV2 => "MarkdownV2",
            Self::Markdown => "Markdown",
        }
    }
}

/// A text with its formatting.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Formatted {
    pub text: String,
    pub entities: Vec<Entity>,
}

impl Formatted {
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), entities: Vec::new() }
    }
}

/// Parses a source; an error is in Telegram's own words ("Can't parse entities: …"), whose offsets count bytes.
pub fn parse(source: &str, mode: Option<ParseMode>) -> Result<Formatted> {
    let parsed = match mode {
        None => return Ok(Formatted::plain(source)),
        Some(ParseMode::Html) => html::parse(source),
        Some(ParseMode::MarkdownV2) => markdown_v2::parse(source),
        Some(ParseMode::Markdown) => markdown::parse(source),
    };
    parsed.map_err(|complaint| Error::invalid(format!("Can't parse entities: {complaint}")))
}

/// The length of a text as Telegram counts it.
pub fn utf16_len(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MODES: [ParseMode; 3] = [ParseMode::Html, ParseMode::MarkdownV2, ParseMode::Markdown];

    #[test]
    fn parse_modes_are_read_as_telegram_does() {
        for (word, mode) in
            [("html", Some(ParseMode::Html)), ("MARKDOWNV2", Some(ParseMode::MarkdownV2)), ("None", None)]
        {
            assert_eq!(ParseMode::read(Some(word)).unwrap(), mode);
        }
        assert_eq!(ParseMode::read(None).unwrap(), None);
        assert!(ParseMode::read(Some("bbcode")).is_err());
    }

    #[test]
    fn errors_are_in_telegrams_words() {
        let complaint = |mode, source| parse(source, Some(mode)).unwrap_err().message().to_owned();
        let html = complaint(ParseMode::Html, "a <div>");
        assert_eq!(html, "Can't parse entities: Unsupported start tag \"div\" at byte offset 2");
        let v2 = complaint(ParseMode::MarkdownV2, "a.");
        assert_eq!(v2, "Can't parse entities: Character '.' is reserved and must be escaped with the preceding '\\'");
        let legacy = complaint(ParseMode::Markdown, "a *b");
        assert_eq!(legacy, "Can't parse entities: Can't find end of the entity starting at byte offset 2");
    }

    proptest! {
        #[test]
        fn no_source_is_a_danger(source in "[<>/a-c=\"'&;#x0-9 *_~`|\\[\\]()!>\\\\\r\né😀\u{301}:.?]{0,60}") {
            for mode in MODES {
                if let Ok(formatted) = parse(&source, Some(mode)) {
                    let fit = normalise(&formatted.text, formatted.entities.clone());
                    prop_assert_eq!(fit.len(), formatted.entities.iter().filter(|entity| entity.length > 0).count());
                }
            }
        }
    }
}
