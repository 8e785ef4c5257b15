//! Strings of JSON whose escapes are known to be well formed.

use std::borrow::Cow;

/// The name of a field; names are hardly ever escaped.
pub(super) fn key(raw: &str) -> Cow<'_, str> {
    if raw.contains('\\') { Cow::Owned(unescape(raw)) } else { Cow::Borrowed(raw) }
}

/// The characters that a string stands for. What PostgreSQL can't hold becomes U+FFFD: NUL and lone surrogates; each is
/// one UTF-16 unit, as the replacement is, so that offsets of entities stay right.
pub(super) fn unescape(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let (character, length) = escape(&rest[at..]);
        out.push(character);
        rest = &rest[at + length..];
    }
    out.push_str(rest);
    out
}

fn escape(at: &str) -> (char, usize) {
    match at.as_bytes()[1] {
        b'b' => ('\u{8}', 2),
        b'f' => ('\u{c}', 2),
        b'n' => ('\n', 2),
        b'r' => ('\r', 2),
        b't' => ('\t', 2),
        b'u' => unicode(at),
        other => (char::from(other), 2),
    }
}

fn unicode(at: &str) -> (char, usize) {
    let first = unit(at).unwrap_or(0);
    if (0xd800..0xdc00).contains(&first)
        && let Some(second @ 0xdc00..0xe000) = unit(&at[6..])
    {
        let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
        return (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 12);
    }
    match char::from_u32(first) {
        None | Some('\0') => (char::REPLACEMENT_CHARACTER, 6),
        Some(character) => (character, 6),
    }
}

/// The UTF-16 unit of a `\uXXXX` at the start of the text.
fn unit(at: &str) -> Option<u32> {
    u32::from_str_radix(at.strip_prefix("\\u")?.get(..4)?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::unescape;

    #[test]
    fn escapes_become_characters() {
        assert_eq!(unescape(r#"a\"\\\/\b\f\n\r\t\u00e9\ud83d\udE00z"#), "a\"\\/\u{8}\u{c}\n\r\té😀z");
        assert_eq!(unescape(r"\ud83d\ud83d\ude00\udc00\ud83dx"), "\u{fffd}😀\u{fffd}\u{fffd}x");
    }
}
