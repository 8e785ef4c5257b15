//! Owning lanes: a lane belongs to the node that it names, as long as that node is there.

use model::{Id, Result, Timestamp, bot::Bot, forecast};

use crate::{
    args,
    db::{Arg, Tx},
    nodes, wake,
};

crate::statements! {
    // Writing the value that stands there locks the row on both engines.
    hot LOCK = "lanes.lock", "UPDATE lane SET fence = lane.fence WHERE bot_id = $1 RETURNING owner";
    hot OPEN = "lanes.open", "
        UPDATE lane SET fence = lane.fence + 1, owner = $1 WHERE bot_id = $2
        RETURNING fence, paused_until, bulk_ceiling, ceiling_at";
    hot OWNER = "lanes.owner", "
        SELECT lane.owner FROM lane JOIN node ON node.id = lane.owner WHERE lane.bot_id = $1";
    hot PAUSED_CHATS = "lanes.paused_chats", "
        SELECT chat_id, paused_until FROM chat
        WHERE bot_id = $1 AND paused_until IS NOT NULL AND paused_until > $2";
    RELEASE = "lanes.release", "
        UPDATE lane SET owner = NULL FROM (VALUES {rows bytes, int}) AS held
        WHERE lane.bot_id = held.column1 AND lane.fence = held.column2";
}

/// A lane that was taken over.
#[derive(Debug, Clone)]
pub struct Lane {
    /// Every claim and settlement shows it; a newer owner's is larger.
    pub fence: i64,
    pub paused_until: Option<Timestamp>,
    /// Thousandths of the bot's rate that bulk may use after 429s.
    pub bulk_ceiling: Option<u32>,
    pub paused_chats: Vec<(i64, Timestamp)>,
}

/// Takes a bot's lane over: whoever held it before can neither claim nor settle any more. `None`: another node has it.
pub fn open_lane(tx: &mut Tx, taker: &str, bot: Id<Bot>, now: Timestamp) -> Result<Option<Lane>> {
    let Some(owner) = tx.query_opt(LOCK, &args![bot], |row| row.get::<Option<String>>(0))? else { return Ok(None) };
    if !nodes::may_take(tx, taker, owner.as_deref())? {
        return Ok(None);
    }
    let mut lane = tx.query_one(OPEN, &args![taker, bot], |row| {
        let bulk_ceiling = ceiling(row.get(2)?, row.get(3)?, now);
        Ok(Lane { fence: row.get(0)?, paused_until: row.get(1)?, bulk_ceiling, paused_chats: Vec::new() })
    })?;
    lane.paused_chats = tx.query(PAUSED_CHATS, &args![bot, now], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(Some(lane))
}

/// What is left now of a ceiling that was learnt.
pub(super) fn ceiling(ceiling: Option<i64>, since: Option<Timestamp>, now: Timestamp) -> Option<u32> {
    let ceiling = u32::try_from(ceiling?).ok()?;
    let now = forecast::recovered(ceiling, since.unwrap_or(now), now);
    (now < forecast::CEILING_FULL).then_some(now)
}

/// Which node a bot's messages leave from; `None`: nothing is to be sent, or nobody has taken it up.
pub fn owner(tx: &mut Tx, bot: Id<Bot>) -> Result<Option<String>> {
    tx.query_opt(OWNER, &args![bot], |row| row.get(0))
}

/// Gives lanes back, each with the fence of its taking.
pub fn release_lanes(tx: &mut Tx, lanes: &[(Id<Bot>, i64)]) -> Result<()> {
    let mut lanes = lanes.to_vec();
    lanes.sort_unstable();
    let rows: Vec<[Arg; 2]> = lanes.iter().map(|(bot, fence)| args![bot, *fence]).collect();
    tx.execute_rows(RELEASE, &[], &rows).map(drop)
}

/// Has every node look for lanes with work that belong to nobody.
pub fn offer_lanes(tx: &mut Tx) -> Result<()> {
    tx.notify(wake::LANE, "")
}
