//! How a contact stands in its table.

use model::{
    Id, Result, Scope,
    contact::{By, Contact, Identity, search_form},
    message::AuthorType,
};

use crate::{
    args, columns,
    db::{Arg, Row},
};

/// The columns that [`read`] takes, in its order.
macro_rules! contact_columns {
    () => {
        "contact.id, contact.kind, contact.first_name, contact.last_name, contact.phone, contact.email, \
         contact.company_name, contact.telegram_chat_id, contact.telegram_username, contact.language_code, \
         contact.source, contact.custom, contact.do_not_contact, contact.lead_status, contact.lead_score, \
         contact.assigned_to_type, contact.assigned_to_user, contact.ticket_status, contact.last_seen_at, \
         contact.created_at, contact.updated_at"
    };
}
pub(super) use contact_columns;

/// A contact without its tags and identities.
pub(super) fn read(row: &Row, scope: &Scope) -> Result<Contact> {
    Ok(Contact {
        id: row.get(0)?,
        tenant: scope.tenant(),
        kind: columns::word(row, 1)?,
        first_name: row.get(2)?,
        last_name: row.get(3)?,
        phone: row.get(4)?,
        email: row.get(5)?,
        company_name: row.get(6)?,
        telegram_chat_id: row.get(7)?,
        telegram_username: row.get(8)?,
        language_code: row.get(9)?,
        tags: Vec::new(),
        source: columns::word(row, 10)?,
        custom: columns::json(row, 11)?,
        do_not_contact: row.get(12)?,
        lead_status: row.get(13)?,
        lead_score: row.get(14)?,
        assigned_to_type: row.get(15)?,
        assigned_to_user: row.get(16)?,
        ticket_status: row.get(17)?,
        identities: Vec::new(),
        last_seen_at: row.get(18)?,
        created_at: row.get(19)?,
        updated_at: row.get(20)?,
    })
}

/// The values of an insert or update, in the order of the columns there.
pub(super) fn values(contact: &Contact) -> Result<[Arg; 22]> {
    Ok(args![
        contact.id,
        contact.tenant,
        contact.kind.as_str(),
        contact.first_name.as_str(),
        contact.last_name.as_str(),
        contact.phone.as_deref(),
        contact.email.as_deref(),
        contact.company_name.as_deref(),
        contact.telegram_chat_id,
        contact.telegram_username.as_deref(),
        contact.language_code.as_deref(),
        contact.source.as_str(),
        columns::to_json(&contact.custom)?,
        contact.do_not_contact,
        contact.lead_status.as_deref(),
        contact.lead_score,
        contact.assigned_to_type.as_deref(),
        contact.assigned_to_user,
        contact.ticket_status.as_deref(),
        search_text(contact),
        contact.last_seen_at,
        contact.updated_at,
    ])
}

/// What searches look at.
pub fn search_text(contact: &Contact) -> String {
    let parts = [
        Some(contact.first_name.as_str()),
        Some(contact.last_name.as_str()),
        contact.telegram_username.as_deref(),
        contact.phone.as_deref(),
        contact.email.as_deref(),
    ];
    search_form(&parts.into_iter().flatten().collect::<Vec<_>>().join(" "))
}

pub(super) fn read_identity(row: &Row) -> Result<(Id<Contact>, Identity)> {
    let identity = Identity {
        platform: columns::word(row, 1)?,
        external_id: row.get(2)?,
        username: row.get(3)?,
        proof: columns::word(row, 4)?,
        created_at: row.get(5)?,
        proven_at: row.get(6)?,
        proven_by: by(row, 7)?,
    };
    Ok((row.get(0)?, identity))
}

/// Who did something, from two columns; `None` when it was not noted.
pub(super) fn by(row: &Row, column: usize) -> Result<Option<By>> {
    let kind: Option<AuthorType> = columns::word_opt(row, column)?;
    let id: Option<Id<()>> = row.get(column + 1)?;
    Ok(kind.map(|kind| By { kind, id: id.map(|id| id.as_uuid()) }))
}

/// The id of who did something, for its column.
pub(super) fn by_id(by: &By) -> Arg {
    by.id.map_or(Arg::Null, |id| Arg::from(id.into_bytes()))
}
