//! The fencing check: only the present owner of a lane may claim and settle.

use std::collections::{BTreeSet, HashSet};

use model::{Id, Result, bot::Bot};

use crate::{
    args,
    db::{Arg, Tx},
};

crate::statements! {
    // Writing the value that stands there locks the row on both engines: a new owner waits until this transaction ends.
    hot HOLD = "lanes.hold", "
        UPDATE lane SET fence = lane.fence FROM (VALUES {rows bytes, int}) AS held
        WHERE lane.bot_id = held.column1 AND lane.fence = held.column2 RETURNING lane.bot_id, lane.fence";
}

/// Lanes that the caller still owns, and those that it does not, with the fences that it showed.
#[derive(Debug)]
pub(super) struct Held {
    pub ours: HashSet<(Id<Bot>, i64)>,
    pub lost: Vec<(Id<Bot>, i64)>,
}

/// Holds the lanes until the transaction ends.
pub(super) fn hold(tx: &mut Tx, lanes: impl Iterator<Item = (Id<Bot>, i64)>) -> Result<Held> {
    // In one order everywhere, so that two transactions never wait for each other.
    let lanes: BTreeSet<(Id<Bot>, i64)> = lanes.collect();
    let rows: Vec<[Arg; 2]> = lanes.iter().map(|(bot, fence)| args![bot, *fence]).collect();
    let ours: HashSet<(Id<Bot>, i64)> =
        tx.query_rows(HOLD, &[], &rows, |row| Ok((row.get(0)?, row.get(1)?)))?.into_iter().collect();
    let lost = lanes.into_iter().filter(|lane| !ours.contains(lane)).collect();
    Ok(Held { ours, lost })
}
