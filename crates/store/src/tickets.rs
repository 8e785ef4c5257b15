//! Tickets for streams and sockets: each is taken once, by the hash of what was handed out.

use model::{Actor, ApiKey, Id, Result, Tenant, Timestamp, User};

use crate::{args, db::Tx};

crate::statements! {
    INSERT = "ticket.insert", "INSERT INTO stream_ticket (hash, tenant_id, user_id, key_id, expires_at)
        VALUES ($1, $2, $3, $4, $5)";
    hot EXPIRE = "ticket.expire", "DELETE FROM stream_ticket WHERE expires_at <= $1";
    hot TAKE = "ticket.take", "DELETE FROM stream_ticket WHERE hash = $1 RETURNING tenant_id, user_id, key_id, expires_at";
}

/// Keeps a ticket, and forgets those that nobody came with.
pub fn insert(
    tx: &mut Tx,
    hash: &[u8; 32],
    tenant: Id<Tenant>,
    actor: Actor,
    (now, expires_at): (Timestamp, Timestamp),
) -> Result<()> {
    let (user, key) = match actor {
        Actor::User(id) => (Some(id), None),
        Actor::Key(id) => (None, Some(id)),
        Actor::System => (None, None),
    };
    tx.execute(EXPIRE, &args![now])?;
    tx.execute(INSERT, &args![hash, tenant, user, key, expires_at])?;
    Ok(())
}

/// Takes a ticket away and tells whose it was; `None` when there is no such one, or no longer.
pub fn take(tx: &mut Tx, hash: &[u8; 32], now: Timestamp) -> Result<Option<(Id<Tenant>, Actor)>> {
    let found = tx.query_opt(TAKE, &args![hash], |row| {
        let (user, key): (Option<Id<User>>, Option<Id<ApiKey>>) = (row.get(1)?, row.get(2)?);
        let actor = user.map(Actor::User).or(key.map(Actor::Key));
        Ok((row.get::<Id<Tenant>>(0)?, actor, row.get::<Timestamp>(3)?))
    })?;
    Ok(found.filter(|(.., expires_at)| *expires_at > now).and_then(|(tenant, actor, _)| Some((tenant, actor?))))
}
