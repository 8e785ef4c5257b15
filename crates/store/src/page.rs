//! Keyset pages: lists that stay right while rows are added, and as fast on page 1,000 as on page 1.
//!
//! A [`List`] is made once with [`pages!`](crate::pages). It knows nothing of URLs: `api::page` turns positions into cursors.

use model::{Error, Result};

use crate::db::{Arg, Column, Condition, FromColumn, Row, Sql, Tx};

/// The type of a key column, with a first and a last value to begin a page at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Int,
    /// Bytes of an id.
    Id,
    /// A text column in byte order (`COLLATE "C"` on PostgreSQL).
    Text,
    /// The list is ordered by its unique key alone, so that there is no second one.
    Unique,
}

impl Kind {
    fn edge(self, descending: bool) -> Arg {
        match (self, descending) {
            (Kind::Int, true) => Arg::Int(i64::MAX),
            (Kind::Int, false) => Arg::Int(i64::MIN),
            (Kind::Id, true) => Arg::from([0xff; 16]),
            (Kind::Id, false) => Arg::from([]),
            (Kind::Text, true) => Arg::Text("\u{10ffff}".repeat(4)),
            (Kind::Text, false) => Arg::Text(String::new()),
            (Kind::Unique, _) => Arg::Null,
        }
    }

    fn holds(self, key: &Arg) -> bool {
        matches!(
            (self, key),
            (Kind::Int, Arg::Int(_))
                | (Kind::Id, Arg::Bytes(_))
                | (Kind::Text, Arg::Text(_))
                | (Kind::Unique, Arg::Null)
        )
    }
}

/// One order in which a list can be read, by the name that `?ordering=` takes.
#[derive(Debug, Clone, Copy)]
pub struct Sort {
    #[doc(hidden)]
    pub name: &'static str,
    #[doc(hidden)]
    pub kind: Kind,
    #[doc(hidden)]
    pub descending: Sql,
    #[doc(hidden)]
    pub ascending: Sql,
}

/// The statements of one list, for each of its orders.
#[derive(Debug, Clone, Copy)]
pub struct List {
    #[doc(hidden)]
    pub unique: Kind,
    #[doc(hidden)]
    pub sorts: &'static [Sort],
    #[doc(hidden)]
    pub count: Sql,
}

/// Where in a list a page begins: the keys of the row beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct Position {
    pub unique: Arg,
    pub sort: Arg,
}

/// From which side of a position to read.
#[derive(Debug, Clone, PartialEq)]
pub enum Start {
    First,
    After(Position),
    Before(Position),
}

/// Which page of a list is wanted.
#[derive(Debug, Clone)]
pub struct Request {
    /// Index into the list's sorts.
    pub sort: usize,
    pub descending: bool,
    pub start: Start,
    pub size: u32,
    /// Whether the whole list is to be counted as well.
    pub count: bool,
}

/// One page, in the order that was asked for.
#[derive(Debug)]
pub struct Page<T> {
    pub rows: Vec<T>,
    pub next: Option<Position>,
    pub previous: Option<Position>,
    pub count: Option<i64>,
}

impl<T> Page<T> {
    pub fn map<U>(self, each: impl FnMut(T) -> U) -> Page<U> {
        Page {
            rows: self.rows.into_iter().map(each).collect(),
            next: self.next,
            previous: self.previous,
            count: self.count,
        }
    }

    /// The page with what its rows stand for.
    pub fn turned<U>(self, turn: impl FnOnce(Vec<T>) -> Result<Vec<U>>) -> Result<Page<U>> {
        let Self { rows, next, previous, count } = self;
        Ok(Page { rows: turn(rows)?, next, previous, count })
    }
}

impl List {
    /// The names that `?ordering=` takes; the first one is the default.
    pub fn sort_names(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.sorts.iter().map(|sort| sort.name)
    }

    /// Whether a position, which came from outside, has keys of this list's types.
    pub fn accepts(&self, sort: usize, position: &Position) -> bool {
        self.sorts.get(sort).is_some_and(|sort| sort.kind.holds(&position.sort)) && self.unique.holds(&position.unique)
    }

    /// All statements, for the test that prepares them.
    pub fn statements(&self) -> Vec<Sql> {
        let pages = self.sorts.iter().flat_map(|sort| [sort.descending, sort.ascending]);
        pages.chain([self.count]).collect()
    }

    /// Reads one page; `filters` are the arguments from `$4` on.
    pub fn page<T>(
        &self,
        tx: &mut Tx,
        request: &Request,
        filters: &[Arg],
        read: impl FnMut(&Row) -> Result<T>,
    ) -> Result<Page<T>> {
        self.page_where(tx, request, (filters, None), read)
    }

    /// As [`List::page`], of a list with `{where}` in it.
    pub fn page_where<T>(
        &self,
        tx: &mut Tx,
        request: &Request,
        filters: (&[Arg], Option<&Condition>),
        mut read: impl FnMut(&Row) -> Result<T>,
    ) -> Result<Page<T>> {
        let count = if request.count { Some(self.count(tx, filters)?) } else { None };
        let mut found = self.rows(tx, request, filters, &mut read)?;
        if found.rows.is_empty() && matches!(request.start, Start::Before(_)) {
            // All rows before have gone meanwhile: what is left begins with the first page.
            let first = Request { start: Start::First, ..request.clone() };
            found = self.rows(tx, &first, filters, &mut read)?;
            return Ok(found.page(&Start::First, count));
        }
        Ok(found.page(&request.start, count))
    }

    fn rows<T>(
        &self,
        tx: &mut Tx,
        request: &Request,
        (filters, condition): (&[Arg], Option<&Condition>),
        read: &mut impl FnMut(&Row) -> Result<T>,
    ) -> Result<Found<T>> {
        let sort = self.sorts.get(request.sort).ok_or_else(|| Error::internal("a page of an unknown order"))?;
        let is_backward = matches!(request.start, Start::Before(_));
        let descending = request.descending != is_backward;
        let (unique, key) = match &request.start {
            Start::First => (self.unique.edge(descending), sort.kind.edge(descending)),
            Start::After(position) | Start::Before(position) => (position.unique.clone(), position.sort.clone()),
        };
        let mut args = vec![Arg::Int(i64::from(request.size) + 1), unique, key];
        args.extend_from_slice(filters);
        let statement = if descending { sort.descending } else { sort.ascending };
        let mut found = Found::of(request.size as usize);
        let take = |row: &Row| found.take(row, read);
        match condition {
            Some(condition) => drop(tx.query_where(statement, &args, condition, take)?),
            None => tx.query_each(statement, &args, take)?,
        }
        Ok(found)
    }

    fn count(&self, tx: &mut Tx, (filters, condition): (&[Arg], Option<&Condition>)) -> Result<i64> {
        let mut args = vec![Arg::Null, Arg::Null, Arg::Null];
        args.extend_from_slice(filters);
        let Some(condition) = condition else { return tx.query_one(self.count, &args, |row| row.get(0)) };
        let counted = tx.query_where(self.count, &args, condition, |row| row.get(0))?;
        counted.first().copied().ok_or_else(|| Error::internal("a count without a row"))
    }
}

/// What a page's statement found, from the position on where it began.
struct Found<T> {
    rows: Vec<T>,
    size: usize,
    has_more: bool,
    /// Of the first row.
    near: Option<Position>,
    /// Of the last one of a full page.
    far: Option<Position>,
}

impl<T> Found<T> {
    fn of(size: usize) -> Self {
        Self { rows: Vec::with_capacity(size), size, has_more: false, near: None, far: None }
    }

    fn take(&mut self, row: &Row, read: &mut impl FnMut(&Row) -> Result<T>) -> Result<()> {
        if self.rows.len() == self.size {
            // It only shows that there is more.
            self.has_more = true;
            return Ok(());
        }
        self.rows.push(read(row)?);
        if self.rows.len() == 1 {
            self.near = Some(position(row)?);
        }
        if self.rows.len() == self.size {
            self.far = Some(position(row)?);
        }
        Ok(())
    }

    /// In the order that was asked for, with the neighbours' positions.
    fn page(self, start: &Start, count: Option<i64>) -> Page<T> {
        let Self { mut rows, has_more, near, far, .. } = self;
        let far = far.filter(|_| has_more);
        let (previous, next) = match start {
            Start::First => (None, far),
            Start::After(_) => (near, far),
            Start::Before(_) => {
                rows.reverse();
                (far, near)
            }
        };
        Page { rows, next, previous, count }
    }
}

/// The keys of a row: its last two columns.
fn position(row: &Row) -> Result<Position> {
    let keys = row.len().saturating_sub(2);
    let Key(unique) = row.get(keys)?;
    let Key(sort) = row.get(keys + 1)?;
    Ok(Position { unique, sort })
}

/// A key column's value, whatever its type.
struct Key(Arg);

impl FromColumn for Key {
    fn from_column(column: Column<'_>) -> Option<Self> {
        Some(Key(match column {
            Column::Null => Arg::Null,
            Column::Int(value) => Arg::Int(value),
            Column::Text(value) => Arg::Text(value.to_owned()),
            Column::Bytes(value) => Arg::from(value),
            Column::Float(_) | Column::Bool(_) => return None,
        }))
    }
}

/// Defines a [`List`]. `$1` to `$3` belong to the page, the list's own arguments begin at `$4`. `from` must end in a
/// `WHERE` clause; where each direction has an end of its own, it is `from { descending …, ascending …, counted … }`, all with
/// the same arguments. A sort is `"name" => Unique` (by the unique key alone: for UUIDv7 the order of creation) or
/// `"name" => Int("column")`; the columns must not be NULL. The first sort is the default.
///
/// ```
/// store::pages! {
///     /// The bots of a tenant.
///     BOTS = "bot.list",
///     select "id, name",
///     from "bot WHERE tenant_id = $4 AND (CAST($5 AS TEXT) IS NULL OR receive_mode = $5)",
///     unique Id "id",
///     sorts { "created_at" => Unique, "updated_at" => Int("updated_at") }
/// }
/// assert_eq!(BOTS.statements().len(), 5);
/// ```
#[macro_export]
macro_rules! pages {
    (@sort $title:expr, $columns:expr, $down:expr, $up:expr, $unique:expr, $name:expr, Unique) => {
        $crate::page::Sort {
            name: $name,
            kind: $crate::page::Kind::Unique,
            descending: $crate::sql!(concat!($title, ".", $name, ".desc"), concat!(
                "SELECT ", $columns, ", ", $unique, ", CAST(NULL AS BIGINT) FROM ", $down,
                " AND CAST($3 AS BIGINT) IS NULL AND ", $unique, " < $2 ORDER BY ", $unique, " DESC LIMIT $1")),
            ascending: $crate::sql!(concat!($title, ".", $name, ".asc"), concat!(
                "SELECT ", $columns, ", ", $unique, ", CAST(NULL AS BIGINT) FROM ", $up,
                " AND CAST($3 AS BIGINT) IS NULL AND ", $unique, " > $2 ORDER BY ", $unique, " LIMIT $1")),
        }
    };
    (@sort $title:expr, $columns:expr, $down:expr, $up:expr, $unique:expr, $name:expr, $kind:ident($sort:expr)) => {
        $crate::page::Sort {
            name: $name,
            kind: $crate::page::Kind::$kind,
            descending: $crate::sql!(concat!($title, ".", $name, ".desc"), concat!(
                "SELECT ", $columns, ", ", $unique, ", ", $sort, " FROM ", $down,
                " AND (", $sort, ", ", $unique, ") < ($3, $2) ORDER BY ", $sort, " DESC, ", $unique, " DESC LIMIT $1")),
            ascending: $crate::sql!(concat!($title, ".", $name, ".asc"), concat!(
                "SELECT ", $columns, ", ", $unique, ", ", $sort, " FROM ", $up,
                " AND (", $sort, ", ", $unique, ") > ($3, $2) ORDER BY ", $sort, ", ", $unique, " LIMIT $1")),
        }
    };
    (
        $(#[$meta:meta])* $list:ident = $title:literal,
        select $columns:expr,
        from { descending $down:expr, ascending $up:expr, counted $all:expr $(,)? },
        unique $unique_kind:ident $unique:literal,
        sorts { $($name:literal => $kind:ident $(($sort:literal))?),+ $(,)? }
    ) => {
        $(#[$meta])*
        pub const $list: $crate::page::List = $crate::page::List {
            unique: $crate::page::Kind::$unique_kind,
            sorts: &[$($crate::pages!(@sort $title, $columns, $down, $up, $unique, $name, $kind $(($sort))?)),+],
            count: $crate::sql!(concat!($title, ".count"), concat!(
                "SELECT COUNT(*) FROM (SELECT ", $unique, " FROM ", $all, " AND CAST($1 AS BIGINT) IS NULL",
                " AND CAST($2 AS BIGINT) IS NULL AND CAST($3 AS BIGINT) IS NULL) AS counted")),
        };
    };
    (
        $(#[$meta:meta])* $list:ident = $title:literal,
        select $columns:expr,
        from $from:expr,
        unique $unique_kind:ident $unique:literal,
        sorts { $($name:literal => $kind:ident $(($sort:literal))?),+ $(,)? }
    ) => {
        $crate::pages! {
            $(#[$meta])* $list = $title,
            select $columns,
            from { descending $from, ascending $from, counted $from },
            unique $unique_kind $unique,
            sorts { $($name => $kind $(($sort))?),+ }
        }
    };
}
