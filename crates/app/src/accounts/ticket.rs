//! Tickets: what opens a stream or a socket once, within a minute, for clients that can't send headers. Addresses end up in
//! logs, so nothing that lasts longer may stand in them.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use model::{Actor, Caller, Error, Id, Origin, Result, Tenant, Timestamp};
use secrecy::SecretString;
use store::tickets;

use super::keys;
use crate::App;

/// What every ticket begins with.
const PREFIX: &str = "jt_";
/// How long a ticket is good.
pub const TICKET_MS: i64 = 60_000;
/// No ticket of ours is longer.
const TICKET_BYTES_MAX: usize = 64;

/// A ticket at the only moment when it is known whole.
#[derive(Debug)]
pub struct Ticket {
    pub ticket: SecretString,
    pub expires_at: Timestamp,
}

/// Makes a ticket for who asks.
pub async fn issue_ticket(app: &App, caller: &Caller) -> Result<Ticket> {
    let ticket = format!("{PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode(app.ids.random::<32>()));
    let (hash, now) = (keys::hash(&ticket), app.clock.now());
    let (tenant, actor, expires_at) = (caller.tenant, caller.actor, now + TICKET_MS);
    app.db.write(move |tx| tickets::insert(tx, &hash, tenant, actor, (now, expires_at))).await?;
    Ok(Ticket { ticket: ticket.into(), expires_at })
}

/// Who a ticket was made for, with the role that they have now. A ticket is good once.
pub async fn redeem_ticket(app: &App, ticket: &str) -> Result<Caller> {
    let wrong = || Error::unauthenticated("This ticket is not valid: it is wrong, older than a minute, or was used.");
    if !ticket.starts_with(PREFIX) || ticket.len() > TICKET_BYTES_MAX {
        return Err(wrong());
    }
    let (hash, now) = (keys::hash(ticket), app.clock.now());
    let (tenant, actor) = app.db.write(move |tx| tickets::take(tx, &hash, now)).await?.ok_or_else(wrong)?;
    present(app, tenant, actor).await
}

/// What an actor may do now: for connections that outlive the request which opened them.
pub async fn present(app: &App, tenant: Id<Tenant>, actor: Actor) -> Result<Caller> {
    let (now, scope) = (app.clock.now(), model::Scope::system(tenant));
    let role = app
        .db
        .read(move |tx| match actor {
            Actor::User(id) => {
                let is_active = store::users::find(tx, id)?.is_some_and(|user| user.is_active);
                let memberships = if is_active { store::tenants::memberships(tx, id)? } else { Vec::new() };
                Ok(memberships.into_iter().find(|one| one.tenant == tenant).map(|one| one.role))
            }
            Actor::Key(id) => {
                let key = store::keys::find(tx, &scope, id)?;
                Ok(key.filter(|key| key.expires_at.is_none_or(|at| at > now)).map(|key| key.role))
            }
            Actor::System => Ok(None),
        })
        .await?;
    let role = role.ok_or_else(|| Error::unauthenticated("You may no longer use this. Sign in again."))?;
    Ok(Caller { tenant, actor, role, origin: Origin::Internal })
}
