//! A place in a source that is read byte by byte. Markup is ASCII, so that every place where a parser stops is a boundary.

/// The source and how far it is read. Beyond the end stand zeros, which no source contains.
pub(super) struct Cursor<'s> {
    pub(super) source: &'s str,
    pub(super) at: usize,
}

impl<'s> Cursor<'s> {
    pub(super) fn new(source: &'s str) -> Self {
        Self { source, at: 0 }
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at >= self.source.len()
    }

    /// The byte here, or `ahead` bytes on.
    pub(super) fn peek(&self, ahead: usize) -> u8 {
        self.source.as_bytes().get(self.at + ahead).copied().unwrap_or(0)
    }

    pub(super) fn starts_with(&self, prefix: &str) -> bool {
        self.source.as_bytes()[self.at.min(self.source.len())..].starts_with(prefix.as_bytes())
    }

    /// Takes the character here.
    pub(super) fn take(&mut self) -> Option<char> {
        let character = self.source.get(self.at..)?.chars().next()?;
        self.at += character.len_utf8();
        Some(character)
    }

    /// Takes bytes while they please, and answers them.
    pub(super) fn take_while(&mut self, pleases: impl Fn(u8) -> bool) -> &'s str {
        let start = self.at;
        while !self.is_at_end() && pleases(self.peek(0)) {
            self.at += 1;
        }
        &self.source[start..self.at]
    }

    pub(super) fn skip_space(&mut self) {
        self.take_while(is_space);
    }

    /// Whether a backslash here escapes the character after it.
    pub(super) fn is_escape(&self) -> bool {
        self.peek(0) == b'\\' && (1..=126).contains(&self.peek(1))
    }

    /// The start of a fenced block after its three backticks: its language, and one line break, are taken.
    pub(super) fn take_language(&mut self) -> Option<String> {
        let start = self.at;
        let word = self.take_while(|byte| !is_space(byte) && byte != b'`');
        let is_language = !word.is_empty() && !self.is_at_end() && self.peek(0) != b'`';
        if !is_language {
            self.at = start;
        }
        let is_break = |byte| matches!(byte, b'\n' | b'\r');
        if is_break(self.peek(0)) {
            let is_pair = is_break(self.peek(1)) && self.peek(0) != self.peek(1);
            self.at += if is_pair { 2 } else { 1 };
        }
        is_language.then(|| word.to_owned())
    }

    /// An address up to its closing parenthesis, which is not taken; `None` when there is none.
    pub(super) fn take_address(&mut self) -> Option<String> {
        let mut address = String::new();
        while self.peek(0) != b')' {
            if self.is_escape() {
                self.at += 1;
            }
            address.push(self.take()?);
        }
        Some(address)
    }
}

/// What Telegram takes for space in markup.
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | 0 | 0x0b)
}
