//! Trying a broadcast on oneself or on colleagues before it goes out.

use model::{
    Error, Id, Result, Scope, Timestamp,
    broadcast::Broadcast,
    contact::Contact,
    delivery::Class,
    message::{Author, Message},
};
use store::{broadcasts, chats, contacts, db::Tx};

use super::script::{Prepared, nobody};
use crate::{
    App,
    send::{self, Draft, To},
};

/// The contact who has this address: how a person of the team is found among the contacts.
pub async fn oneself(app: &App, scope: &Scope, email: Option<&str>) -> Result<To> {
    let (scope, email) = (*scope, email.map(str::to_owned));
    let found = match email {
        Some(email) => app.db.read(move |tx| contacts::by_email(tx, &scope, &email)).await?,
        None => Vec::new(),
    };
    match found[..] {
        [only] => Ok(To::Contact(only)),
        _ => Err(Error::field(
            "contact_id",
            "Say who gets it: contact_id, contact_ids or chat_id. To send to yourself without, give the contact that is \
             you your own e-mail address.",
        )),
    }
}

/// Sends what a broadcast says to one chat or contact, at once and without counting it.
pub async fn send_test(app: &App, scope: &Scope, id: Id<Broadcast>, to: To, author: Author) -> Result<Message> {
    let (reader, now) = (*scope, app.clock.now());
    let (record, contact) = app
        .db
        .read(move |tx| {
            let record = broadcasts::get(tx, &reader, id)?.ok_or_else(|| Error::not_found("broadcast"))?;
            Ok((record, contact_of(tx, &reader, to, now)?))
        })
        .await?;
    let prepared = Prepared::new(&*app.ids, &record.script)?.in_zone(record.steering.zone());
    let draft = prepared.draft(&contact, to, author, now);
    let draft = Draft { bot: record.bot, platform: Some(record.platform), class: Class::Reply, ..draft };
    send::send(app, scope, draft).await
}

/// The contact whose values are filled in; a chat that is nobody's has none.
fn contact_of(tx: &mut Tx, scope: &Scope, to: To, now: Timestamp) -> Result<Contact> {
    let id = match to {
        To::Contact(id) => Some(id),
        To::Chat(chat_id) => chats::by_chat_id(tx, scope, chat_id)?.into_iter().find_map(|chat| chat.contact),
        To::Conversation(_) => None,
    };
    let known = id.map(|id| contacts::get(tx, scope, id)).transpose()?.flatten();
    Ok(known.unwrap_or_else(|| nobody(now)))
}
