//! The rows of one stretch: contacts that they may mean are looked up at once, each row is judged against those, and what
//! comes of all is written together.

use std::collections::{BTreeMap, HashSet};

use model::{
    Error, ErrorKind, Id, Ids, Result, Scope, Timestamp,
    contact::{
        Contact, ContactKind, Custom, Source,
        attribute::{self, Attribute},
        import::{Import, MatchBy, Policy, Row, Tally},
    },
};
use sha2::{Digest, Sha256};
use store::{
    contacts::{self, Keys, Known, attributes},
    db::Tx,
    imports::{self, Refused, SeenKey},
};

use super::rows::RawRow;
use crate::contacts::edit;

/// How much of a refused row is kept.
const LINE_CHARS_MAX: usize = 2_000;

/// How many refused rows of one import are kept; the others are counted.
const REFUSED_MAX: i64 = 100_000;

/// What one transaction does.
pub(super) struct Batch<'a> {
    import: &'a Import,
    pub scope: Scope,
    now: Timestamp,
    attributes: Vec<Attribute>,
    known: Known,
    /// In a dry run: what earlier stretches would have made can be known again by these.
    seen: HashSet<SeenKey>,
    newly_seen: Vec<SeenKey>,
    /// Contacts to be written, with how they were before.
    written: BTreeMap<Id<Contact>, (Option<Contact>, Contact)>,
    pub tally: Tally,
    pub refused: Vec<Refused>,
}

enum Done {
    Created,
    Updated,
    Unchanged,
}

impl<'a> Batch<'a> {
    /// Reads the rows and writes what they say.
    pub(super) fn run(tx: &mut Tx, ids: &dyn Ids, import: &'a Import, raw: &[RawRow], now: Timestamp) -> Result<Self> {
        let scope = Scope::system(import.tenant);
        let rows: Vec<Result<Row>> = raw.iter().map(|row| read(import, row)).collect();
        let known = contacts::known(tx, &scope, &keys(rows.iter().flatten()))?;
        let attributes = attributes::all(tx, &scope)?;
        let seen = match import.options.is_dry_run {
            true => {
                let keys = rows.iter().flatten().flat_map(|row| seen_keys(import, row)).collect::<Vec<_>>();
                imports::seen(tx, import.id, &keys)?
            }
            false => HashSet::new(),
        };
        let mut batch = Self {
            import,
            scope,
            now,
            attributes,
            known,
            seen,
            newly_seen: Vec::new(),
            written: BTreeMap::new(),
            tally: Tally::default(),
            refused: Vec::new(),
        };
        for (row, raw) in rows.into_iter().zip(raw) {
            batch.tally.read += 1;
            batch.count(tx, ids, row, raw)?;
        }
        match import.options.is_dry_run {
            true => imports::note_seen(tx, import.id, &batch.newly_seen)?,
            false => batch.write(tx, ids)?,
        }
        Ok(batch)
    }

    /// Those that are new or different now.
    pub(super) fn changed(&self) -> Vec<Id<Contact>> {
        self.written.keys().copied().collect()
    }

    fn count(&mut self, tx: &mut Tx, ids: &dyn Ids, row: Result<Row>, raw: &RawRow) -> Result<()> {
        match row.and_then(|row| self.apply(tx, ids, row)) {
            Ok(Done::Created) => self.tally.created += 1,
            Ok(Done::Updated) => self.tally.updated += 1,
            Ok(Done::Unchanged) => self.tally.unchanged += 1,
            Err(error) if matches!(error.kind(), ErrorKind::Invalid | ErrorKind::Conflict) => {
                self.refuse(raw, &error)?
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    fn refuse(&mut self, raw: &RawRow, error: &Error) -> Result<()> {
        self.tally.failed += 1;
        if self.import.tally.failed + self.tally.failed > REFUSED_MAX {
            return Ok(());
        }
        let clean = |text: &str| -> String { text.replace('\0', "\u{fffd}").chars().take(LINE_CHARS_MAX).collect() };
        let cells = match &raw.cells {
            Ok(cells) | Err(cells) => cells,
        };
        let cells: Vec<String> = cells.iter().map(|cell| clean(cell)).collect();
        let line = serde_json::to_string(&cells).map_err(|e| Error::internal("cells are no JSON").with_source(e))?;
        let reasons: Vec<String> =
            error.field_errors().iter().map(|(name, said)| format!("{name}: {}", said.join(" "))).collect();
        let reason = if reasons.is_empty() { error.message().to_owned() } else { reasons.join(" ") };
        // The header is row 1.
        let row_number = self.import.tally.read + self.tally.read + 1;
        self.refused.push(Refused { row_number, reason: clean(&reason), line });
        Ok(())
    }

    /// Everything is judged before anything is written: after a refused row the others go on.
    fn apply(&mut self, tx: &mut Tx, ids: &dyn Ids, row: Row) -> Result<Done> {
        let options = &self.import.options;
        let is_named = row.id.is_some() && matches!(options.match_by, None | Some(MatchBy::Id));
        let before = self.meant(&row).and_then(|id| self.known.contacts.get(&id)).cloned();
        if before.is_none() && is_named {
            return Err(Error::field("id", "There is no such contact."));
        }
        let again = match before {
            None => seen_keys(self.import, &row),
            Some(_) => Vec::new(),
        };
        let was_seen = again.iter().any(|key| self.seen.contains(key));
        let mut contact = before.clone().unwrap_or_else(|| {
            Contact::new(ids.id(), self.import.tenant, ContactKind::Person, Source::Import, self.now)
        });
        let change = match &before {
            Some(before) => row.change_of(before, options.policy),
            None => row.change,
        };
        change.apply(&mut contact)?;
        let none = Custom::new();
        let old = before.as_ref().map_or(&none, |one| &one.custom);
        attribute::read_all(&self.attributes, old, &mut contact.custom)?;
        if before.as_ref() == Some(&contact) {
            return Ok(Done::Unchanged);
        }
        edit::check_somebody(&contact)?;
        self.check_telegram(before.as_ref(), &contact)?;
        edit::check(tx, &self.scope, before.as_ref(), &contact)?;
        contact.updated_at = self.now;
        self.known.put(contact.clone());
        // Of a contact that several rows speak of, the state before the first of them counts.
        let first = self.written.remove(&contact.id).map_or(before.clone(), |(first, _)| first);
        self.written.insert(contact.id, (first, contact));
        self.newly_seen.extend(again);
        Ok(match (before.is_some() || was_seen, options.policy) {
            (false, _) => Done::Created,
            (true, Policy::Skip) => Done::Unchanged,
            (true, Policy::Update | Policy::FillEmpty) => Done::Updated,
        })
    }

    /// A Telegram id that a row before gave to somebody else is not in the database yet.
    fn check_telegram(&self, before: Option<&Contact>, contact: &Contact) -> Result<()> {
        let Some(id) = contact.telegram_chat_id.filter(|id| before.and_then(|one| one.telegram_chat_id) != Some(*id))
        else {
            return Ok(());
        };
        match self.known.owners.get(&id) {
            Some(owner) if *owner != contact.id => {
                let sentence = "Another contact has this Telegram id already.";
                Err(Error::conflict("identity_taken", sentence).with_field("telegram_chat_id", sentence))
            }
            _ => Ok(()),
        }
    }

    /// The contact that a row means: by what was chosen, or else by the surest thing that it says.
    fn meant(&self, row: &Row) -> Option<Id<Contact>> {
        let (known, change) = (&self.known, &row.change);
        let by = |key: MatchBy| match key {
            MatchBy::Id => row.id,
            MatchBy::TelegramChatId => known.by_telegram_chat_id.get(&change.telegram_chat_id.flatten()?).copied(),
            MatchBy::Phone => known.by_phone.get(change.phone.as_ref()?.as_ref()?).copied(),
            MatchBy::Email => known.by_email.get(change.email.as_ref()?.as_ref()?).copied(),
            MatchBy::TelegramUsername => known.by_username.get(&username(row)?).copied(),
        };
        match self.import.options.match_by {
            Some(key) => by(key),
            None => [MatchBy::Id, MatchBy::TelegramChatId, MatchBy::Phone, MatchBy::Email].into_iter().find_map(by),
        }
    }

    fn write(&mut self, tx: &mut Tx, ids: &dyn Ids) -> Result<()> {
        let is_plain = |contact: &Contact| contact.telegram_chat_id.is_none() && !contact.do_not_contact;
        let mut plain = Vec::new();
        for (before, contact) in self.written.values() {
            match before {
                None if is_plain(contact) => plain.push(contact.clone()),
                before => edit::write(tx, &self.scope, ids, before.as_ref(), contact, self.now)?,
            }
        }
        contacts::insert_many(tx, &self.scope, &plain)
    }
}

fn read(import: &Import, raw: &RawRow) -> Result<Row> {
    let cells = raw.cells.as_ref().map_err(|_| Error::invalid("The row is not UTF-8 text."))?;
    if cells.iter().any(|cell| cell.contains('\0')) {
        return Err(Error::invalid("The character U+0000 is not allowed."));
    }
    Row::read(&import.options, cells)
}

fn keys<'a>(rows: impl Iterator<Item = &'a Row>) -> Keys {
    let mut keys = Keys::default();
    for row in rows {
        let change = &row.change;
        keys.ids.extend(row.id);
        keys.telegram_chat_ids.extend(change.telegram_chat_id.flatten());
        keys.phones.extend(change.phone.clone().flatten());
        keys.emails.extend(change.email.clone().flatten());
        keys.usernames.extend(username(row));
    }
    keys
}

/// By what a contact that a row would make is known again; nothing where nothing is made in earnest.
fn seen_keys(import: &Import, row: &Row) -> Vec<SeenKey> {
    if !import.options.is_dry_run {
        return Vec::new();
    }
    let said = |key: MatchBy| match key {
        MatchBy::Id => None,
        MatchBy::TelegramChatId => row.change.telegram_chat_id.flatten().map(|id| id.to_string()),
        MatchBy::Phone => row.change.phone.clone().flatten(),
        MatchBy::Email => row.change.email.as_ref().and_then(Option::as_deref).map(str::to_lowercase),
        MatchBy::TelegramUsername => username(row),
    };
    let keys = match import.options.match_by {
        Some(key) => vec![key],
        None => vec![MatchBy::TelegramChatId, MatchBy::Phone, MatchBy::Email],
    };
    let hash = |(key, text): (MatchBy, String)| {
        let digest = Sha256::digest(format!("{key} {text}"));
        std::array::from_fn(|index| digest[index])
    };
    keys.into_iter().filter_map(|key| Some((key, said(key)?))).map(hash).collect()
}

fn username(row: &Row) -> Option<String> {
    let name = row.change.telegram_username.as_ref()?.as_ref()?;
    Some(name.trim().trim_start_matches('@').to_lowercase())
}
