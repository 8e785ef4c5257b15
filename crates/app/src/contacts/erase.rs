//! Data protection: a person is erased on request.

use model::{
    Id, Result, Scope, Timestamp,
    bot::Bot,
    contact::Contact,
    content::{Media, MediaSource},
    message::Message,
};
use store::{activity, contacts, conversations, events, timeline};

use super::edit::{announce, deed, found};
use crate::{App, media};

/// Entries that are looked at in one read for their media.
const PAGE: i64 = 500;

/// How many steps of erasing stored Updates are done before the answer; what is left is done by and by.
const STEPS_MAX: usize = 8;

/// What is left of somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erased {
    /// The id by which logs know them.
    pub pseudonym: Id<Contact>,
    pub erased_at: Timestamp,
    /// Whether stored Updates are clean already, or are still being walked.
    pub is_complete: bool,
}

/// Erases a contact with everything that was said, and the files.
pub async fn erase(app: &App, scope: &Scope, id: Id<Contact>) -> Result<Erased> {
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    let files = files_of(app, &scope, id).await?;
    app.db
        .write(move |tx| {
            let contact = found(contacts::get(tx, &scope, id)?)?;
            contacts::erase(tx, &scope, &contact, now)?;
            // Without a name: the id is all that the log may know.
            activity::record(tx, &scope, &*ids, &deed("contact.erased", id), now)?;
            announce(tx, &scope, &[id], now)
        })
        .await?;
    for file in files {
        app.storage.remove(&file).await?;
    }
    Ok(Erased { pseudonym: id, erased_at: now, is_complete: erase_events(app).await? })
}

/// Lets stored Updates forget people who are gone, some steps of it. Tells whether nothing is left to do.
pub(super) async fn erase_events(app: &App) -> Result<bool> {
    for _ in 0..STEPS_MAX {
        if !app.db.read(events::is_erasure_due).await? {
            return Ok(true);
        }
        app.db.write(events::erase_some).await?;
    }
    Ok(false)
}

/// Every file in our storage that came from or went to a contact.
async fn files_of(app: &App, scope: &Scope, id: Id<Contact>) -> Result<Vec<String>> {
    let mut files = Vec::new();
    let owner = *scope;
    let all = app.db.read(move |tx| {
        found(contacts::get(tx, &owner, id)?)?;
        conversations::all_of_contact(tx, &owner, id)
    });
    for conversation in all.await? {
        let mut after = 0;
        loop {
            let scope = *scope;
            let page = app.db.read(move |tx| timeline::after(tx, &scope, conversation, after, PAGE)).await?;
            let Some(last) = page.last() else { break };
            after = last.message.sequence;
            page.iter().for_each(|entry| files.extend(keys(&entry.message)));
        }
    }
    let mut after = None;
    loop {
        let scope = *scope;
        let page = app.db.read(move |tx| {
            let ids = contacts::spoken(tx, &scope, id, after, PAGE)?;
            timeline::get_many(tx, &scope, &ids)
        });
        let page = page.await?;
        let Some(last) = page.last() else { return Ok(files) };
        after = Some(last.id);
        page.iter().for_each(|message| files.extend(keys(message)));
    }
}

fn keys(message: &Message) -> impl Iterator<Item = String> + '_ {
    message.content.media.iter().filter_map(|one: &Media| key(message.bot, one))
}

fn key(bot: Option<Id<Bot>>, media: &Media) -> Option<String> {
    match media.source.as_ref()? {
        MediaSource::Url(_) => None,
        MediaSource::Stored(key) => Some(key.clone()),
        MediaSource::FileId(file_id) => Some(media::cache_key(bot?, file_id)),
    }
}
