//! Links that count who follows them: `{BASE_URL}/r/{code}/` in place of the address. The code names link and contact and is
//! signed, so that nobody can make one up; where it leads stands in the database, so that it can't lead elsewhere.

use std::collections::HashMap;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use model::{
    Id, Ids, Result, Timestamp,
    broadcast::{Broadcast, Link},
    contact::Contact,
    content::{ButtonAction, Entity},
    outgoing::{Op, Outgoing},
};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use store::{broadcasts::links, db::Tx};

use crate::{App, Settings};

/// Addresses of one broadcast that are counted; further ones, as of texts with a variable in each, lead straight on.
const LINKS_MAX: usize = 100;
const MAC_BYTES: usize = 12;
const CODE_BYTES: usize = 32 + MAC_BYTES;
/// These open within Telegram, which a redirect would prevent.
const TELEGRAM_HOSTS: [&str; 4] = ["t.me", "telegram.me", "telegram.dog", "telegram.org"];

/// The links of one broadcast while its messages are made.
#[derive(Debug)]
pub(super) struct Tracker<'a> {
    settings: &'a Settings,
    known: HashMap<String, Id<Link>>,
    fresh: Vec<(Id<Link>, String)>,
}

impl<'a> Tracker<'a> {
    pub fn load(tx: &mut Tx, settings: &'a Settings, id: Id<Broadcast>) -> Result<Self> {
        let known = links::of_broadcast(tx, id)?.into_iter().map(|(link, url)| (url, link)).collect();
        Ok(Self { settings, known, fresh: Vec::new() })
    }

    /// Puts short links into what one contact gets: under buttons, and behind words.
    pub fn track(&mut self, ids: &dyn Ids, contact: Id<Contact>, parts: &mut [Outgoing]) {
        for part in parts {
            for button in part.options.buttons.iter_mut().flatten() {
                if let ButtonAction::Url { url } = &mut button.action {
                    self.shorten(ids, contact, url);
                }
            }
            let (Op::Text { entities, .. } | Op::Media { entities, .. } | Op::Album { entities, .. }) = &mut part.op
            else {
                continue;
            };
            for Entity { url, .. } in entities.iter_mut().filter(|entity| entity.kind == "text_link") {
                if let Some(url) = url {
                    self.shorten(ids, contact, url);
                }
            }
        }
    }

    fn shorten(&mut self, ids: &dyn Ids, contact: Id<Contact>, url: &mut String) {
        if !is_tracked(url) {
            return;
        }
        let link = match self.known.get(url) {
            Some(link) => *link,
            None if self.known.len() >= LINKS_MAX => return,
            None => {
                let link = ids.id();
                self.known.insert(url.clone(), link);
                self.fresh.push((link, url.clone()));
                link
            }
        };
        *url = format!("{}/r/{}/", self.settings.base_url, code(&self.settings.secret_key, link, contact));
    }

    /// Keeps the links that are new.
    pub fn save(self, tx: &mut Tx, id: Id<Broadcast>, now: Timestamp) -> Result<()> {
        links::insert(tx, id, &self.fresh, now)
    }
}

fn is_tracked(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let host = rest.map(|rest| rest.split(['/', '?', '#', ':']).next().unwrap_or_default().to_ascii_lowercase());
    host.is_some_and(|host| !host.is_empty() && !TELEGRAM_HOSTS.contains(&host.as_str()))
}

/// Who follows a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visit {
    Person,
    /// A program that only looks, such as Telegram for a preview.
    Program,
}

/// Where a code leads; None when it is none of ours. A person's visit is counted.
pub async fn follow(app: &App, text: &str, visit: Visit) -> Result<Option<String>> {
    let Some((link, contact)) = read(&app.settings.secret_key, text) else { return Ok(None) };
    let Some((broadcast, url)) = app.db.read(move |tx| links::find(tx, link)).await? else { return Ok(None) };
    if visit == Visit::Person {
        let now = app.clock.now();
        let counted = app.db.write(move |tx| links::click(tx, broadcast, contact, link, now)).await;
        if let Err(error) = counted {
            tracing::warn!(error = ?error, "Somebody who followed a link could not be counted.");
        }
    }
    Ok(Some(url))
}

fn code(key: &SecretString, link: Id<Link>, contact: Id<Contact>) -> String {
    let named = [&link.as_bytes()[..], &contact.as_bytes()[..]].concat();
    let seal = mac(key, &named).finalize().into_bytes();
    BASE64_URL_SAFE_NO_PAD.encode([&named[..], &seal[..MAC_BYTES]].concat())
}

fn read(key: &SecretString, text: &str) -> Option<(Id<Link>, Id<Contact>)> {
    let bytes: [u8; CODE_BYTES] = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
    let (named, seal) = bytes.split_at(32);
    mac(key, named).verify_truncated_left(seal).ok()?;
    let (link, contact) = named.split_at(16);
    Some((Id::from_bytes(link.try_into().ok()?), Id::from_bytes(contact.try_into().ok()?)))
}

fn mac(key: &SecretString, named: &[u8]) -> Hmac<Sha256> {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(key.expose_secret().as_bytes()).expect("HMAC takes keys of every length");
    // No other thing that this key signs begins so.
    mac.update(b"broadcast link\0");
    mac.update(named);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_good_only_as_it_was_made() {
        let key: SecretString = "k".repeat(32).into();
        let (link, contact) = (Id::from_bytes([1; 16]), Id::from_bytes([2; 16]));
        let made = code(&key, link, contact);
        assert_eq!(read(&key, &made), Some((link, contact)));
        assert_eq!(read(&"x".repeat(32).into(), &made), None);
        for at in 0..made.len() - 1 {
            let mut changed = made.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(read(&key, &String::from_utf8(changed).unwrap()), None, "{at}");
        }
        for text in ["", "x", "https://evil.example", &made[1..], &format!("{made}A")] {
            assert_eq!(read(&key, text), None, "{text}");
        }
    }

    #[test]
    fn what_opens_within_telegram_stays() {
        assert!(is_tracked("https://example.com/a?b=c") && is_tracked("http://example.com"));
        for url in ["https://t.me/bot?start=x", "https://T.me", "tg://user?id=1", "mailto:a@b.c", "https://", "ton://x"]
        {
            assert!(!is_tracked(url), "{url}");
        }
    }
}
