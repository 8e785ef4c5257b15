//! Rows that come out of statements, read with a typed `get` that never panics.

use model::{Error, Id, Result, Timestamp};

use super::{postgres, sqlite};

/// One row, borrowed while it is being read.
#[derive(Debug)]
pub struct Row<'a> {
    statement: &'static str,
    source: Source<'a>,
}

#[derive(Debug)]
enum Source<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a tokio_postgres::Row),
}

impl<'a> Row<'a> {
    pub(super) fn sqlite(statement: &'static str, row: &'a rusqlite::Row<'a>) -> Self {
        Self { statement, source: Source::Sqlite(row) }
    }

    pub(super) fn postgres(statement: &'static str, row: &'a tokio_postgres::Row) -> Self {
        Self { statement, source: Source::Postgres(row) }
    }

    /// How many columns there are.
    #[expect(clippy::len_without_is_empty, reason = "a row without columns is of no use to anybody")]
    pub fn len(&self) -> usize {
        match self.source {
            Source::Sqlite(row) => row.as_ref().column_count(),
            Source::Postgres(row) => row.len(),
        }
    }

    /// The value of the column at `index`, counted from 0.
    pub fn get<T: FromColumn>(&self, index: usize) -> Result<T> {
        let column = self.column(index);
        column.and_then(T::from_column).ok_or_else(|| self.not_a(std::any::type_name::<T>(), index, column))
    }

    /// The text of the column at `index` where it stands; `None` when it is NULL.
    pub fn text(&self, index: usize) -> Result<Option<&str>> {
        match self.column(index) {
            Some(Column::Text(text)) => Ok(Some(text)),
            Some(Column::Null) => Ok(None),
            column => Err(self.not_a("text", index, column)),
        }
    }

    fn column(&self, index: usize) -> Option<Column<'_>> {
        match self.source {
            Source::Sqlite(row) => sqlite::column(row, index),
            Source::Postgres(row) => postgres::column(row, index),
        }
    }

    #[cold]
    fn not_a(&self, wanted: &str, index: usize, found: Option<Column<'_>>) -> Error {
        let found = found.map_or("missing or of a type that is not shared by both engines", |found| found.type_name());
        Error::internal(format!("statement {}: column {index} is {found}, not {wanted}", self.statement))
    }
}

/// One column's value as the engine holds it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Column<'a> {
    Null,
    Int(i64),
    Float(f64),
    Bool(bool),
    Text(&'a str),
    Bytes(&'a [u8]),
}

impl Column<'_> {
    fn type_name(&self) -> &'static str {
        match self {
            Column::Null => "NULL",
            Column::Int(_) => "an integer",
            Column::Float(_) => "a float",
            Column::Bool(_) => "a boolean",
            Column::Text(_) => "text",
            Column::Bytes(_) => "bytes",
        }
    }
}

/// Types that a column can be read as; `None` when it does not fit.
pub trait FromColumn: Sized {
    fn from_column(column: Column<'_>) -> Option<Self>;
}

macro_rules! from_column {
    ($($target:ty { $($pattern:pat => $value:expr),+ $(,)? })+) => {
        $(impl FromColumn for $target {
            fn from_column(column: Column<'_>) -> Option<Self> {
                match column {
                    $($pattern => $value,)+
                    _ => None,
                }
            }
        })+
    };
}

from_column! {
    i64 { Column::Int(value) => Some(value) }
    i32 { Column::Int(value) => value.try_into().ok() }
    u64 { Column::Int(value) => value.try_into().ok() }
    u32 { Column::Int(value) => value.try_into().ok() }
    u16 { Column::Int(value) => value.try_into().ok() }
    u8 { Column::Int(value) => value.try_into().ok() }
    usize { Column::Int(value) => value.try_into().ok() }
    // SQLite stores a whole float in an INTEGER-affine expression as an integer.
    f64 { Column::Float(value) => Some(value), Column::Int(value) => Some(value as f64) }
    // SQLite has no booleans.
    bool { Column::Bool(value) => Some(value), Column::Int(0) => Some(false), Column::Int(1) => Some(true) }
    String { Column::Text(value) => Some(value.to_owned()) }
    Vec<u8> { Column::Bytes(value) => Some(value.to_vec()) }
    Timestamp { Column::Int(value) => Some(Timestamp::from_ms(value)) }
}

impl<const N: usize> FromColumn for [u8; N] {
    fn from_column(column: Column<'_>) -> Option<Self> {
        match column {
            Column::Bytes(value) => value.try_into().ok(),
            _ => None,
        }
    }
}

impl<T> FromColumn for Id<T> {
    fn from_column(column: Column<'_>) -> Option<Self> {
        <[u8; 16]>::from_column(column).map(Id::from_bytes)
    }
}

impl<T: FromColumn> FromColumn for Option<T> {
    fn from_column(column: Column<'_>) -> Option<Self> {
        match column {
            Column::Null => Some(None),
            column => T::from_column(column).map(Some),
        }
    }
}
