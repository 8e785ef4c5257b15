//! The fencing check: only the present owner of a lane may claim and settle.

use std::collections::{BTreeMap, HashSet};

use model::{Id, Result, bot::Bot};

use crate::{
    args,
    db::{Arg, Tx},
};

crate::statements! {
    // Writing the value that stands there locks the row on both engines: a new owner waits until this transaction ends.
    hot HOLD = "lanes.hold", "
        UPDATE lane SET fence = lane.fence FROM (VALUES {rows bytes, int}) AS held
        WHERE lane.bot_id = held.column1 AND lane.fence = held.column2 RETURNING lane.bot_id";
}

/// Holds the lanes until the transaction ends; answers those of which the caller still is the owner.
pub(super) fn hold(tx: &mut Tx, lanes: impl Iterator<Item = (Id<Bot>, i64)>) -> Result<HashSet<Id<Bot>>> {
    // In one order everywhere, so that two transactions never wait for each other.
    let lanes: BTreeMap<Id<Bot>, i64> = lanes.collect();
    let rows: Vec<[Arg; 2]> = lanes.into_iter().map(|(bot, fence)| args![bot, fence]).collect();
    Ok(tx.query_rows(HOLD, &[], &rows, |row| row.get(0))?.into_iter().collect())
}
