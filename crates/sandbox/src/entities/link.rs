//! Addresses behind links: which are taken, and in which form.

use url::Url;

use super::Kind;

/// What a link's address makes of its text; nothing when the address is not acceptable.
pub fn classify(address: &str) -> Option<Kind> {
    if let Some(id) = parameter(address, "user", "id") {
        return id.parse().ok().filter(|id| *id > 0).map(Kind::TextMention);
    }
    checked(address).map(Kind::TextLink)
}

/// The value of `name` in `tg://host?name=value`.
fn parameter(address: &str, host: &str, name: &str) -> Option<String> {
    let url = Url::parse(address.trim()).ok().filter(|url| url.scheme() == "tg")?;
    if !url.host_str().is_some_and(|found| found.eq_ignore_ascii_case(host)) {
        return None;
    }
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// The emoji or the time behind `![…](tg://…)`.
pub fn special(address: &str) -> Option<Kind> {
    if let Some(id) = parameter(address, "emoji", "id") {
        return id.parse().ok().filter(|id| *id != 0).map(Kind::CustomEmoji);
    }
    let unix_time = parameter(address, "time", "unix")?.parse().ok()?;
    Some(Kind::DateTime { unix_time, format: parameter(address, "time", "format").unwrap_or_default() })
}

/// An address that Telegram would let people open, with a scheme.
pub fn checked(address: &str) -> Option<String> {
    let address = address.trim();
    if address.is_empty() || address.contains(char::is_whitespace) {
        return None;
    }
    let scheme = address.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
    match scheme.as_deref() {
        Some("tg" | "ton" | "tonsite") => Url::parse(address).ok().map(|_| address.to_owned()),
        Some("http" | "https" | "ftp") => with_domain(address),
        // `example.com:8080` has a colon, too.
        Some(scheme) if !scheme.contains('.') => None,
        _ => with_domain(&format!("http://{address}")),
    }
}

fn with_domain(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    let host = url.host_str()?;
    (host.contains('.') || host.starts_with('[')).then(|| url.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_that_can_be_opened_are_taken() {
        assert_eq!(checked("Example.com").as_deref(), Some("http://example.com/"));
        assert_eq!(checked("https://a.b/c?d#e").as_deref(), Some("https://a.b/c?d#e"));
        for wrong in ["", "x", "javascript:alert(1)", "tel:+123", "http://localhost/", "mailto:a@b.c"] {
            assert_eq!(checked(wrong), None, "{wrong}");
        }
        assert_eq!(classify("tg://user?id=5"), Some(Kind::TextMention(5)));
    }
}
