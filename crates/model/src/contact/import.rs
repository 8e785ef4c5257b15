//! Reading contacts from rows of text: which column is which field, and what a row sets.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Contact, Custom,
    change::{Change, CustomChange},
};
use crate::{Error, Id, Result, Tenant, Timestamp, phone, word::words};

words! {
    /// What becomes of a contact that is there already.
    pub enum Policy {
        /// What the row says replaces what was there; empty cells change nothing.
        Update = "update",
        /// Only what was empty is filled.
        FillEmpty = "fill_empty",
        /// It stays as it is.
        Skip = "skip",
    }
}

words! {
    pub enum ImportStatus {
        Running = "RUNNING", Paused = "PAUSED", Completed = "COMPLETED", Cancelled = "CANCELLED", Failed = "FAILED",
    }
}

impl ImportStatus {
    pub const fn is_final(self) -> bool {
        matches!(self, ImportStatus::Completed | ImportStatus::Cancelled | ImportStatus::Failed)
    }
}

/// A file of contacts, how it is read, and how far.
#[derive(Debug, Clone, PartialEq)]
pub struct Import {
    pub id: Id<Import>,
    pub tenant: Id<Tenant>,
    pub status: ImportStatus,
    /// Why it stopped before its end.
    pub status_reason: Option<String>,
    pub file_name: Option<String>,
    /// In the file storage.
    pub file_key: String,
    pub file_bytes: i64,
    pub options: Options,
    /// The first byte that has not been read.
    pub next_byte: i64,
    pub tally: Tally,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub finished_at: Option<Timestamp>,
}

/// What became of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    pub read: i64,
    pub created: i64,
    pub updated: i64,
    pub unchanged: i64,
    pub failed: i64,
}

/// How a file is read. Stored as JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Options {
    /// One ASCII character.
    pub separator: u8,
    pub columns: Vec<Column>,
    pub policy: Policy,
    /// Given to every contact of the file.
    pub tags: Vec<String>,
    /// Counts what would happen and writes nothing.
    pub is_dry_run: bool,
}

/// What a column of the file holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    Field(String),
    /// An attribute that the tenant names.
    Custom(String),
    Ignored,
}

/// The fields that a column can hold.
pub const FIELDS: [&str; 17] = [
    "id",
    "first_name",
    "last_name",
    "phone",
    "email",
    "company_name",
    "telegram_chat_id",
    "telegram_username",
    "language_code",
    "tags",
    "do_not_contact",
    "lead_status",
    "lead_score",
    "assigned_to_type",
    "assigned_to_user",
    "ticket_status",
    "custom",
];

/// Columns of our own exports that an import can't set.
const READ_ONLY: [&str; 4] = ["source", "last_seen_at", "created_at", "updated_at"];

/// What the columns hold, by the names in the header and the caller's mapping from those to fields, `custom.<name>` or
/// nothing. Without a mapping, a header that is a field's name is that field, and another is ignored.
pub fn columns(header: &[String], mapping: &BTreeMap<String, Option<String>>) -> Result<Vec<Column>> {
    if let Some(name) = mapping.keys().find(|name| !header.contains(name)) {
        return Err(Error::field("mapping", format!("The file has no column \"{name}\".")));
    }
    let column = |name: &String| match mapping.get(name) {
        Some(None) => Ok(Column::Ignored),
        Some(Some(target)) => target_of(target).ok_or_else(|| {
            let fields = FIELDS.join(", ");
            Error::field("mapping", format!("\"{target}\" is no field. Enter custom.<name>, or one of {fields}."))
        }),
        None => Ok(target_of(&normalised(name)).unwrap_or(Column::Ignored)),
    };
    let columns = header.iter().map(column).collect::<Result<Vec<_>>>()?;
    let fields: Vec<_> = columns.iter().filter(|column| **column != Column::Ignored).collect();
    if fields.is_empty() {
        let words = "No column of the file is a field of contacts. Say which is which in mapping.";
        return Err(Error::field("file", words));
    }
    let twice = fields.iter().enumerate().find(|(index, column)| fields[..*index].contains(column));
    match twice {
        Some((_, Column::Field(name) | Column::Custom(name))) => {
            Err(Error::field("mapping", format!("Two columns are mapped to \"{name}\".")))
        }
        _ => Ok(columns),
    }
}

fn target_of(target: &str) -> Option<Column> {
    if let Some(name) = target.strip_prefix("custom.").filter(|name| !name.is_empty()) {
        return Some(Column::Custom(name.to_owned()));
    }
    if READ_ONLY.contains(&target) {
        return Some(Column::Ignored);
    }
    FIELDS.contains(&target).then(|| Column::Field(target.to_owned()))
}

/// `First Name` is `first_name`.
fn normalised(header: &str) -> String {
    header.trim().to_lowercase().replace([' ', '-'], "_")
}

/// The separator of a header line: of those in use, the one that stands there most often.
pub fn guess_separator(header: &str) -> u8 {
    let count = |separator: &u8| header.bytes().filter(|byte| byte == separator).count();
    // The first of equals is a comma.
    *b"|\t;,".iter().max_by_key(|separator| count(separator)).unwrap_or(&b',')
}

/// What one row says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Row {
    /// Of a contact of ours, from an earlier export.
    pub id: Option<Id<Contact>>,
    pub change: Change,
}

impl Row {
    /// Reads the cells by their columns. An empty cell says nothing.
    pub fn read(options: &Options, cells: &[String]) -> Result<Row> {
        if cells.len() > options.columns.len() {
            let (has, header) = (cells.len(), options.columns.len());
            return Err(Error::invalid(format!("The row has {has} cells, the header has {header}.")));
        }
        let mut row = Row::default();
        let mut custom = Custom::new();
        for (column, cell) in options.columns.iter().zip(cells) {
            let cell = cell.trim();
            match column {
                _ if cell.is_empty() => {}
                Column::Ignored => {}
                Column::Custom(name) => {
                    custom.insert(name.clone(), Value::from(cell));
                }
                Column::Field(name) => row.set(name, cell, &mut custom).map_err(|error| error.at_field(name))?,
            }
        }
        if !custom.is_empty() {
            row.change.custom = Some(CustomChange::Merge(custom));
        }
        if !options.tags.is_empty() {
            row.change.tags.get_or_insert_default().extend(options.tags.iter().cloned());
        }
        Ok(row)
    }

    fn set(&mut self, name: &str, cell: &str, custom: &mut Custom) -> Result<()> {
        let change = &mut self.change;
        let text = || Some(Some(cell.to_owned()));
        match name {
            "id" => self.id = Some(cell.parse()?),
            "first_name" => change.first_name = Some(cell.to_owned()),
            "last_name" => change.last_name = Some(cell.to_owned()),
            "phone" => change.phone = Some(Some(phone::e164(cell)?)),
            "email" => change.email = text(),
            "company_name" => change.company_name = text(),
            "telegram_chat_id" => change.telegram_chat_id = Some(Some(whole(cell)?)),
            "telegram_username" => change.telegram_username = text(),
            "language_code" => change.language_code = text(),
            "tags" => {
                change.tags =
                    Some(cell.split([';', ',']).filter(|tag| !tag.trim().is_empty()).map(str::to_owned).collect())
            }
            "do_not_contact" => change.do_not_contact = Some(truth(cell)?),
            "lead_status" => change.lead_status = text(),
            "lead_score" => change.lead_score = Some(Some(whole(cell)?)),
            "assigned_to_type" => change.assigned_to_type = text(),
            "assigned_to_user" => change.assigned_to_user = Some(Some(cell.parse()?)),
            "ticket_status" => change.ticket_status = text(),
            "custom" => custom.extend(object(cell)?),
            _ => return Err(Error::internal(format!("a column of an import is mapped to {name}"))),
        }
        Ok(())
    }

    /// What the row sets on a contact that is there already. Tags are always added to, never taken away.
    pub fn change_of(mut self, contact: &Contact, policy: Policy) -> Change {
        if let Some(tags) = &mut self.change.tags {
            tags.extend(contact.tags.iter().cloned());
        }
        match policy {
            Policy::Update => self.change,
            Policy::Skip => Change::default(),
            Policy::FillEmpty => self.change.only_where_empty(contact),
        }
    }
}

fn whole(cell: &str) -> Result<i64> {
    cell.parse().map_err(|_| Error::invalid("Enter a whole number."))
}

pub(super) fn truth(cell: &str) -> Result<bool> {
    match cell.to_lowercase().as_str() {
        "true" | "yes" | "1" => Ok(true),
        "false" | "no" | "0" => Ok(false),
        _ => Err(Error::invalid("Enter true or false.")),
    }
}

fn object(cell: &str) -> Result<Custom> {
    serde_json::from_str(cell).map_err(|_| Error::invalid("Enter the attributes as a JSON object."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contact::{ContactKind, Source};

    fn options(header: &[&str]) -> Options {
        let header: Vec<String> = header.iter().map(|name| (*name).to_owned()).collect();
        let mapping = [("Firma".to_owned(), Some("company_name".to_owned())), ("X".to_owned(), None)];
        let mapping = mapping.into_iter().filter(|(name, _)| header.contains(name)).collect();
        let columns = columns(&header, &mapping).unwrap();
        Options { separator: b',', columns, policy: Policy::Update, tags: vec!["new".into()], is_dry_run: false }
    }

    fn row(options: &Options, cells: &[&str]) -> Result<Row> {
        Row::read(options, &cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn headers_find_their_fields() {
        let options = options(&["First Name", "Firma", "X", "custom.size", "source", "whatever"]);
        let field = |name: &str| Column::Field(name.to_owned());
        let custom = Column::Custom("size".to_owned());
        let expected =
            [field("first_name"), field("company_name"), Column::Ignored, custom, Column::Ignored, Column::Ignored];
        assert_eq!(options.columns, expected);
        assert_eq!(guess_separator("a;b;c,d"), b';');
        assert_eq!(guess_separator("a"), b',');
        assert_eq!(guess_separator("a\tb"), b'\t');
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        for (header, mapping) in [
            (names(&["a", "b"]), BTreeMap::new()),
            (names(&["phone"]), [("tel".to_owned(), None)].into()),
            (names(&["phone"]), [("phone".to_owned(), Some("fone".to_owned()))].into()),
            (names(&["phone", "x"]), [("x".to_owned(), Some("phone".to_owned()))].into()),
        ] {
            assert!(columns(&header, &mapping).is_err(), "{header:?} {mapping:?}");
        }
    }

    #[test]
    fn a_row_sets_what_its_cells_say() {
        let options = options(&["first_name", "phone", "tags", "custom.size", "do_not_contact"]);
        let read = row(&options, &[" Ada ", "+1 415 555 0100", "a; b", "9", "yes"]).unwrap();
        assert_eq!(read.change.phone, Some(Some("+14155550100".into())));
        assert_eq!(read.change.tags, Some(vec!["a".into(), " b".into(), "new".into()]));
        assert_eq!(read.change.do_not_contact, Some(true));
        assert!(row(&options, &["Ada", "12"]).is_err());
        assert!(row(&options, &["Ada", "", "", "", "maybe"]).is_err());
        assert!(row(&options, &["", "", "", "", "", "too many"]).is_err());
    }

    #[test]
    fn a_policy_decides_over_what_is_there() {
        let options = options(&["first_name", "email"]);
        let now = Timestamp::from_ms(0);
        let mut ada =
            Contact::new(Id::from_bytes([1; 16]), Id::from_bytes([2; 16]), ContactKind::Person, Source::Api, now);
        ada.first_name = "Ada".into();
        ada.tags = vec!["vip".into()];
        let change = |policy| row(&options, &["A.", "a@b.example"]).unwrap().change_of(&ada, policy);
        assert_eq!(change(Policy::Update).first_name, Some("A.".into()));
        let filled = change(Policy::FillEmpty);
        assert_eq!((filled.first_name, filled.email), (None, Some(Some("a@b.example".into()))));
        assert_eq!(filled.tags, Some(vec!["new".into(), "vip".into()]));
        assert_eq!(change(Policy::Skip), Change::default());
    }
}
