//! Links in markup: checked and normalised as Telegram does (`LinkManager` in tdlib/td). A link that Telegram doesn't take
//! is dropped silently there, and so here; the text stays.

use model::content::Entity;

use super::{date_time, url};

/// The largest user id.
const USER_ID_MAX: i64 = (1 << 40) - 1;

/// The entity that a link makes of a stretch of text.
pub(super) fn entity(address: &str, stretch: Entity) -> Option<Entity> {
    if let Some(user_id) = user_id(address) {
        return Some(Entity { kind: "text_mention".into(), user_id: Some(user_id), ..stretch });
    }
    Some(Entity { kind: "text_link".into(), url: Some(checked(address)?), ..stretch })
}

/// The entity that `![…](tg://…)` makes of a stretch of text.
pub(super) fn special_entity(address: &str, stretch: Entity) -> Option<Entity> {
    if let Some(query) = tg_query(address, "emoji") {
        let id = parameter(query, "id").and_then(integer).filter(|id| *id != 0)?;
        return Some(Entity { kind: "custom_emoji".into(), custom_emoji_id: Some(id.to_string()), ..stretch });
    }
    let query = tg_query(address, "time")?;
    let unix_time = parameter(query, "unix").and_then(integer)?;
    let unix_time = i32::try_from(unix_time).ok().filter(|time| *time > 0)?;
    date_time::entity(unix_time, parameter(query, "format").unwrap_or_default(), stretch)
}

/// A link in the form in which Telegram keeps it.
pub(super) fn checked(link: &str) -> Option<String> {
    for scheme in ["tg", "ton", "tonsite"] {
        if let Some(after) = strip_prefix_ignoring_case(link, scheme).and_then(|after| after.strip_prefix(':')) {
            return internal(scheme, after.strip_prefix("//").unwrap_or(after));
        }
    }
    let address = url::parse(link)?;
    (address.host.contains('.') || address.is_ipv6).then(|| address.to_string())
}

fn internal(scheme: &str, link: &str) -> Option<String> {
    let address = url::parse(link)?;
    let is_web = address.is_https || strip_prefix_ignoring_case(link, "http://").is_some();
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let is_host = address.host.bytes().all(|byte| is_name(byte) || (scheme == "tonsite" && byte == b'.'));
    if is_web || !address.userinfo.is_empty() || address.port.is_some() || address.is_ipv6 || !is_host {
        return None;
    }
    let rest = if address.rest.starts_with("/?") { &address.rest[1..] } else { &address.rest };
    Some(format!("{scheme}://{}{rest}", address.host))
}

fn user_id(link: &str) -> Option<i64> {
    let lower = link.to_ascii_lowercase();
    let id = integer(parameter(tg_query(&lower, "user")?, "id")?)?;
    (1..=USER_ID_MAX).contains(&id).then_some(id)
}

/// What stands after the question mark of `tg://<host>?…`.
fn tg_query<'a>(link: &'a str, host: &str) -> Option<&'a str> {
    let after = strip_prefix_ignoring_case(link, "tg:")?;
    let after = after.strip_prefix("//").unwrap_or(after);
    let after = strip_prefix_ignoring_case(after, host)?;
    let query = after.strip_prefix('/').unwrap_or(after).strip_prefix('?')?;
    Some(query.split('#').next().unwrap_or(query))
}

fn parameter<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    let pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    pairs.into_iter().find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// A number written in its one plain form.
pub(super) fn integer(text: &str) -> Option<i64> {
    text.parse::<i64>().ok().filter(|number| number.to_string() == text)
}

fn strip_prefix_ignoring_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let head = text.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then(|| &text[prefix.len()..])
}
