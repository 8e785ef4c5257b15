//! The marks of MarkdownV2: how each kind of entity begins and ends.

use model::content::Entity;

use crate::telegram::entities::{
    cursor::Cursor,
    link,
    output::{Output, Parsed},
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Bold,
    Italic,
    Underline,
    Strikethrough,
    Spoiler,
    Code,
    Pre {
        language: Option<String>,
    },
    Link,
    /// A custom emoji or a time.
    Special,
    Quote,
}

/// An entity that waits for its end.
pub(super) struct Open {
    pub(super) kind: Kind,
    /// Where its mark stands in the source.
    pub(super) start: usize,
    pub(super) offset: i64,
    /// Where its text begins in the output.
    pub(super) begin: usize,
}

impl Kind {
    pub(super) fn is_code(&self) -> bool {
        matches!(self, Kind::Code | Kind::Pre { .. })
    }

    /// Whether the mark that ends this kind stands here.
    pub(super) fn ends_at(&self, cursor: &Cursor<'_>) -> bool {
        match self {
            Kind::Italic => cursor.peek(0) == b'_' && cursor.peek(1) != b'_',
            Kind::Quote => false,
            _ => cursor.starts_with(self.end_mark()),
        }
    }

    fn end_mark(&self) -> &'static str {
        match self {
            Kind::Bold => "*",
            Kind::Italic => "_",
            Kind::Underline => "__",
            Kind::Strikethrough => "~",
            Kind::Spoiler => "||",
            Kind::Code => "`",
            Kind::Pre { .. } => "```",
            Kind::Link | Kind::Special => "]",
            Kind::Quote => "\n",
        }
    }

    /// Telegram's word in its errors.
    fn name(&self) -> &'static str {
        match self {
            Kind::Bold => "Bold",
            Kind::Italic => "Italic",
            Kind::Underline => "Underline",
            Kind::Strikethrough => "Strikethrough",
            Kind::Spoiler => "Spoiler",
            Kind::Code => "Code",
            Kind::Pre { language: None } => "Pre",
            Kind::Pre { language: Some(_) } => "PreCode",
            Kind::Link => "TextUrl",
            Kind::Special => "CustomEmoji",
            Kind::Quote => "BlockQuote",
        }
    }

    /// The Bot API's word for the entity.
    fn word(&self) -> &'static str {
        match self {
            Kind::Bold => "bold",
            Kind::Italic => "italic",
            Kind::Underline => "underline",
            Kind::Strikethrough => "strikethrough",
            Kind::Spoiler => "spoiler",
            Kind::Code => "code",
            Kind::Pre { .. } => "pre",
            Kind::Link => "text_link",
            Kind::Special => "custom_emoji",
            Kind::Quote => "blockquote",
        }
    }
}

impl Open {
    pub(super) fn unclosed(&self) -> String {
        format!("Can't find end of {} entity at byte offset {}", self.kind.name(), self.start)
    }
}

/// Takes the mark that begins an entity; `None` when the character begins nothing.
pub(super) fn begin(cursor: &mut Cursor<'_>, byte: u8) -> Option<Kind> {
    let (kind, length) = match byte {
        b'_' if cursor.peek(1) == b'_' => (Kind::Underline, 2),
        b'_' => (Kind::Italic, 1),
        b'*' => (Kind::Bold, 1),
        b'~' => (Kind::Strikethrough, 1),
        b'|' if cursor.peek(1) == b'|' => (Kind::Spoiler, 2),
        b'[' => (Kind::Link, 1),
        b'!' if cursor.peek(1) == b'[' => (Kind::Special, 2),
        b'>' => (Kind::Quote, 1),
        b'`' if cursor.starts_with("```") => {
            cursor.at += 3;
            (Kind::Pre { language: cursor.take_language() }, 0)
        }
        b'`' => (Kind::Code, 1),
        _ => return None,
    };
    cursor.at += length;
    Some(kind)
}

/// Takes the mark that ends an entity, and the address after a link, and adds the entity unless it is empty.
pub(super) fn end(open: Open, cursor: &mut Cursor<'_>, out: &mut Output) -> Parsed<()> {
    cursor.at += open.kind.end_mark().len();
    let stretch = out.entity(open.kind.word(), open.offset);
    let entity = match open.kind {
        Kind::Link => {
            let address = match address(cursor)? {
                Some(address) => address,
                None => out.text[open.begin..].to_owned(),
            };
            link::entity(&address, stretch)
        }
        Kind::Special => {
            let address = address(cursor)?.ok_or("The entity must contain a tg://emoji or tg://time URL")?;
            let entity = link::special_entity(&address, stretch);
            Some(entity.ok_or("Invalid tg://emoji or tg://time URL specified")?)
        }
        Kind::Pre { language } => Some(Entity { language, ..stretch }),
        _ => Some(stretch),
    };
    out.entities.extend(entity.filter(|entity| entity.length > 0));
    Ok(())
}

/// What stands in parentheses here, if anything.
fn address(cursor: &mut Cursor<'_>) -> Parsed<Option<String>> {
    if cursor.peek(0) != b'(' {
        return Ok(None);
    }
    cursor.at += 1;
    let start = cursor.at;
    let address = cursor.take_address().ok_or_else(|| format!("Can't find end of a URL at byte offset {start}"))?;
    cursor.at += 1;
    Ok(Some(address))
}
