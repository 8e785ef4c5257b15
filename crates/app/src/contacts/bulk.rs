//! The same done to many contacts: those listed, or all that a filter leaves.

use model::{
    Error, Id, Result, Scope, Timestamp,
    activity::Deed,
    contact::{Contact, change},
};
use serde_json::{Value, json};
use store::{
    activity,
    contacts::{self, Filter},
    db::Tx,
    page::{Request, Start},
};

use super::edit::announce;
use crate::App;

/// How many ids one request may list.
pub const IDS_MAX: usize = 10_000;
/// How many contacts one transaction changes, so that others get their turn.
const CHUNK: usize = 500;

/// What is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bulk {
    Tag(Vec<String>),
    Untag(Vec<String>),
    Delete,
}

/// To whom.
#[derive(Debug, Clone)]
pub enum Target {
    Ids(Vec<Id<Contact>>),
    Filter(Box<Filter>),
}

/// What came of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Contacts that were found.
    pub matched: u64,
    /// Contacts, or pairs of contact and tag, that are different now.
    pub changed: u64,
    /// Ids that are no contact's.
    pub not_found: u64,
}

/// Does it, in chunks: what was done before a failure stays done, and doing it again goes on.
pub async fn bulk(app: &App, scope: &Scope, act: Bulk, target: Target) -> Result<Counts> {
    let act = match act {
        Bulk::Tag(tags) => Bulk::Tag(some(tags)?),
        Bulk::Untag(tags) => Bulk::Untag(some(tags)?),
        Bulk::Delete => Bulk::Delete,
    };
    let counts = match target {
        Target::Ids(ids) => listed(app, scope, &act, ids).await?,
        Target::Filter(filter) => filtered(app, scope, &act, *filter).await?,
    };
    note(app, scope, &act, counts).await?;
    Ok(counts)
}

/// One entry for all of them: each alone would drown the log.
async fn note(app: &App, scope: &Scope, act: &Bulk, counts: Counts) -> Result<()> {
    let (action, tags) = match act {
        Bulk::Tag(tags) => ("contacts.tagged", json!(tags)),
        Bulk::Untag(tags) => ("contacts.untagged", json!(tags)),
        Bulk::Delete => ("contacts.removed", Value::Null),
    };
    let done = json!({"tags": tags, "matched": counts.matched, "changed": counts.changed});
    let deed = Deed::of_tenant(action, "contact").changed(&Value::Null, &done);
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    app.db.write(move |tx| activity::record(tx, &scope, &*ids, &deed, now)).await
}

fn some(tags: Vec<String>) -> Result<Vec<String>> {
    let tags = change::tags(tags).map_err(|error| error.at_field("tags"))?;
    if tags.is_empty() {
        return Err(Error::field("tags", "Enter at least one tag."));
    }
    Ok(tags)
}

async fn listed(app: &App, scope: &Scope, act: &Bulk, mut ids: Vec<Id<Contact>>) -> Result<Counts> {
    if ids.len() > IDS_MAX {
        return Err(Error::field("ids", format!("List at most {IDS_MAX} ids, or use a filter.")));
    }
    ids.sort();
    ids.dedup();
    let mut counts = Counts::default();
    for chunk in ids.chunks(CHUNK) {
        let (scope, act, now, chunk) = (*scope, act.clone(), app.clock.now(), chunk.to_vec());
        let done = app.db.write(move |tx| of_ids(tx, &scope, &act, &chunk, now)).await?;
        counts.add(done);
    }
    Ok(counts)
}

/// Walks by id, so that what is made meanwhile, or no longer matches because it was changed, leaves no gap.
async fn filtered(app: &App, scope: &Scope, act: &Bulk, filter: Filter) -> Result<Counts> {
    let filter = settled(app, scope, filter).await?;
    let mut counts = Counts::default();
    let mut start = Start::First;
    loop {
        let request = Request { sort: 0, descending: true, start, size: CHUNK as u32, count: false };
        let (scope, act, now, filter) = (*scope, act.clone(), app.clock.now(), filter.clone());
        let (done, next) = app
            .db
            .write(move |tx| {
                let page = contacts::list(tx, &scope, &filter, &request)?;
                let ids: Vec<_> = page.rows.iter().map(|contact| contact.id).collect();
                Ok((of_ids(tx, &scope, &act, &ids, now)?, page.next))
            })
            .await?;
        counts.add(done);
        let Some(next) = next else { return Ok(counts) };
        start = Start::After(next);
    }
}

/// A filter with the rules of its segment, as they mean now.
pub async fn settled(app: &App, scope: &Scope, filter: Filter) -> Result<Filter> {
    let (scope, now) = (*scope, app.clock.now());
    app.db.read(move |tx| filter.clone().settled(tx, &scope, now)).await
}

fn of_ids(tx: &mut Tx, scope: &Scope, act: &Bulk, ids: &[Id<Contact>], now: Timestamp) -> Result<Counts> {
    let missing = contacts::missing(tx, scope, ids)?;
    let ids: Vec<_> = ids.iter().filter(|id| !missing.contains(id)).copied().collect();
    let changed = match act {
        Bulk::Tag(tags) => contacts::add_tags(tx, scope, &ids, tags)?,
        Bulk::Untag(tags) => contacts::remove_tags(tx, scope, &ids, tags)?,
        Bulk::Delete => contacts::delete(tx, scope, &ids, now)?,
    };
    announce(tx, scope, &ids, now)?;
    Ok(Counts { matched: ids.len() as u64, changed, not_found: missing.len() as u64 })
}

impl Counts {
    fn add(&mut self, other: Counts) {
        self.matched += other.matched;
        self.changed += other.changed;
        self.not_found += other.not_found;
    }
}
