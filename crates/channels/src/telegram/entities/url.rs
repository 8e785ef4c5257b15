//! Addresses as Telegram checks and normalises them (`parse_url` in tdlib/td).

use std::net::Ipv6Addr;

/// An address taken apart.
pub(super) struct Address<'a> {
    pub is_https: bool,
    pub userinfo: &'a str,
    pub host: String,
    pub is_ipv6: bool,
    pub port: Option<u16>,
    /// Path, query and fragment; begins with a slash.
    pub rest: String,
}

impl std::fmt::Display for Address<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.is_https { "https://" } else { "http://" })?;
        if !self.userinfo.is_empty() {
            write!(f, "{}@", self.userinfo)?;
        }
        f.write_str(&self.host)?;
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        f.write_str(&self.rest)
    }
}

/// Reads an address; without a scheme it is http. `None` for what Telegram doesn't take.
pub(super) fn parse(text: &str) -> Option<Address<'_>> {
    let (is_https, after) = scheme(text)?;
    let end = after.find(['/', '?', '#']).unwrap_or(after.len());
    let (authority, rest) = after.split_at(end);
    let (place, port) = port(authority)?;
    let (userinfo, host) = place.rsplit_once('@').unwrap_or(("", place));
    let is_ipv6 = host.len() > 1 && host.starts_with('[') && host.ends_with(']');
    let is_host = if is_ipv6 { host[1..host.len() - 1].parse::<Ipv6Addr>().is_ok() } else { is_legal(host, "") };
    if host.is_empty() || host == "." || !is_host || !is_legal(userinfo, ":") {
        return None;
    }
    Some(Address { is_https, userinfo, host: host.to_ascii_lowercase(), is_ipv6, port, rest: normal_rest(rest) })
}

fn scheme(text: &str) -> Option<(bool, &str)> {
    let end = text.find([':', '/', '?', '#', '@', '[', ']']).unwrap_or(text.len());
    let Some(after) = text[end..].strip_prefix("://") else { return Some((false, text)) };
    match text[..end].to_ascii_lowercase().as_str() {
        "http" => Some((false, after)),
        "https" => Some((true, after)),
        _ => None,
    }
}

/// Splits a port off; 0 and what is no port spoil the address.
fn port(authority: &str) -> Option<(&str, Option<u16>)> {
    match authority.rfind([':', ']', '@']) {
        Some(colon) if colon > 0 && authority.as_bytes()[colon] == b':' => {
            let digits = authority[colon + 1..].trim_start_matches('0');
            let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            let port = is_number.then(|| digits.parse().ok())??;
            Some((&authority[..colon], Some(port)))
        }
        _ => Some((authority, None)),
    }
}

/// Characters that RFC 3986 allows, all beyond ASCII, and well-formed percent escapes.
fn is_legal(part: &str, further: &str) -> bool {
    let bytes = part.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let is_fine = byte.is_ascii_alphanumeric() || byte >= 0x80 || b".-_!$,~*'();&+=".contains(&byte);
        if byte == b'%' {
            let is_escape = bytes.get(at + 1..at + 3).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit));
            if !is_escape {
                return false;
            }
            at += 2;
        } else if !is_fine && !further.as_bytes().contains(&byte) {
            return false;
        }
        at += 1;
    }
    true
}

fn normal_rest(rest: &str) -> String {
    let rest = rest.trim_end_matches([' ', '\t', '\r', '\n', '\0', '\u{b}']);
    let mut out = String::with_capacity(rest.len() + 1);
    if !rest.starts_with('/') {
        out.push('/');
    }
    for character in rest.chars() {
        match character {
            '\0'..=' ' => out.push_str(&format!("%{:02X}", u32::from(character))),
            _ => out.push(character),
        }
    }
    out
}
