//! Button data over the channel's 64 bytes: kept here, while a token travels in its place.

use model::{Result, Scope, Timestamp};

use crate::{
    args,
    db::{Arg, Tx},
};

crate::statements! {
    PUT = "callback_data.put", "
        INSERT INTO callback_data (token, tenant_id, data, created_at) VALUES {rows text, bytes, text, int}";
    hot GET = "callback_data.get", "SELECT data FROM callback_data WHERE token = $1 AND tenant_id = $2";
}

/// Keeps values under their tokens.
pub fn put(tx: &mut Tx, scope: &Scope, values: &[(String, String)], now: Timestamp) -> Result<()> {
    let rows: Vec<[Arg; 4]> =
        values.iter().map(|(token, data)| args![token.as_str(), scope.tenant(), data.as_str(), now]).collect();
    tx.execute_rows(PUT, &[], &rows)?;
    Ok(())
}

/// The whole value behind a token of this tenant.
pub fn get(tx: &mut Tx, scope: &Scope, token: &str) -> Result<Option<String>> {
    tx.query_opt(GET, &args![token, scope.tenant()], |row| row.get(0))
}
