//! Identities: what a contact is called on each channel. An identity names one contact of a tenant at most.

use model::{
    Error, Id, Platform, Result, Scope, Timestamp,
    contact::{By, Contact, Identity, Proof},
};

use super::row;
use crate::{
    args,
    db::{Arg, Tx},
};

crate::statements! {
    hot FIND = "identity.find", "SELECT contact_id FROM identity
        WHERE tenant_id = $1 AND platform = $2 AND external_id = $3";
    ADD = "identity.add", "INSERT INTO identity (tenant_id, platform, external_id, contact_id, username, proof,
            created_at, proven_at, proven_by_type, proven_by_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (tenant_id, platform, external_id) DO NOTHING";
    hot REMOVE = "identity.remove", "DELETE FROM identity
        WHERE tenant_id = $1 AND platform = $2 AND external_id = $3 AND contact_id = $4";
    hot PROVE = "identity.prove", "UPDATE identity SET proof = $1, proven_at = $2, proven_by_type = $3, proven_by_id = $4
        WHERE tenant_id = $5 AND platform = $6 AND external_id = $7";
}

/// Whose identity it is.
pub fn by_identity(tx: &mut Tx, scope: &Scope, platform: Platform, external_id: &str) -> Result<Option<Id<Contact>>> {
    tx.query_opt(FIND, &args![scope.tenant(), platform.as_str(), external_id], |row| row.get(0))
}

/// Gives a contact an identity; `false` when it is taken, even by the same contact.
pub fn add_identity(tx: &mut Tx, scope: &Scope, contact: Id<Contact>, identity: &Identity) -> Result<bool> {
    let args = args![
        scope.tenant(),
        identity.platform.as_str(),
        identity.external_id.as_str(),
        contact,
        identity.username.as_deref(),
        identity.proof.as_str(),
        identity.created_at,
        identity.proven_at,
        identity.proven_by.map(|by| by.kind.as_str()),
        identity.proven_by.as_ref().map_or(Arg::Null, row::by_id),
    ];
    Ok(tx.execute(ADD, &args)? > 0)
}

/// Takes an identity off a contact; `false` when it was not the contact's.
pub fn remove_identity(
    tx: &mut Tx,
    scope: &Scope,
    contact: Id<Contact>,
    platform: Platform,
    external_id: &str,
) -> Result<bool> {
    Ok(tx.execute(REMOVE, &args![scope.tenant(), platform.as_str(), external_id, contact])? > 0)
}

/// Notes a better proof of an identity.
pub(super) fn prove(
    tx: &mut Tx,
    scope: &Scope,
    (platform, external_id): (Platform, &str),
    proof: Proof,
    by: By,
    now: Timestamp,
) -> Result<()> {
    let args =
        args![proof.as_str(), now, by.kind.as_str(), row::by_id(&by), scope.tenant(), platform.as_str(), external_id];
    tx.execute(PROVE, &args).map(drop)
}

pub(super) fn taken(identity: &Identity) -> Error {
    let Identity { platform, external_id, .. } = identity;
    Error::conflict("identity_taken", format!("{platform} {external_id} belongs to another contact already."))
}
