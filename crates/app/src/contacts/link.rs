//! Start links: `t.me/<bot>?start=<token>` ties whoever opens it to a contact, once.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use model::{
    DAY_MS, Error, Id, Platform, Result, Scope, Timestamp,
    bot::Bot,
    contact::{Contact, ContactKind},
};
use sha2::{Digest, Sha256};
use store::{
    activity, bots,
    contacts::{self, NewLink},
    db::Tx,
    senders,
};

use super::edit::{deed, found};
use crate::App;

const DEFAULT_DAYS: i64 = 30;
const DAYS_MAX: i64 = 366;
/// Telegram takes 64 characters of letters, digits, `_` and `-`; these make 32 of them.
const TOKEN_BYTES: usize = 24;

/// A link at the only moment when its token is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeLink {
    pub url: String,
    /// To be typed by people whose app drops the link's payload for bots they have started already.
    pub start_command: String,
    pub bot: Id<Bot>,
    pub expires_at: Timestamp,
}

/// Makes a link for a contact with a bot, which may be left out when there is only one.
pub async fn link(
    app: &App,
    scope: &Scope,
    contact: Id<Contact>,
    bot: Option<Id<Bot>>,
    expires_at: Option<Timestamp>,
) -> Result<MadeLink> {
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    let expires_at = expires_at.unwrap_or(now + DEFAULT_DAYS * DAY_MS);
    if expires_at <= now || expires_at.since(now) > DAYS_MAX * DAY_MS {
        return Err(Error::field("expires_at", format!("Enter a time within the next {DAYS_MAX} days.")));
    }
    let token = BASE64_URL_SAFE_NO_PAD.encode(app.ids.random::<TOKEN_BYTES>());
    app.db
        .write(move |tx| {
            let contact = found(contacts::get(tx, &scope, contact)?)?;
            if contact.kind != ContactKind::Person {
                return Err(Error::conflict("not_a_person", "Only a person can open a start link."));
            }
            let (bot, username) = chosen(tx, &scope, bot, now)?;
            let token_hash = Sha256::digest(&token).into();
            contacts::add_link(
                tx,
                &scope,
                &NewLink { token_hash, contact: contact.id, bot, created_at: now, expires_at },
            )?;
            activity::record(tx, &scope, &*ids, &deed("contact.link_made", contact.id), now)?;
            let url = format!("https://t.me/{username}?start={token}");
            Ok(MadeLink { url, start_command: format!("/start {token}"), bot, expires_at })
        })
        .await
}

fn chosen(tx: &mut Tx, scope: &Scope, bot: Option<Id<Bot>>, now: Timestamp) -> Result<(Id<Bot>, String)> {
    let id = match bot {
        Some(bot) => bot,
        None => match senders::few(tx, scope, Platform::Telegram)?[..] {
            [only] => only,
            [] => return Err(Error::field("bot_app_id", "You have no bot yet. Register one first.")),
            _ => return Err(Error::field("bot_app_id", "You have several bots. Say which one the link opens.")),
        },
    };
    let found = bots::get(tx, scope, id, now)?.ok_or_else(|| Error::field("bot_app_id", "No such bot."))?;
    Ok((id, found.bot.username))
}
