//! Browsers in which people are signed in, and the one first run. Tokens are here as hashes only.

use model::{Id, Result, Tenant, Timestamp, User, WebSession};

use crate::{
    args,
    db::{Row, Tx},
};

/// Browsers of one person; the one that was not used for longest makes room for a further one.
pub const SESSIONS_MAX: i64 = 50;

crate::statements! {
    INSERT = "session.insert", "INSERT INTO web_session
        (id, hash, user_id, tenant_id, is_lasting, user_agent, created_at, seen_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    hot BY_HASH = "session.by_hash", "SELECT id, user_id, tenant_id, is_lasting, user_agent, created_at, seen_at, expires_at
        FROM web_session WHERE hash = $1 AND expires_at > $2";
    hot OF_USER = "session.of_user", "SELECT id, user_id, tenant_id, is_lasting, user_agent, created_at, seen_at, expires_at
        FROM web_session WHERE user_id = $1 AND expires_at > $2 ORDER BY seen_at DESC";
    hot SEE = "session.see", "UPDATE web_session SET seen_at = $1, expires_at = $2 WHERE id = $3 AND seen_at < $1";
    hot SWITCH = "session.switch", "UPDATE web_session SET tenant_id = $1 WHERE id = $2";
    hot END = "session.end", "DELETE FROM web_session WHERE id = $1 AND user_id = $2";
    hot END_ALL = "session.end_all", "DELETE FROM web_session WHERE user_id = $1";
    hot END_OTHERS = "session.end_others", "DELETE FROM web_session WHERE user_id = $1 AND id <> $2";
    hot MAKE_ROOM = "session.make_room", "DELETE FROM web_session WHERE user_id = $1 AND (expires_at <= $2 OR id NOT IN
        (SELECT id FROM web_session WHERE user_id = $1 ORDER BY seen_at DESC, id DESC LIMIT $3))";
    BEGIN_FIRST_RUN = "first_run.begin", "INSERT INTO first_run (one) VALUES (1) ON CONFLICT (one) DO NOTHING";
}

/// A browser in which somebody is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    pub id: Id<WebSession>,
    pub user: Id<User>,
    pub tenant: Id<Tenant>,
    pub is_lasting: bool,
    pub user_agent: String,
    pub created_at: Timestamp,
    pub seen_at: Timestamp,
    pub expires_at: Timestamp,
}

fn read(row: &Row) -> Result<SessionRow> {
    Ok(SessionRow {
        id: row.get(0)?,
        user: row.get(1)?,
        tenant: row.get(2)?,
        is_lasting: row.get(3)?,
        user_agent: row.get(4)?,
        created_at: row.get(5)?,
        seen_at: row.get(6)?,
        expires_at: row.get(7)?,
    })
}

/// Keeps a new session; forgets the person's expired ones, and those above [`SESSIONS_MAX`].
pub fn insert(tx: &mut Tx, session: &SessionRow, hash: &[u8; 32]) -> Result<()> {
    tx.execute(MAKE_ROOM, &args![session.user, session.created_at, SESSIONS_MAX - 1])?;
    let args = args![
        session.id,
        hash,
        session.user,
        session.tenant,
        session.is_lasting,
        &session.user_agent,
        session.created_at,
        session.seen_at,
        session.expires_at
    ];
    tx.execute(INSERT, &args)?;
    Ok(())
}

/// The session of a cookie, unless it has expired.
pub fn by_hash(tx: &mut Tx, hash: &[u8; 32], now: Timestamp) -> Result<Option<SessionRow>> {
    tx.query_opt(BY_HASH, &args![hash, now], read)
}

/// A person's sessions, the one used last first; never more than [`SESSIONS_MAX`].
pub fn of_user(tx: &mut Tx, user: Id<User>, now: Timestamp) -> Result<Vec<SessionRow>> {
    tx.query(OF_USER, &args![user, now], read)
}

/// Notes that a session was used, and keeps it for longer.
pub fn see(tx: &mut Tx, id: Id<WebSession>, now: Timestamp, expires_at: Timestamp) -> Result<()> {
    tx.execute(SEE, &args![now, expires_at, id])?;
    Ok(())
}

/// Opens another workspace in a session.
pub fn switch(tx: &mut Tx, id: Id<WebSession>, tenant: Id<Tenant>) -> Result<()> {
    tx.execute(SWITCH, &args![tenant, id])?;
    Ok(())
}

/// Ends one of a person's sessions; `false` when they have no such session.
pub fn end(tx: &mut Tx, user: Id<User>, id: Id<WebSession>) -> Result<bool> {
    Ok(tx.execute(END, &args![id, user])? == 1)
}

/// Ends all of a person's sessions, but for one if it is named.
pub fn end_all(tx: &mut Tx, user: Id<User>, but: Option<Id<WebSession>>) -> Result<()> {
    match but {
        None => tx.execute(END_ALL, &args![user])?,
        Some(but) => tx.execute(END_OTHERS, &args![user, but])?,
    };
    Ok(())
}

/// Takes the first run, which there is once; `false` when somebody was faster.
pub fn begin_first_run(tx: &mut Tx) -> Result<bool> {
    Ok(tx.execute(BEGIN_FIRST_RUN, &[])? == 1)
}
