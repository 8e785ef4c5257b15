//! A tenant's broadcasts in numbers.

use std::collections::BTreeMap;

use model::{Result, Scope, broadcast::BroadcastStatus};

use super::row::{self, Record};
use crate::{args, columns, db::Tx};

crate::statements! {
    hot BY_STATUS = "broadcast.by_status", "
        SELECT status, COUNT(*), CAST(SUM(total) AS BIGINT), CAST(SUM(sent) AS BIGINT), CAST(SUM(failed) AS BIGINT),
            CAST(SUM(blocked) AS BIGINT), CAST(SUM(skipped) AS BIGINT), CAST(SUM(unknown) AS BIGINT),
            CAST(SUM(cancelled) AS BIGINT)
        FROM broadcast WHERE tenant_id = $1 GROUP BY status ORDER BY status";
    hot RUNNING = "broadcast.running", concat!("SELECT ", row::broadcast_columns!(), " FROM broadcast
        WHERE tenant_id = $1 AND status IN ('SCHEDULED', 'QUEUED', 'SENDING', 'PAUSED') ORDER BY id DESC LIMIT $2");
}

/// How many broadcasts there are by status, and what became of their recipients.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    pub broadcasts: BTreeMap<BroadcastStatus, i64>,
    pub recipients: i64,
    pub sent: i64,
    pub failed: i64,
    pub blocked: i64,
    pub skipped: i64,
    pub unknown: i64,
    pub cancelled: i64,
}

/// All broadcasts of a tenant.
pub fn summary(tx: &mut Tx, scope: &Scope) -> Result<Summary> {
    let mut summary = Summary::default();
    tx.query_each(BY_STATUS, &args![scope.tenant()], |row| {
        summary.broadcasts.insert(columns::word(row, 0)?, row.get(1)?);
        summary.recipients += row.get::<i64>(2)?;
        summary.sent += row.get::<i64>(3)?;
        summary.failed += row.get::<i64>(4)?;
        summary.blocked += row.get::<i64>(5)?;
        summary.skipped += row.get::<i64>(6)?;
        summary.unknown += row.get::<i64>(7)?;
        summary.cancelled += row.get::<i64>(8)?;
        Ok(())
    })?;
    Ok(summary)
}

/// The newest broadcasts that have something before them.
pub fn running(tx: &mut Tx, scope: &Scope, limit: i64) -> Result<Vec<Record>> {
    tx.query(RUNNING, &args![scope.tenant(), limit], row::read)
}
