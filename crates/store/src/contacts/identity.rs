//! Identities: what a contact is called on each channel. An identity names one contact of a tenant at most.

use model::{
    Error, Id, Platform, Result, Scope,
    contact::{Contact, Identity},
};

use crate::{args, db::Tx};

crate::statements! {
    hot FIND = "identity.find", "SELECT contact_id FROM identity
        WHERE tenant_id = $1 AND platform = $2 AND external_id = $3";
    ADD = "identity.add", "INSERT INTO identity (tenant_id, platform, external_id, contact_id, username, proof,
            created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (tenant_id, platform, external_id) DO NOTHING";
    hot REMOVE = "identity.remove", "DELETE FROM identity
        WHERE tenant_id = $1 AND platform = $2 AND external_id = $3 AND contact_id = $4";
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

pub(super) fn taken(identity: &Identity) -> Error {
    let Identity { platform, external_id, .. } = identity;
    Error::conflict("identity_taken", format!("{platform} {external_id} belongs to another contact already."))
}
