//! `parse_mode=MarkdownV2`. Every reserved character outside an entity must be escaped.

use super::{
    Entity, Formatted, Kind, link,
    scan::{Output, Source},
};

const RESERVED: &[u8] = b"_*[]()~`>#+-=|{}.!\n";

/// A kind of entity while it is open, under the name that errors call it by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    Bold,
    Italic,
    Underline,
    Strikethrough,
    Spoiler,
    Code,
    Pre,
    PreCode,
    TextUrl,
    CustomEmoji,
    BlockQuote,
}

impl Mark {
    fn is_code(self) -> bool {
        matches!(self, Self::Code | Self::Pre | Self::PreCode)
    }
}

struct Open {
    mark: Mark,
    language: String,
    offset: usize,
    byte_offset: usize,
    begin: usize,
}

struct Parser<'a> {
    source: Source<'a>,
    output: Output,
    entities: Vec<Entity>,
    open: Vec<Open>,
    in_quote: bool,
}

pub fn parse(text: &str) -> Result<Formatted, String> {
    let mut parser = Parser {
        source: Source(text.as_bytes()),
        output: Output::default(),
        entities: Vec::new(),
        open: Vec::new(),
        in_quote: false,
    };
    let mut i = 0;
    while i < text.len() {
        i = parser.step(i)?;
    }
    parser.finish()
}

impl Parser<'_> {
    /// Takes what stands at `i` and says where to go on.
    fn step(&mut self, i: usize) -> Result<usize, String> {
        let byte = self.source.at(i);
        if byte == b'\\' && (1..=126).contains(&self.source.at(i + 1)) {
            self.output.push(self.source.at(i + 1));
            return Ok(i + 2);
        }
        let is_code = self.open.last().is_some_and(|open| open.mark.is_code());
        let is_reserved = if is_code { byte == b'`' } else { RESERVED.contains(&byte) };
        if !is_reserved {
            self.output.push(byte);
            return Ok(i + 1);
        }
        if self.ends_here(i) { self.end(i) } else { self.begin(i) }
    }

    /// At the beginning of a line `>` begins a quote.
    fn may_quote(&self) -> bool {
        self.output.bytes.last().is_none_or(|byte| *byte == b'\n')
    }

    /// `||` at the end of a quote's last line.
    fn is_expandable_end(&self, i: usize) -> bool {
        let is_last_line = match self.source.at(i + 2) {
            b'\n' => self.source.at(i + 3) != b'>',
            _ => i + 2 >= self.source.0.len(),
        };
        self.in_quote && self.source.at(i) == b'|' && self.source.at(i + 1) == b'|' && is_last_line
    }

    fn ends_here(&self, i: usize) -> bool {
        let Some(open) = self.open.last() else { return false };
        let (byte, next) = (self.source.at(i), self.source.at(i + 1));
        if (self.in_quote && byte == b'\n' && next != b'>') || self.is_expandable_end(i) {
            return true;
        }
        match open.mark {
            Mark::Bold => byte == b'*',
            Mark::Italic => byte == b'_' && next != b'_',
            Mark::Underline => byte == b'_' && next == b'_',
            Mark::Strikethrough => byte == b'~',
            Mark::Spoiler => byte == b'|' && next == b'|',
            Mark::Code => byte == b'`',
            Mark::Pre | Mark::PreCode => byte == b'`' && next == b'`' && self.source.at(i + 2) == b'`',
            Mark::TextUrl | Mark::CustomEmoji => byte == b']',
            Mark::BlockQuote => false,
        }
    }

    fn begin(&mut self, i: usize) -> Result<usize, String> {
        let (byte, next) = (self.source.at(i), self.source.at(i + 1));
        let (mark, width) = match byte {
            b'_' if next == b'_' => (Mark::Underline, 2),
            b'_' => (Mark::Italic, 1),
            b'*' => (Mark::Bold, 1),
            b'~' => (Mark::Strikethrough, 1),
            b'|' if next == b'|' => (Mark::Spoiler, 2),
            b'[' => (Mark::TextUrl, 1),
            b'!' if next == b'[' => (Mark::CustomEmoji, 2),
            b'`' if next == b'`' && self.source.at(i + 2) == b'`' => return Ok(self.begin_pre(i)),
            b'`' => (Mark::Code, 1),
            b'\n' => return Ok(self.line_feed(i)),
            b'>' if self.may_quote() && self.in_quote => return Ok(i + 1),
            b'>' if self.may_quote() => {
                self.in_quote = true;
                (Mark::BlockQuote, 1)
            }
            _ => {
                let char = char::from(byte);
                return Err(format!("Character '{char}' is reserved and must be escaped with the preceding '\\'"));
            }
        };
        self.push(mark, String::new(), i);
        Ok(i + width)
    }

    fn push(&mut self, mark: Mark, language: String, byte_offset: usize) {
        let (offset, begin) = (self.output.units, self.output.bytes.len());
        self.open.push(Open { mark, language, offset, byte_offset, begin });
    }

    /// A line within a quote goes on with `>`.
    fn line_feed(&mut self, i: usize) -> usize {
        self.output.push(b'\n');
        if self.in_quote && self.source.at(i + 1) == b'>' { i + 2 } else { i + 1 }
    }

    fn begin_pre(&mut self, i: usize) -> usize {
        let begin = i + 3;
        let end = self.source.until_space_or(begin, b'`');
        let has_language = end != begin && end < self.source.0.len() && self.source.at(end) != b'`';
        let (mark, language, text) = if has_language {
            (Mark::PreCode, self.source.text(begin, end), end)
        } else {
            (Mark::Pre, String::new(), begin)
        };
        self.push(mark, language, i);
        skip_line_break(&self.source, text)
    }

    fn unended(&self) -> String {
        let open = self.open.last().expect("asked only while something is open");
        format!("Can't find end of {:?} entity at byte offset {}", open.mark, open.byte_offset)
    }

    fn end(&mut self, i: usize) -> Result<usize, String> {
        let is_line_end = self.source.at(i) == b'\n';
        let mark = self.open.last().expect("only an open entity ends").mark;
        let ends_quote = is_line_end || (self.is_expandable_end(i) && mark != Mark::Spoiler);
        if ends_quote && mark != Mark::BlockQuote {
            return Err(self.unended());
        }
        let open = self.open.pop().expect("only an open entity ends");
        let (kind, next) = match open.mark {
            Mark::Bold => (Some(Kind::Bold), i + 1),
            Mark::Italic => (Some(Kind::Italic), i + 1),
            Mark::Strikethrough => (Some(Kind::Strikethrough), i + 1),
            Mark::Code => (Some(Kind::Code), i + 1),
            Mark::Underline => (Some(Kind::Underline), i + 2),
            Mark::Spoiler => (Some(Kind::Spoiler), i + 2),
            Mark::Pre => (Some(Kind::Pre), i + 3),
            Mark::PreCode => (Some(Kind::PreCode(open.language.clone())), i + 3),
            Mark::TextUrl => self.end_link(i, &open)?,
            Mark::CustomEmoji => self.end_special(i)?,
            Mark::BlockQuote => return Ok(self.end_quote(i, &open, is_line_end)),
        };
        self.add(kind, &open);
        Ok(next)
    }

    fn add(&mut self, kind: Option<Kind>, open: &Open) {
        let length = self.output.units - open.offset;
        if length > 0 {
            self.entities.extend(kind.map(|kind| Entity { kind, offset: open.offset, length }));
        }
    }

    fn end_link(&self, i: usize, open: &Open) -> Result<(Option<Kind>, usize), String> {
        if self.source.at(i + 1) != b'(' {
            return Ok((link::classify(&self.output.since(open.begin)), i + 1));
        }
        let (address, next) =
            self.address(i + 2).ok_or_else(|| format!("Can't find end of a URL at byte offset {}", i + 2))?;
        Ok((link::classify(&address), next))
    }

    fn end_special(&self, i: usize) -> Result<(Option<Kind>, usize), String> {
        if self.source.at(i + 1) != b'(' {
            return Err("The entity must contain a tg://emoji or tg://time URL".into());
        }
        let (address, next) =
            self.address(i + 2).ok_or_else(|| format!("Can't find end of a URL at byte offset {}", i + 2))?;
        let kind = link::special(&address).ok_or("Invalid tg://emoji or tg://time URL specified")?;
        Ok((Some(kind), next))
    }

    /// The address up to its closing parenthesis, and where the text goes on.
    fn address(&self, mut i: usize) -> Option<(String, usize)> {
        let mut address = Output::default();
        while i < self.source.0.len() && self.source.at(i) != b')' {
            if self.source.at(i) == b'\\' && (1..=126).contains(&self.source.at(i + 1)) {
                i += 1;
            }
            address.push(self.source.at(i));
            i += 1;
        }
        (self.source.at(i) == b')').then(|| (address.since(0), i + 1))
    }

    /// A quote ends with its line, which belongs to it, or with `||`, which makes it expandable.
    fn end_quote(&mut self, i: usize, open: &Open, is_line_end: bool) -> usize {
        self.in_quote = false;
        let (kind, next) = if is_line_end {
            (Kind::Blockquote, i + 1)
        } else {
            (Kind::ExpandableBlockquote, (i + 3).min(self.source.0.len()))
        };
        if next > i && self.source.at(next - 1) == b'\n' {
            self.output.push(b'\n');
        }
        self.add(Some(kind), open);
        next
    }

    fn finish(mut self) -> Result<Formatted, String> {
        if self.open.last().is_some_and(|open| open.mark == Mark::BlockQuote) {
            let open = self.open.pop().expect("looked at above");
            self.add(Some(Kind::Blockquote), &open);
        }
        if self.open.is_empty() { Ok(self.output.finish(self.entities)) } else { Err(self.unended()) }
    }
}

/// One line break at the beginning of preformatted text is not part of it.
pub fn skip_line_break(source: &Source<'_>, i: usize) -> usize {
    let is_break = |byte: u8| byte == b'\n' || byte == b'\r';
    let (first, second) = (source.at(i), source.at(i + 1));
    match is_break(first) {
        true if is_break(second) && first != second => i + 2,
        true => i + 1,
        false => i,
    }
}
