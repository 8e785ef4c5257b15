//! The grammar of RFC 8259, strictly, into borrowed values.

use super::{DEPTH_MAX, Object, Value, text};

/// Reads a whole document, and keeps the fields and items of the first `kept` levels; all of it is checked.
pub(super) fn document(bytes: &[u8], kept: usize) -> Option<Value<'_>> {
    let mut scanner = Scanner { text: std::str::from_utf8(bytes).ok()?, at: 0, kept };
    let value = scanner.value(0)?;
    scanner.space();
    (scanner.at == bytes.len()).then_some(value)
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    kept: usize,
}

impl<'a> Scanner<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// Takes the next byte that is not space when it is this one.
    fn take(&mut self, byte: u8) -> bool {
        self.space();
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn word(&mut self, word: &str, value: Value<'a>) -> Option<Value<'a>> {
        self.text[self.at..].starts_with(word).then(|| {
            self.at += word.len();
            value
        })
    }

    fn value(&mut self, depth: usize) -> Option<Value<'a>> {
        self.space();
        match self.peek()? {
            b'{' | b'[' if depth == DEPTH_MAX => self.skip_nested(),
            b'{' => self.object(depth + 1),
            b'[' => self.array(depth + 1),
            b'"' => self.string().map(Value::Text),
            b't' => self.word("true", Value::Bool(true)),
            b'f' => self.word("false", Value::Bool(false)),
            b'n' => self.word("null", Value::Null),
            _ => self.number(),
        }
    }

    fn object(&mut self, depth: usize) -> Option<Value<'a>> {
        let mut fields = Vec::new();
        self.take(b'{');
        if self.take(b'}') {
            return Some(Value::Object(Object(fields)));
        }
        loop {
            self.space();
            let name = self.string()?;
            if !self.take(b':') {
                return None;
            }
            let value = self.value(depth)?;
            if depth <= self.kept {
                fields.push((text::key(name), value));
            }
            if self.take(b'}') {
                return Some(Value::Object(Object(fields)));
            }
            if !self.take(b',') {
                return None;
            }
        }
    }

    fn array(&mut self, depth: usize) -> Option<Value<'a>> {
        let mut items = Vec::new();
        self.take(b'[');
        if self.take(b']') {
            return Some(Value::Array(items));
        }
        loop {
            let item = self.value(depth)?;
            if depth <= self.kept {
                items.push(item);
            }
            if self.take(b']') {
                return Some(Value::Array(items));
            }
            if !self.take(b',') {
                return None;
            }
        }
    }

    /// What stands between the quotes; its escapes are known to be well formed.
    fn string(&mut self) -> Option<&'a str> {
        if self.peek()? != b'"' {
            return None;
        }
        let start = self.at + 1;
        let bytes = self.text.as_bytes();
        let mut at = start;
        loop {
            match *bytes.get(at)? {
                b'"' => break,
                b'\\' => at += escape_length(bytes.get(at + 1..)?)?,
                0..0x20 => return None,
                _ => at += 1,
            }
        }
        self.at = at + 1;
        Some(&self.text[start..at])
    }

    fn number(&mut self) -> Option<Value<'a>> {
        let start = self.at;
        self.at += usize::from(self.peek() == Some(b'-'));
        let zero = self.peek() == Some(b'0');
        let whole = self.digits();
        if whole == 0 || (zero && whole > 1) {
            return None;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            (self.digits() > 0).then_some(())?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.peek(), Some(b'+' | b'-')));
            (self.digits() > 0).then_some(())?;
        }
        Some(Value::Number(&self.text[start..self.at]))
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        self.at - start
    }

    /// Passes over an object or array without recursion and without keeping it. Brackets and strings are checked, what
    /// stands between them is not: so deep a value is nobody's field.
    fn skip_nested(&mut self) -> Option<Value<'a>> {
        let mut open = Vec::new();
        loop {
            match self.peek()? {
                b'"' => {
                    self.string()?;
                    continue;
                }
                b'{' => open.push(b'}'),
                b'[' => open.push(b']'),
                close @ (b'}' | b']') if open.pop() != Some(close) => return None,
                _ => {}
            }
            self.at += 1;
            if open.is_empty() {
                return Some(Value::Null);
            }
        }
    }
}

/// Bytes of an escape sequence, its backslash included, given what follows the backslash.
fn escape_length(rest: &[u8]) -> Option<usize> {
    match rest.first()? {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(2),
        b'u' => rest.get(1..5)?.iter().all(u8::is_ascii_hexdigit).then_some(6),
        _ => None,
    }
}
