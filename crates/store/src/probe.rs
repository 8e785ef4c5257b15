//! Whether the database answers at all.

use model::Result;

use crate::db::Tx;

crate::statements! {
    ANSWER = "probe.answer", "SELECT COUNT(*) FROM (SELECT id FROM tenant LIMIT 1) AS one";
}

/// Reads something small.
pub fn answers(tx: &mut Tx) -> Result<()> {
    tx.query_one(ANSWER, &[], |row| row.get::<i64>(0)).map(drop)
}
