//! The processes that serve an installation, and the duties that one of them at a time has. What a lease is, and when it
//! has ended, the engine knows: here are the rows.

use model::{Result, Timestamp};

use crate::{
    args,
    db::{Arg, Tx},
    wake,
};

crate::statements! {
    hot BEAT = "nodes.beat", "UPDATE node SET beat = beat + 1 WHERE id = $1";
    hot IS_THERE = "nodes.is_there", "SELECT 1 FROM node WHERE id = $1";
    JOIN = "nodes.join", "
        INSERT INTO node (id, name, roles, takes_work, beat, started_at) VALUES ($1, $2, $3, $4, $5, $6)";
    LIST = "nodes.list", "SELECT id, name, roles, takes_work, beat, started_at FROM node ORDER BY started_at, id";
    hot BURY = "nodes.bury", "DELETE FROM node WHERE id = $1 AND beat = $2";
    hot STEP_BACK = "nodes.step_back", "UPDATE node SET takes_work = FALSE WHERE id = $1";
    hot LEAVE = "nodes.leave", "DELETE FROM node WHERE id = $1";
    CLEAR = "nodes.clear", "DELETE FROM node";
    ADD_DUTY = "duties.add", "
        INSERT INTO duty (name, owner, fence) VALUES {rows text, text, int} ON CONFLICT (name) DO NOTHING";
    // Writing the value that stands there locks the row on both engines: others wait until this transaction ends.
    hot LOCK_DUTIES = "duties.lock", "
        UPDATE duty SET fence = duty.fence WHERE name IN ({in}) RETURNING duty.name, duty.owner";
    hot TAKE_DUTIES = "duties.take", "
        UPDATE duty SET owner = $1, fence = duty.fence + 1 WHERE name IN ({in}) RETURNING duty.name, duty.fence";
    DROP_DUTIES = "duties.drop", "
        UPDATE duty SET owner = NULL FROM (VALUES {rows text, int}) AS held
        WHERE duty.name = held.column1 AND duty.fence = held.column2";
    HOLD_DUTIES = "duties.hold", "
        UPDATE duty SET fence = duty.fence FROM (VALUES {rows text, int}) AS held
        WHERE duty.name = held.column1 AND duty.fence = held.column2 RETURNING duty.name";
}

/// A process that serves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    pub id: String,
    pub name: String,
    /// Comma-separated.
    pub roles: String,
    pub takes_work: bool,
    pub beat: i64,
    pub started_at: Timestamp,
}

/// A duty that a node has, with the fence of its taking.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duty {
    pub name: String,
    pub fence: i64,
}

/// Changes a node's beat. `false`: its row is gone, another one has buried it.
pub fn beat(tx: &mut Tx, id: &str) -> Result<bool> {
    Ok(tx.execute(BEAT, &args![id])? == 1)
}

/// Takes a new node in, and tells the others.
pub fn join(tx: &mut Tx, node: &Node) -> Result<()> {
    let Node { id, name, roles, takes_work, beat, started_at } = node;
    tx.execute(JOIN, &args![id.as_str(), name.as_str(), roles.as_str(), *takes_work, *beat, *started_at])?;
    tx.notify(wake::NODE, "")
}

/// All nodes, those that started first at the beginning.
pub fn list(tx: &mut Tx) -> Result<Vec<Node>> {
    tx.query(LIST, &[], |row| {
        Ok(Node {
            id: row.get(0)?,
            name: row.get(1)?,
            roles: row.get(2)?,
            takes_work: row.get(3)?,
            beat: row.get(4)?,
            started_at: row.get(5)?,
        })
    })
}

/// Takes away a node that still has this beat: from now on it owns nothing. `false`: it lives, or is gone already.
pub fn bury(tx: &mut Tx, id: &str, beat: i64) -> Result<bool> {
    let is_buried = tx.execute(BURY, &args![id, beat])? == 1;
    if is_buried {
        tx.notify(wake::NODE, "")?;
    }
    Ok(is_buried)
}

/// A node that is about to leave takes no more work.
pub fn step_back(tx: &mut Tx, id: &str) -> Result<()> {
    tx.execute(STEP_BACK, &args![id])?;
    tx.notify(wake::NODE, "")
}

/// A node leaves, and with it all that it owned is free.
pub fn leave(tx: &mut Tx, id: &str) -> Result<()> {
    tx.execute(LEAVE, &args![id])?;
    tx.notify(wake::NODE, "")
}

/// Takes all nodes away: nobody but the caller can serve from this database.
pub fn clear(tx: &mut Tx) -> Result<()> {
    tx.execute(CLEAR, &[]).map(drop)
}

/// Makes duties known, which then belong to nobody.
pub fn add_duties(tx: &mut Tx, names: &[String]) -> Result<()> {
    let rows: Vec<[Arg; 3]> = names.iter().map(|name| args![name.as_str(), None::<&str>, 0_i64]).collect();
    tx.execute_rows(ADD_DUTY, &[], &rows).map(drop)
}

/// Takes those of the duties that nobody has who is still there. Answers which.
pub fn take_duties(tx: &mut Tx, taker: &str, names: &[String]) -> Result<Vec<Duty>> {
    let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
    names.sort_unstable();
    let list: Vec<Arg> = names.into_iter().map(Arg::from).collect();
    let locked = tx.query_in(LOCK_DUTIES, &[], &list, |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut free: Vec<Arg> = Vec::new();
    for (name, owner) in locked {
        let (name, owner): (String, Option<String>) = (name, owner);
        if may_take(tx, taker, owner.as_deref())? {
            free.push(Arg::from(name));
        }
    }
    tx.query_in(TAKE_DUTIES, &args![taker], &free, |row| Ok(Duty { name: row.get(0)?, fence: row.get(1)? }))
}

/// Whether `taker` may have what belongs to `owner`. To be asked in a statement after the one that locked what is taken:
/// only then is it known who is there.
pub(crate) fn may_take(tx: &mut Tx, taker: &str, owner: Option<&str>) -> Result<bool> {
    match owner {
        None => Ok(true),
        Some(owner) if owner == taker => Ok(true),
        Some(owner) => Ok(tx.query_opt(IS_THERE, &args![owner], |_| Ok(()))?.is_none()),
    }
}

/// Gives duties back, and tells the others.
pub fn drop_duties(tx: &mut Tx, duties: &[Duty]) -> Result<()> {
    tx.execute_rows(DROP_DUTIES, &[], &rows(duties))?;
    tx.notify(wake::NODE, "")
}

/// Holds duties until the transaction ends. Answers those that the caller still has.
pub fn hold_duties(tx: &mut Tx, duties: &[Duty]) -> Result<Vec<String>> {
    tx.query_rows(HOLD_DUTIES, &[], &rows(duties), |row| row.get(0))
}

/// In one order everywhere, so that two transactions never wait for each other.
fn rows(duties: &[Duty]) -> Vec<[Arg; 2]> {
    let mut sorted: Vec<&Duty> = duties.iter().collect();
    sorted.sort_unstable();
    sorted.into_iter().map(|duty| args![duty.name.as_str(), duty.fence]).collect()
}
