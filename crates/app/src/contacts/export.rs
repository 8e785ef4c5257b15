//! All contacts that a filter leaves, as CSV, page by page: memory holds one page.

use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use model::{Error, Result, Scope, contact::Contact};
use serde_json::Value;
use store::{
    contacts::{self, Filter},
    page::{Position, Request, Start},
};

use crate::App;

const PAGE: u32 = 500;

/// The columns, in their order; imports read the same names.
pub const COLUMNS: [&str; 21] = [
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
    "source",
    "do_not_contact",
    "lead_status",
    "lead_score",
    "assigned_to_type",
    "assigned_to_user",
    "ticket_status",
    "custom",
    "last_seen_at",
    "created_at",
    "updated_at",
];

/// The columns that were chosen, in the order in which they stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns(Vec<Column>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Column {
    /// The place in [`COLUMNS`].
    Field(usize),
    /// An attribute of the tenant's own.
    Custom(String),
}

/// Columns that one file has at most.
const CHOSEN_MAX: usize = 200;

impl Default for Columns {
    fn default() -> Self {
        Self((0..COLUMNS.len()).map(Column::Field).collect())
    }
}

impl Columns {
    /// Reads names with commas between; attributes as `custom.<name>`.
    pub fn read(text: &str) -> Result<Self> {
        let columns = text.split(',').map(str::trim).filter(|name| !name.is_empty());
        let columns = columns.map(Column::read).collect::<Result<Vec<_>>>()?;
        if columns.is_empty() || columns.len() > CHOSEN_MAX {
            return Err(Error::field("columns", format!("Name 1 to {CHOSEN_MAX} columns, with commas between.")));
        }
        Ok(Self(columns))
    }

    fn header(&self) -> impl Iterator<Item = String> + '_ {
        self.0.iter().map(|column| match column {
            Column::Field(index) => COLUMNS[*index].to_owned(),
            Column::Custom(name) => format!("custom.{name}"),
        })
    }

    fn record(&self, contact: &Contact) -> Vec<String> {
        let fields = record(contact);
        let cell = |column: &Column| match column {
            Column::Field(index) => fields[*index].clone(),
            Column::Custom(name) => contact.custom.get(name).map(shown).unwrap_or_default(),
        };
        self.0.iter().map(cell).collect()
    }
}

impl Column {
    fn read(name: &str) -> Result<Self> {
        if let Some(name) = name.strip_prefix("custom.").filter(|name| !name.is_empty()) {
            return Ok(Self::Custom(name.to_owned()));
        }
        let index = COLUMNS.iter().position(|column| *column == name);
        index.map(Self::Field).ok_or_else(|| {
            let short: String = name.chars().take(40).collect();
            let known = COLUMNS.join(", ");
            Error::field("columns", format!("\"{short}\" is not one of {known}, or custom.<name>."))
        })
    }
}

/// A value as a cell: texts as they are, everything else as JSON.
fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The CSV in pieces, the header first, the newest contact next.
pub fn export(
    app: &App,
    scope: &Scope,
    filter: Filter,
    columns: Columns,
) -> impl Stream<Item = Result<Bytes>> + Send + 'static {
    let header = csv_header(&columns);
    let lines = pages(app, scope, filter).map(move |page| csv_lines(&columns, &page?));
    stream::once(async { header }).chain(lines)
}

/// The contacts themselves, page by page, newest first.
pub fn pages(app: &App, scope: &Scope, filter: Filter) -> impl Stream<Item = Result<Vec<Contact>>> + Send + 'static {
    let (app, scope) = (app.clone(), *scope);
    stream::try_unfold(Some(Start::First), move |start| {
        let (app, filter) = (app.clone(), filter.clone());
        async move {
            let Some(start) = start else { return Ok(None) };
            let (rows, next) = page(&app, &scope, filter, start).await?;
            Ok(Some((rows, next.map(Start::After))))
        }
    })
}

async fn page(app: &App, scope: &Scope, filter: Filter, start: Start) -> Result<(Vec<Contact>, Option<Position>)> {
    let (scope, request) = (*scope, Request { sort: 0, descending: true, start, size: PAGE, count: false });
    let page = app.db.read(move |tx| contacts::list(tx, &scope, &filter, &request)).await?;
    Ok((page.rows, page.next))
}

/// The names of the columns.
pub fn csv_header(columns: &Columns) -> Result<Bytes> {
    written(|csv| csv.write_record(columns.header()))
}

/// A line for each contact.
pub fn csv_lines(columns: &Columns, contacts: &[Contact]) -> Result<Bytes> {
    written(|csv| contacts.iter().try_for_each(|contact| csv.write_record(columns.record(contact))))
}

fn written(write: impl FnOnce(&mut csv::Writer<Vec<u8>>) -> csv::Result<()>) -> Result<Bytes> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    write(&mut csv).map_err(|error| Error::internal("a line of CSV could not be written").with_source(error))?;
    let bytes = csv.into_inner().map_err(|error| Error::internal(format!("CSV could not be written: {error}")))?;
    Ok(bytes.into())
}

fn record(contact: &Contact) -> [String; 21] {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let shown = |value: Option<String>| value.unwrap_or_default();
    [
        contact.id.to_string(),
        contact.first_name.clone(),
        contact.last_name.clone(),
        text(&contact.phone),
        text(&contact.email),
        text(&contact.company_name),
        shown(contact.telegram_chat_id.map(|id| id.to_string())),
        text(&contact.telegram_username),
        text(&contact.language_code),
        contact.tags.join(";"),
        contact.source.to_string(),
        contact.do_not_contact.to_string(),
        text(&contact.lead_status),
        shown(contact.lead_score.map(|score| score.to_string())),
        text(&contact.assigned_to_type),
        shown(contact.assigned_to_user.map(|id| id.to_string())),
        text(&contact.ticket_status),
        if contact.custom.is_empty() { String::new() } else { serde_json::json!(contact.custom).to_string() },
        shown(contact.last_seen_at.map(|at| at.to_string())),
        contact.created_at.to_string(),
        contact.updated_at.to_string(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_chosen_by_name() {
        let chosen = Columns::read("phone, custom.town,id").unwrap();
        assert_eq!(chosen.header().collect::<Vec<_>>(), ["phone", "custom.town", "id"]);
        assert_eq!(Columns::default().header().collect::<Vec<_>>(), COLUMNS);
        for wrong in ["", ",", "phone,shoe", "custom."] {
            assert!(Columns::read(wrong).is_err(), "{wrong}");
        }
    }
}
