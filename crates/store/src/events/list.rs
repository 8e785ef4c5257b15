//! Events as their tenant sees them: lists, single ones with their payload, and the retry by hand.

use model::{
    Id, Result, Scope, Timestamp,
    bot::Bot,
    event::{Event, EventStatus},
};

use super::{id_of, seq_of};
use crate::{
    args, columns,
    db::{Arg, Row, Tx},
    page::{Page, Request},
    wake,
};

/// Which events of a tenant are wanted; `None` means all.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub bot: Option<Id<Bot>>,
    pub event_type: Option<String>,
    pub status: Option<EventStatus>,
    pub is_processed: Option<bool>,
    pub update_id: Option<i64>,
}

/// What came of a retry by hand.
#[derive(Debug, Clone, PartialEq)]
pub enum Retry {
    /// It will be processed again.
    Queued(Event),
    /// Its state allows no retry.
    Refused(Event),
}

macro_rules! columns {
    () => {
        "seq, tenant_id, bot_id, update_id, event_type, status, retry_count, error_message, processed_at, created_at"
    };
}

crate::pages! {
    /// The events of a tenant, by arrival.
    EVENTS = "events.list",
    select "seq, tenant_id, bot_id, update_id, event_type, status, retry_count, error_message, processed_at, created_at",
    from "event WHERE tenant_id = $4 AND (CAST($5 AS BYTEA) IS NULL OR bot_id = $5)
        AND (CAST($6 AS TEXT) IS NULL OR event_type = $6) AND (CAST($7 AS TEXT) IS NULL OR status = $7)
        AND (CAST($8 AS BOOLEAN) IS NULL OR (status = 'PROCESSED') = $8)
        AND (CAST($9 AS BIGINT) IS NULL OR update_id = $9)",
    unique Int "seq",
    sorts { "created_at" => Unique }
}

crate::statements! {
    hot GET = "events.get", concat!("SELECT ", columns!(), " FROM event WHERE seq = $1 AND tenant_id = $2");
    hot PAYLOAD = "events.payload", "SELECT payload FROM event WHERE seq = $1 AND tenant_id = $2";
    hot WINDOW = "events.window", "SELECT seq FROM event WHERE tenant_id = $1 AND seq > $2 ORDER BY seq
        LIMIT 1 OFFSET $3";
    hot NEWEST = "events.newest", "SELECT seq FROM event WHERE tenant_id = $1 ORDER BY seq DESC LIMIT 1";
    hot OF_CHATS = "events.of_chats", "SELECT bot_id, chat_key, payload FROM event
        WHERE tenant_id = $1 AND seq > $2 AND seq <= $3 AND chat_key IN ({in}) ORDER BY seq";
    hot RETRY = "events.retry", concat!("
        UPDATE event SET status = 'RECEIVED', retry_count = 0, due_at = $1, error_message = NULL, processed_at = NULL
        WHERE seq = $2 AND tenant_id = $3
            AND (status IN ('DEAD', 'FAILED') OR (status = 'PROCESSED' AND error_message IS NOT NULL))
        RETURNING ", columns!());
}

/// One page of the tenant's events.
pub fn list(tx: &mut Tx, scope: &Scope, filter: &Filter, request: &Request) -> Result<Page<Event>> {
    let filters = args![
        scope.tenant(),
        filter.bot,
        filter.event_type.as_deref(),
        filter.status.map(EventStatus::as_str),
        filter.is_processed,
        filter.update_id,
    ];
    EVENTS.page(tx, request, &filters, read)
}

pub fn get(tx: &mut Tx, scope: &Scope, id: Id<Event>) -> Result<Option<Event>> {
    let Some(seq) = seq_of(id) else { return Ok(None) };
    let found = tx.query_opt(GET, &args![seq, scope.tenant()], read)?;
    // The id holds the time as well: another time is another id.
    Ok(found.filter(|event| event.id == id))
}

/// The Update as it came, of an event that [`get`] has found.
pub fn payload(tx: &mut Tx, scope: &Scope, id: Id<Event>) -> Result<Option<Vec<u8>>> {
    let Some(seq) = seq_of(id) else { return Ok(None) };
    tx.query_opt(PAYLOAD, &args![seq, scope.tenant()], |row| row.get(0))
}

/// A stretch of a tenant's events, and what of it came from some chats.
#[derive(Debug, Default)]
pub struct Window {
    pub payloads: Vec<Vec<u8>>,
    /// From where to go on; `None` after the last event.
    pub next: Option<i64>,
}

/// Events that are looked at for their chat at a time.
const WINDOW_EVENTS: i64 = 2_000;

/// The Updates of some chats among the events after `after`, a stretch at a time.
pub fn of_chats(tx: &mut Tx, scope: &Scope, chats: &[(Id<Bot>, i64)], after: i64) -> Result<Window> {
    let tenant = scope.tenant();
    let end = tx.query_opt(WINDOW, &args![tenant, after, WINDOW_EVENTS - 1], |row| row.get::<i64>(0))?;
    let newest = tx.query_opt(NEWEST, &args![tenant], |row| row.get::<i64>(0))?;
    let Some(end) = end.or(newest).filter(|end| *end > after) else { return Ok(Window::default()) };
    let keys: std::collections::BTreeSet<i64> = chats.iter().map(|(_, chat)| *chat).collect();
    let keys: Vec<Arg> = keys.into_iter().map(Arg::from).collect();
    let found = tx.query_in(OF_CHATS, &args![tenant, after, end], &keys, |row| {
        Ok(((row.get::<Id<Bot>>(0)?, row.get::<i64>(1)?), row.get::<Vec<u8>>(2)?))
    })?;
    let payloads = found.into_iter().filter(|(chat, _)| chats.contains(chat)).map(|(_, payload)| payload).collect();
    Ok(Window { payloads, next: Some(end) })
}

/// Has an event processed once more that failed, was given up, or could not be read in full.
pub fn retry(tx: &mut Tx, scope: &Scope, id: Id<Event>, now: Timestamp) -> Result<Option<Retry>> {
    let Some(event) = get(tx, scope, id)? else { return Ok(None) };
    let queued = tx.query_opt(RETRY, &args![now, seq_of(id), scope.tenant()], read)?;
    if queued.is_some() {
        tx.notify(wake::INBOUND, "")?;
    }
    Ok(Some(queued.map_or(Retry::Refused(event), Retry::Queued)))
}

fn read(row: &Row<'_>) -> Result<Event> {
    let created_at = row.get(9)?;
    Ok(Event {
        id: id_of(created_at, row.get(0)?),
        tenant: row.get(1)?,
        bot: row.get(2)?,
        update_id: row.get(3)?,
        event_type: row.get(4)?,
        status: columns::word(row, 5)?,
        retry_count: row.get(6)?,
        error_message: row.get(7)?,
        processed_at: row.get(8)?,
        created_at,
    })
}
