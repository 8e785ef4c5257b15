//! The parse mode MarkdownV2.

mod marks;

use super::{
    Formatted,
    cursor::Cursor,
    output::{Output, Parsed},
};
use marks::{Kind, Open};

const RESERVED: &[u8] = b"_*[]()~`>#+-=|{}.!\n";

/// Parses a source in MarkdownV2.
pub(super) fn parse(source: &str) -> Parsed<Formatted> {
    let mut parser = Parser {
        cursor: Cursor::new(source),
        out: Output::default(),
        open: Vec::new(),
        is_quoting: false,
        can_start_quote: true,
    };
    while !parser.cursor.is_at_end() {
        parser.step()?;
    }
    parser.finish()
}

struct Parser<'s> {
    cursor: Cursor<'s>,
    out: Output,
    open: Vec<Open>,
    /// Whether a block quote is among the open ones; it holds until a line that doesn't begin with `>`.
    is_quoting: bool,
    can_start_quote: bool,
}

impl Parser<'_> {
    fn step(&mut self) -> Parsed<()> {
        if self.cursor.is_escape() {
            self.cursor.at += 1;
            let is_break = self.cursor.peek(0) == b'\n';
            return self.literal(is_break);
        }
        let byte = self.cursor.peek(0);
        let is_code = self.open.last().is_some_and(|open| open.kind.is_code());
        let is_reserved = if is_code { byte == b'`' } else { RESERVED.contains(&byte) };
        if !is_reserved {
            return self.literal(false);
        }
        if self.is_end(byte) { self.end(byte) } else { self.begin(byte) }
    }

    /// A character that stands for itself. A line break that does so begins a line only when it was escaped.
    fn literal(&mut self, begins_line: bool) -> Parsed<()> {
        let character = self.cursor.take().expect("the cursor is not at the end");
        self.out.push(character);
        if character != '\r' {
            self.can_start_quote = begins_line;
        }
        Ok(())
    }

    fn is_end(&self, byte: u8) -> bool {
        let Some(open) = self.open.last() else { return false };
        let ends_quote = self.is_quoting && byte == b'\n' && self.cursor.peek(1) != b'>';
        ends_quote || open.kind.ends_at(&self.cursor)
    }

    fn begin(&mut self, byte: u8) -> Parsed<()> {
        let start = self.cursor.at;
        match byte {
            b'\n' => {
                self.cursor.at += 1;
                self.out.push('\n');
                self.can_start_quote = true;
                return Ok(());
            }
            b'>' if self.can_start_quote && self.is_quoting => {
                self.cursor.at += 1;
                return Ok(());
            }
            b'>' if self.can_start_quote => self.is_quoting = true,
            b'>' => return Err(reserved(byte)),
            _ => {}
        }
        let kind = marks::begin(&mut self.cursor, byte).ok_or_else(|| reserved(byte))?;
        self.open.push(Open { kind, start, offset: self.out.units, begin: self.out.text.len() });
        Ok(())
    }

    fn end(&mut self, byte: u8) -> Parsed<()> {
        let open = self.open.pop().expect("an entity that ends is open");
        // Within code a line break is not reserved, so that it never comes here.
        if byte == b'\n' {
            return self.end_quote(open);
        }
        marks::end(open, &mut self.cursor, &mut self.out)
    }

    /// Ends the block quote at the end of a line; two bars before it, which look like the start of a spoiler, make it
    /// expandable.
    fn end_quote(&mut self, open: Open) -> Parsed<()> {
        let at = self.cursor.at;
        let bars_end_line = open.start + 2 == at || (open.start + 3 == at && self.out.text.ends_with('\r'));
        let (quote, is_expandable) = match (open.kind == Kind::Spoiler && bars_end_line, open) {
            (true, _) => (self.open.pop().expect("a quote is open below the spoiler"), true),
            (false, open) => (open, false),
        };
        if quote.kind != Kind::Quote {
            return Err(quote.unclosed());
        }
        self.is_quoting = false;
        self.cursor.at += 1;
        self.out.push('\n');
        self.can_start_quote = true;
        self.push_quote(&quote, is_expandable);
        Ok(())
    }

    fn push_quote(&mut self, quote: &Open, is_expandable: bool) {
        let kind = if is_expandable { "expandable_blockquote" } else { "blockquote" };
        self.out.entities.push(self.out.entity(kind, quote.offset));
    }

    fn finish(mut self) -> Parsed<Formatted> {
        if self.is_quoting {
            let length = self.cursor.source.len();
            let has_bars = |open: &mut Open| open.kind == Kind::Spoiler && open.start + 2 == length;
            let is_expandable = self.open.pop_if(has_bars).is_some();
            if let Some(quote) = self.open.pop_if(|open| open.kind == Kind::Quote)
                && self.out.units != quote.offset
            {
                self.push_quote(&quote, is_expandable);
            }
        }
        match self.open.last() {
            Some(open) => Err(open.unclosed()),
            None => Ok(self.out.finish()),
        }
    }
}

fn reserved(byte: u8) -> String {
    format!("Character '{}' is reserved and must be escaped with the preceding '\\'", char::from(byte))
}
