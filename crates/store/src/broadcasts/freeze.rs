//! Freezing: contacts of an audience become recipients, a chunk in a transaction. It goes on where it stopped, so a
//! restart in between costs nothing, and a contact comes in once.

use std::collections::BTreeSet;

use model::{
    ErrorKind, Id, Platform, Result, Scope, Tenant, Timestamp,
    bot::Bot,
    broadcast::{Broadcast, RecipientStatus},
    contact::Contact,
    feed::{Change, FeedKind},
};

use super::{
    audience::{self, Lists, Ways, chosen},
    counts::{self, Delta},
    row::Audience,
    script::Script,
    write,
};
use crate::{
    args, columns,
    db::{Arg, Row, Tx},
    feed,
};

crate::statements! {
    hot NEXT = "freeze.next", "
        SELECT id FROM broadcast WHERE status IN ('QUEUED', 'SENDING') AND NOT is_frozen ORDER BY updated_at, id LIMIT 1";
    hot HOLD = "freeze.hold", "
        UPDATE broadcast SET updated_at = $1
        WHERE id = $2 AND status IN ('QUEUED', 'SENDING') AND NOT is_frozen
        RETURNING tenant_id, audience, bot_id, frozen_after, platform, content";
    INSERT = "freeze.insert", concat!("
        INSERT INTO broadcast_recipient (broadcast_id, contact_id, status, reason, bot_id, chat_id, updated_at)
        SELECT $1, found.contact_id, CASE WHEN found.reason IS NULL THEN 'PENDING' ELSE 'SKIPPED' END, found.reason,
            found.bot_id, found.chat_id, $2
        FROM ", chosen!("$3", "$4", "$5", "$6", "$7", "$8", "$9"), "
        ON CONFLICT (broadcast_id, contact_id) DO NOTHING
        RETURNING status, bot_id");
    ADD_LANE = "freeze.add_lane", "
        INSERT INTO broadcast_lane (broadcast_id, bot_id) VALUES {rows bytes, bytes}
        ON CONFLICT (broadcast_id, bot_id) DO NOTHING";
    hot MOVE_ON = "freeze.move_on", "
        UPDATE broadcast SET frozen_after = $1, is_frozen = $2, total = total + $3 WHERE id = $4";
}

/// A running broadcast, and how far its freezing has come.
struct Held {
    tenant: Id<Tenant>,
    audience: Audience,
    bot: Option<Id<Bot>>,
    frozen_after: Option<Id<Contact>>,
    platform: Platform,
    script: Script,
}

impl Held {
    fn read(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            tenant: row.get(0)?,
            audience: columns::json(row, 1)?,
            bot: row.get(2)?,
            frozen_after: row.get(3)?,
            platform: columns::word(row, 4)?,
            script: columns::json(row, 5)?,
        })
    }
}

/// Whether an audience waits to be worked out.
pub fn is_due(tx: &mut Tx) -> Result<bool> {
    Ok(tx.query_opt(NEXT, &[], |row| row.get::<Id<Broadcast>>(0))?.is_some())
}

/// Turns up to `limit` contacts of one running broadcast into recipients. Tells whether there was anything to do.
pub fn freeze(tx: &mut Tx, now: Timestamp, limit: usize) -> Result<bool> {
    let Some(id) = tx.query_opt(NEXT, &[], |row| row.get::<Id<Broadcast>>(0))? else { return Ok(false) };
    // Somebody else was faster.
    let Some(held) = tx.query_opt(HOLD, &args![now, id], Held::read)? else { return Ok(true) };
    let scope = Scope::system(held.tenant);
    let lists = Lists::Stored(id);
    let chunk = match audience::chunk(tx, &scope, &held.audience, lists, held.frozen_after, (limit, now)) {
        // A segment whose rules make no sense any more: nobody knows whom they mean.
        Err(error) if error.kind() == ErrorKind::Invalid => {
            counts::stop(tx, id, &format!("The segment can't be worked out: {}", error.message()))?;
            feed::append(tx, &scope, &[Change::new(FeedKind::Broadcast, id)], now)?;
            return Ok(true);
        }
        chunk => chunk?,
    };
    let ways = Ways::of(tx, &scope, (held.platform, held.bot), held.script.template.as_ref(), now)?;
    let (found, skipped) = insert(tx, &scope, id, &ways, &chunk.contacts, now)?;
    tx.execute(MOVE_ON, &args![chunk.next, chunk.next.is_none(), found, id])?;
    counts::add(tx, id, &Delta { skipped, ..Delta::default() }, now)?;
    write::wake(tx, id)?;
    feed::append(tx, &scope, &[Change::new(FeedKind::Broadcast, id)], now)?;
    Ok(true)
}

/// Tells how many recipients are new, and how many of them are skipped.
fn insert(
    tx: &mut Tx,
    scope: &Scope,
    id: Id<Broadcast>,
    ways: &Ways,
    contacts: &[Id<Contact>],
    now: Timestamp,
) -> Result<(i64, i64)> {
    let list: Vec<Arg> = contacts.iter().map(Arg::from).collect();
    let args = [&args![id, now][..], &ways.args(scope)].concat();
    let rows: Vec<(RecipientStatus, Option<Id<Bot>>)> =
        tx.query_in(INSERT, &args, &list, |row| Ok((columns::word(row, 0)?, row.get(1)?)))?;
    let (mut found, mut skipped) = (0, 0);
    let mut bots: BTreeSet<Id<Bot>> = BTreeSet::new();
    for (status, bot) in rows {
        found += 1;
        match status {
            RecipientStatus::Skipped => skipped += 1,
            _ => bots.extend(bot),
        }
    }
    let lanes: Vec<[Arg; 2]> = bots.into_iter().map(|bot| args![id, bot]).collect();
    tx.execute_rows(ADD_LANE, &[], &lanes)?;
    Ok((found, skipped))
}
