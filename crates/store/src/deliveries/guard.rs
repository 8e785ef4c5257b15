//! The fencing check: only the present owner of a lane may claim and settle.

use std::collections::{BTreeSet, HashMap, HashSet};

use model::{Id, Result, bot::Bot};

use crate::db::{Arg, Tx};

crate::statements! {
    // In one order everywhere, so that two transactions never wait for each other. A new owner waits until this one ends.
    hot HOLD = "lanes.hold", "SELECT bot_id, fence FROM lane WHERE bot_id IN ({in}) ORDER BY bot_id {lock}";
}

/// Lanes that the caller still owns, and those that it does not, with the fences that it showed.
#[derive(Debug)]
pub(super) struct Held {
    pub ours: HashSet<(Id<Bot>, i64)>,
    pub lost: Vec<(Id<Bot>, i64)>,
}

/// Holds the lanes until the transaction ends.
pub(super) fn hold(tx: &mut Tx, lanes: impl Iterator<Item = (Id<Bot>, i64)>) -> Result<Held> {
    let lanes: BTreeSet<(Id<Bot>, i64)> = lanes.collect();
    let mut bots: Vec<Id<Bot>> = lanes.iter().map(|(bot, _)| *bot).collect();
    bots.dedup();
    let list: Vec<Arg> = bots.iter().map(Arg::from).collect();
    let fences: HashMap<Id<Bot>, i64> =
        tx.query_in(HOLD, &[], &list, |row| Ok((row.get(0)?, row.get(1)?)))?.into_iter().collect();
    let (ours, lost): (Vec<_>, Vec<_>) = lanes.into_iter().partition(|(bot, fence)| fences.get(bot) == Some(fence));
    Ok(Held { ours: ours.into_iter().collect(), lost })
}
