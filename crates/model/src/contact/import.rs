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
        /// It waits for somebody to say how it is read.
        Draft = "DRAFT",
        Running = "RUNNING", Paused = "PAUSED",
        /// It was counted what would happen, and waits to be started.
        Checked = "CHECKED",
        Completed = "COMPLETED", Cancelled = "CANCELLED", Failed = "FAILED",
    }
}

words! {
    /// How a file's characters are written.
    pub enum Encoding {
        Utf8 = "utf-8",
        Utf16 = "utf-16",
        Windows1252 = "windows-1252",
        /// Nothing but ASCII so far; rows that are not UTF-8 are read as windows-1252.
        Ascii = "us-ascii",
    }
}

words! {
    /// What alone decides whether a row means a contact that is there.
    pub enum MatchBy {
        Id = "id", TelegramChatId = "telegram_chat_id", TelegramUsername = "telegram_username", Phone = "phone",
        Email = "email",
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
    /// Since when it reads, and for how long it was at it.
    pub started_at: Option<Timestamp>,
    pub worked_ms: i64,
    /// The cells of the first rows, until it has ended: they are about people.
    pub samples: Vec<Vec<String>>,
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
    /// `None`: the surest thing that a row says.
    #[serde(default)]
    pub match_by: Option<MatchBy>,
    #[serde(default = "utf8")]
    pub encoding: Encoding,
    /// The names of the columns.
    #[serde(default)]
    pub header: Vec<String>,
    /// Where the first row begins.
    #[serde(default)]
    pub first_byte: i64,
    /// Whether somebody is going to start it by hand after its dry run.
    #[serde(default)]
    pub is_by_hand: bool,
}

const fn utf8() -> Encoding {
    Encoding::Utf8
}

impl Import {
    /// Rows a second, while it was at work.
    pub fn rows_per_second(&self) -> Option<f64> {
        (self.worked_ms > 0).then(|| self.tally.read as f64 * 1000.0 / self.worked_ms as f64)
    }

    /// How long it is going to take from here, at the pace so far.
    pub fn eta_ms(&self) -> Option<i64> {
        let read = self.next_byte - self.options.first_byte;
        let left = (self.file_bytes - self.next_byte).max(0);
        let is_moving = self.status == ImportStatus::Running && read > 0 && self.worked_ms > 0;
        is_moving.then(|| (self.worked_ms as f64 * left as f64 / read as f64) as i64)
    }
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
/// nothing. Without a mapping, a header that is a field's name, or a usual word for it, is that field; another is ignored.
pub fn columns(header: &[String], mapping: &Mapping) -> Result<Vec<Column>> {
    let columns = suggested(header, mapping)?;
    if columns.iter().all(|column| *column == Column::Ignored) {
        let words = "No column of the file is a field of contacts. Say which is which in mapping.";
        return Err(Error::field("file", words));
    }
    Ok(columns)
}

/// From names in the header to fields, `custom.<name>`, or nothing.
pub type Mapping = BTreeMap<String, Option<String>>;

/// As [`columns`], but it may be that nothing is known of any.
pub fn suggested(header: &[String], mapping: &Mapping) -> Result<Vec<Column>> {
    if let Some(name) = mapping.keys().find(|name| !header.contains(name)) {
        return Err(Error::field("mapping", format!("The file has no column \"{name}\".")));
    }
    let chosen = |name: &String| match mapping.get(name) {
        None => Ok(None),
        Some(None) => Ok(Some(Column::Ignored)),
        Some(Some(target)) => target_of(target).map(Some).ok_or_else(|| {
            let fields = FIELDS.join(", ");
            Error::field("mapping", format!("\"{target}\" is no field. Enter custom.<name>, or one of {fields}."))
        }),
    };
    let mut columns = header.iter().map(chosen).collect::<Result<Vec<_>>>()?;
    let taken: Vec<&Column> = columns.iter().flatten().filter(|column| **column != Column::Ignored).collect();
    if let Some(twice) = taken.iter().enumerate().find(|(index, column)| taken[..*index].contains(column)) {
        return Err(Error::field("mapping", format!("Two columns are mapped to \"{}\".", twice.1.target())));
    }
    for (index, name) in header.iter().enumerate() {
        if columns[index].is_none() {
            let guess = target_of(&usual(&normalised(name))).filter(|guess| !columns.contains(&Some(guess.clone())));
            columns[index] = Some(guess.unwrap_or(Column::Ignored));
        }
    }
    Ok(columns.into_iter().flatten().collect())
}

impl Column {
    /// As a mapping names it; nothing for what is ignored.
    pub fn target(&self) -> String {
        match self {
            Column::Field(name) => name.clone(),
            Column::Custom(name) => format!("custom.{name}"),
            Column::Ignored => String::new(),
        }
    }
}

/// The field that a usual word in a header means.
fn usual(name: &str) -> String {
    let field = match name {
        "firstname" | "given_name" | "givenname" | "forename" | "vorname" | "prenom" | "nombre" => "first_name",
        "lastname" | "surname" | "family_name" | "nachname" | "familienname" | "nom" | "apellido" => "last_name",
        "telephone" | "tel" | "phone_number" | "mobile" | "mobile_phone" | "cell" | "telefon" | "handy" | "mobil" => {
            "phone"
        }
        "e_mail" | "mail" | "email_address" | "e_mail_address" => "email",
        "company" | "organisation" | "organization" | "firma" => "company_name",
        "telegram_id" | "telegram_user_id" | "chat_id" => "telegram_chat_id",
        "telegram" | "username" | "telegram_name" => "telegram_username",
        "language" | "locale" | "lang" | "sprache" => "language_code",
        "labels" | "tag" => "tags",
        "opted_out" | "unsubscribed" => "do_not_contact",
        other => other,
    };
    field.to_owned()
}

/// What kind of thing a column's cells seem to be: for people who map columns.
pub fn kind_of(cells: &[&str]) -> &'static str {
    let cells: Vec<&str> = cells.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).collect();
    let all = |test: &dyn Fn(&str) -> bool| !cells.is_empty() && cells.iter().all(|cell| test(cell));
    let is_email = |cell: &str| cell.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    if all(&is_email) {
        "email"
    } else if all(&|cell| cell.starts_with('+') && phone::e164(cell).is_ok()) {
        "phone"
    } else if all(&|cell| super::attribute::day(cell).is_some()) {
        "date"
    } else if all(&|cell| !cell.starts_with('+') && cell.parse::<f64>().is_ok_and(f64::is_finite)) {
        "number"
    } else if all(&|cell| truth(cell).is_ok()) {
        "boolean"
    } else {
        "text"
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
        Options { separator: b',', columns, policy: Policy::Update, tags: vec!["new".into()], ..plain() }
    }

    fn plain() -> Options {
        serde_json::from_str(r#"{"separator": 44, "columns": [], "policy": "update", "tags": [], "is_dry_run": false}"#)
            .unwrap()
    }

    #[test]
    fn usual_words_and_cells_are_recognised() {
        let header = ["E-Mail", "mail", "Vorname", "shoe"].map(str::to_owned);
        let found: Vec<_> = suggested(&header, &Mapping::new()).unwrap().iter().map(Column::target).collect();
        assert_eq!(found, ["email", "", "first_name", ""]);
        for (cells, kind) in [
            (["a@b.example", ""], "email"),
            (["+14155550100", "+1 415 555 0101"], "phone"),
            (["1", "2.5"], "number"),
            (["2026-11-25", "2026-01-01"], "date"),
            (["yes", "no"], "boolean"),
            (["", ""], "text"),
            (["a", "1"], "text"),
        ] {
            assert_eq!(kind_of(&cells), kind, "{cells:?}");
        }
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
            (names(&["x", "y"]), ["x", "y"].map(|name| (name.to_owned(), Some("phone".to_owned()))).into()),
        ] {
            assert!(columns(&header, &mapping).is_err(), "{header:?} {mapping:?}");
        }
        let by_hand = columns(&names(&["phone", "x"]), &[("x".to_owned(), Some("phone".to_owned()))].into());
        assert_eq!(by_hand.unwrap(), [Column::Ignored, field("phone")], "a choice takes the place of a guess");
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
