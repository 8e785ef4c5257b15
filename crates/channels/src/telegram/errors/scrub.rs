//! Takes bot tokens out of texts that come back from outside, such as a proxy's error page that quotes our address.

use std::borrow::Cow;

/// The shortest secret of which we believe that it is one; real ones have 35 characters.
const SECRET_MIN: usize = 16;

/// The text with every bot token, and whatever follows `/bot` in an address, replaced.
pub fn scrub(text: &str) -> String {
    let text = decode_colons(text);
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_ref();
    while let Some(colon) = rest.find(':') {
        let digits = rest[..colon].bytes().rev().take_while(u8::is_ascii_digit).count();
        let secret = rest[colon + 1..].bytes().take_while(|b| b.is_ascii_alphanumeric() || b"_-".contains(b)).count();
        let before = &rest[..colon - digits];
        let is_token = digits > 0 && secret > 0 && (before.ends_with("/bot") || (digits > 3 && secret >= SECRET_MIN));
        // Only a token's secret is passed over: else it may itself be the number of a token that follows.
        let end = if is_token { colon + 1 + secret } else { colon + 1 };
        if is_token {
            out.push_str(before);
            out.push_str("***");
        } else {
            out.push_str(&rest[..end]);
        }
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

/// In an address the colon may be escaped.
fn decode_colons(text: &str) -> Cow<'_, str> {
    if text.contains("%3") { text.replace("%3A", ":").replace("%3a", ":").into() } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::scrub;

    #[test]
    fn tokens_never_come_back() {
        let token = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1";
        for text in [
            format!("no route to https://api.telegram.org/bot{token}/sendMessage."),
            format!("no route to https://api.telegram.org/bot{}/x", token.replace(':', "%3A")),
            token.to_owned(),
            format!("é{token}é:{token}"),
        ] {
            assert!(!scrub(&text).contains("AAHdq"), "{}", scrub(&text));
        }
        assert_eq!(scrub("http://127.0.0.1:8081/bot1:x/getMe"), "http://127.0.0.1:8081/bot***/getMe");
        assert_eq!(scrub("Bad Request: can't parse: 12:30"), "Bad Request: can't parse: 12:30");
    }
}
