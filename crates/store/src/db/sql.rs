//! Statements as constants: a name for logs and errors, and a text in the subset that both engines understand.
//!
//! Placeholders are `$1`, `$2`, …. Seven marks are replaced when the statement runs:
//! - `{skip_locked}`: `FOR UPDATE SKIP LOCKED` on PostgreSQL, nothing on SQLite, whose writers are alone anyway.
//! - `{lock}`: `FOR NO KEY UPDATE` on PostgreSQL, nothing on SQLite: the rows that were read change no more until the end.
//! - `{check}`: before a column that is compared; `+` on SQLite, which then looks for no index by it, nothing on PostgreSQL.
//!   Without figures SQLite takes a tenant for small, and would read all of its rows to find those of a list.
//! - `{in}`: the list of [`Tx::query_in`](super::Tx::query_in), always as in `id IN ({in})`.
//! - `{of contact.id}`: the same list, in place of a table: those of its rows whose column is in it. SQLite then looks each up
//!   by itself, where it sorts a list of `{in}` into a table of its own first; a page of fifty takes half as long.
//! - `{rows bytes, int, text}`: the rows of [`Tx::execute_rows`](super::Tx::execute_rows), always as in `VALUES {rows …}`;
//!   the types (`int`, `float`, `bool`, `text`, `bytes`) tell PostgreSQL what it could not infer. Its columns are called
//!   `column1`, `column2`, ….
//! - `{where}`: the condition of [`Tx::query_where`](super::Tx::query_where); without one, `TRUE`.
//!
//! A statement has one list or one set of rows.
//!
//! SQLite gets a placeholder for each value of a list or of rows. PostgreSQL gets one array for a list, and one for each
//! column of the rows: the text is the same however many there are, and thousands go in one round trip.

use std::{borrow::Cow, fmt::Write};

use super::{Arg, Condition, Engine};

const WRITING: &str = "writing to a String cannot fail";

/// One statement. Make it with [`statements!`](crate::statements!) or [`sql!`](crate::sql!).
#[derive(Debug, Clone, Copy)]
pub struct Sql {
    pub(super) name: &'static str,
    postgres: &'static str,
    sqlite: &'static str,
    is_hot: bool,
}

impl Sql {
    #[doc(hidden)]
    pub const fn new(name: &'static str, postgres: &'static str, sqlite: &'static str) -> Self {
        Self { name, postgres, sqlite, is_hot: false }
    }

    /// Marks a statement whose plan must not read a whole table.
    pub const fn hot(mut self) -> Self {
        self.is_hot = true;
        self
    }

    pub const fn name(&self) -> &'static str {
        self.name
    }

    pub const fn is_hot(&self) -> bool {
        self.is_hot
    }

    /// Whether it is about the items of a list, or about given rows.
    pub fn has_list(&self) -> bool {
        self.postgres.contains("{in}") || self.postgres.contains("{rows ") || self.is_of_list()
    }

    /// Whether it reads the rows of a list by `{of …}`.
    pub(super) fn is_of_list(&self) -> bool {
        self.postgres.contains("{of ")
    }

    /// How many arguments stand outside of `{in}` and `{rows …}`: the highest number written out.
    pub(super) fn fixed_args(&self) -> usize {
        let numbers = self.postgres.split('$').skip(1).map(|rest| {
            let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            rest[..digits].parse().unwrap_or(0)
        });
        numbers.max().unwrap_or(0)
    }

    /// The text as it was written, with the engine's placeholders.
    pub(super) fn text(&self, engine: Engine) -> &'static str {
        match engine {
            Engine::Sqlite => self.sqlite,
            Engine::Postgres => self.postgres,
        }
    }

    /// The text for `engine` with a condition in the place of `{where}`, and all its arguments.
    pub(super) fn render_where(&self, engine: Engine, fixed: &[Arg], condition: &Condition) -> (String, Vec<Arg>) {
        let (mut text, mut args) = (String::new(), fixed.to_vec());
        let whole = self.text(engine);
        match whole.split_once("{where}") {
            None => text.push_str(whole),
            Some((before, after)) => {
                text.push_str(before);
                condition.render(engine, &mut text, &mut args);
                text.push_str(after);
            }
        }
        let check = if engine == Engine::Sqlite { "+" } else { "" };
        (text.replace("{check}", check), args)
    }

    /// The text for `engine`, with `count` rows or list items whose placeholders follow the `fixed` first ones. On
    /// PostgreSQL it is the same for every `count`.
    pub(super) fn render(&self, engine: Engine, fixed: usize, count: usize) -> Cow<'static, str> {
        let mut rest = self.text(engine);
        if !rest.contains('{') {
            return Cow::Borrowed(rest);
        }
        let mut text = String::with_capacity(rest.len() + 24 * count);
        while let Some((before, after)) = rest.split_once('{') {
            let Some((mark, after)) = after.split_once('}') else { break };
            text.push_str(before);
            rest = after;
            match (mark.split_once(' '), engine) {
                (None, _) if mark == "skip_locked" => text.push_str(skip_locked(engine)),
                (None, _) if mark == "lock" => text.push_str(lock(engine)),
                (None, Engine::Sqlite) if mark == "check" => text.push('+'),
                (None, Engine::Postgres) if mark == "check" => {}
                (None, _) if mark == "where" => text.push_str("TRUE"),
                (None, Engine::Sqlite) if mark == "in" => push_list(&mut text, fixed, count),
                (None, Engine::Postgres) if mark == "in" => rest = push_any(&mut text, rest, fixed),
                (Some(("of", column)), Engine::Sqlite) => push_lookups(&mut text, fixed, count, column),
                (Some(("of", column)), Engine::Postgres) => push_narrowed(&mut text, fixed, column),
                (Some(("rows", types)), Engine::Sqlite) => push_rows(&mut text, fixed, count, types),
                (Some(("rows", types)), Engine::Postgres) => push_columns(&mut text, fixed, types),
                _ => write!(text, "{{{mark}}}").expect(WRITING),
            }
        }
        text.push_str(rest);
        Cow::Owned(text)
    }
}

fn skip_locked(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "",
        Engine::Postgres => "FOR UPDATE SKIP LOCKED",
    }
}

fn lock(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "",
        Engine::Postgres => "FOR NO KEY UPDATE",
    }
}

/// `?2,?,?`: without a number of its own, a placeholder has the one after the highest so far.
fn push_list(text: &mut String, fixed: usize, count: usize) {
    write!(text, "?{}", fixed + 1).expect(WRITING);
    text.extend(std::iter::repeat_n(",?", count.saturating_sub(1)));
}

/// `(?1,?),(?,?)`
fn push_rows(text: &mut String, fixed: usize, count: usize, types: &str) {
    let columns = types.split(',').count();
    text.push('(');
    push_list(text, fixed, columns);
    text.push(')');
    let row = format!(",(?{})", ",?".repeat(columns - 1));
    text.extend(std::iter::repeat_n(row.as_str(), count.saturating_sub(1)));
}

/// `{of t.a}` becomes `(VALUES (?2),(?)) AS listed CROSS JOIN t ON t.a = listed.column1`.
fn push_lookups(text: &mut String, fixed: usize, count: usize, column: &str) {
    text.push_str("(VALUES ");
    push_rows(text, fixed, count, "any");
    let table = column.split('.').next().unwrap_or_default();
    write!(text, ") AS listed CROSS JOIN {table} ON {column} = listed.column1").expect(WRITING);
}

/// `{of t.a}` becomes `(SELECT * FROM t WHERE t.a = ANY ($2)) AS t`, of which the plan knows nothing.
fn push_narrowed(text: &mut String, fixed: usize, column: &str) {
    let table = column.split('.').next().unwrap_or_default();
    write!(text, "(SELECT * FROM {table} WHERE {column} = ANY (${})) AS {table}", fixed + 1).expect(WRITING);
}

/// `IN ({in})` becomes `= ANY ($2)`. Answers what is left of `after`.
fn push_any<'a>(text: &mut String, after: &'a str, fixed: usize) -> &'a str {
    let (true, Some(after)) = (text.ends_with("IN ("), after.strip_prefix(')')) else {
        // A syntax error when the statements are prepared in the tests.
        text.push_str("{in}");
        return after;
    };
    text.truncate(text.len() - "IN (".len());
    write!(text, "= ANY (${})", fixed + 1).expect(WRITING);
    after
}

/// `VALUES {rows …}` becomes `SELECT * FROM unnest($1::bytea[], $2::bigint[]) AS given (column1, column2)`.
fn push_columns(text: &mut String, fixed: usize, types: &str) {
    // Anything else is a syntax error when the statements are prepared in the tests.
    text.truncate(text.strip_suffix("VALUES ").map_or(text.len(), str::len));
    text.push_str("SELECT * FROM unnest(");
    for (index, name) in types.split(',').enumerate() {
        let comma = if index == 0 { "" } else { ", " };
        write!(text, "{comma}${}::{}[]", fixed + index + 1, array_of(name.trim())).expect(WRITING);
    }
    text.push_str(") AS given (");
    for index in 0..types.split(',').count() {
        let comma = if index == 0 { "" } else { ", " };
        write!(text, "{comma}column{}", index + 1).expect(WRITING);
    }
    text.push(')');
}

fn array_of(kind: &str) -> &str {
    match kind {
        "int" => "bigint",
        "float" => "double precision",
        "bool" => "boolean",
        "bytes" => "bytea",
        // An unknown type fails when the statements are prepared in the tests.
        other => other,
    }
}

/// Turns `$1` into `?1`: SQLite numbers `$1` by order of appearance, but takes the number of `?1`.
pub const fn numbered_for_sqlite<const N: usize>(text: &str) -> [u8; N] {
    let source = text.as_bytes();
    let mut bytes = [0; N];
    let mut index = 0;
    while index < N {
        let is_placeholder = source[index] == b'$' && index + 1 < N && source[index + 1].is_ascii_digit();
        bytes[index] = if is_placeholder { b'?' } else { source[index] };
        index += 1;
    }
    bytes
}

/// Makes one [`Sql`] from a name and a text.
#[macro_export]
macro_rules! sql {
    ($name:expr, $text:expr $(,)?) => {{
        const TEXT: &str = $text;
        const NUMBERED: [u8; TEXT.len()] = $crate::db::numbered_for_sqlite(TEXT);
        const SQLITE: &str = match ::core::str::from_utf8(&NUMBERED) {
            Ok(text) => text,
            Err(_) => panic!("replacing ASCII by ASCII keeps UTF-8 valid"),
        };
        $crate::db::Sql::new($name, TEXT, SQLITE)
    }};
}

/// Makes one [`Sql`] of which the engines need different texts, because what it does is not in their common subset.
#[macro_export]
macro_rules! sql_by_engine {
    ($name:expr, $postgres:expr, $sqlite:expr $(,)?) => {{
        const TEXT: &str = $sqlite;
        const NUMBERED: [u8; TEXT.len()] = $crate::db::numbered_for_sqlite(TEXT);
        const SQLITE: &str = match ::core::str::from_utf8(&NUMBERED) {
            Ok(text) => text,
            Err(_) => panic!("replacing ASCII by ASCII keeps UTF-8 valid"),
        };
        $crate::db::Sql::new($name, $postgres, SQLITE)
    }};
}

/// Defines the statements of a module and lists them in `STATEMENTS`, so that the tests prepare every one of them.
///
/// ```
/// store::statements! {
///     /// `hot`: its plan must not read a whole table.
///     hot FIND = "bot.find", "SELECT name FROM bot WHERE tenant_id = $1 AND id = $2";
///     COUNT = "bot.count", "SELECT COUNT(*) FROM bot";
/// }
/// assert_eq!(STATEMENTS.len(), 2);
/// ```
#[macro_export]
macro_rules! statements {
    (@collect [$($const:tt)*] [$($list:tt)*]) => {
        $($const)*
        /// Every statement of this module.
        pub const STATEMENTS: &[$crate::db::Sql] = &[$($list)*];
    };
    (@collect [$($const:tt)*] [$($list:tt)*]
        $(#[$meta:meta])* hot $name:ident = $title:expr, postgres $postgres:expr, sqlite $sqlite:expr; $($rest:tt)*) => {
        $crate::statements! { @collect
            [$($const)* $(#[$meta])*
                const $name: $crate::db::Sql = $crate::sql_by_engine!($title, $postgres, $sqlite).hot();]
            [$($list)* $name,] $($rest)* }
    };
    (@collect [$($const:tt)*] [$($list:tt)*]
        $(#[$meta:meta])* hot $name:ident = $title:expr, $text:expr; $($rest:tt)*) => {
        $crate::statements! { @collect
            [$($const)* $(#[$meta])* const $name: $crate::db::Sql = $crate::sql!($title, $text).hot();]
            [$($list)* $name,] $($rest)* }
    };
    (@collect [$($const:tt)*] [$($list:tt)*]
        $(#[$meta:meta])* $name:ident = $title:expr, $text:expr; $($rest:tt)*) => {
        $crate::statements! { @collect
            [$($const)* $(#[$meta])* const $name: $crate::db::Sql = $crate::sql!($title, $text);]
            [$($list)* $name,] $($rest)* }
    };
    ($($tokens:tt)*) => { $crate::statements! { @collect [] [] $($tokens)* } };
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Sql = sql!("test.plain", "SELECT a FROM t WHERE b = $2 AND c = $1 AND d = '$'");
    const CLAIM: Sql = sql!("test.claim", "SELECT a FROM t WHERE b = '{}' {skip_locked}");
    const LIST: Sql = sql!("test.list", "SELECT a FROM t WHERE b = $1 AND c IN ({in})");
    const OF_TENANT: Sql = sql!("test.of_tenant", "SELECT a FROM t WHERE {check}t.tenant_id = $1 AND c IN ({in})");
    const EACH: Sql = sql!("test.each", "SELECT a FROM {of t.c} WHERE b = $1");
    const ROWS: Sql = sql!("test.rows", "INSERT INTO t VALUES {rows bytes, int}");
    const LOCK: Sql = sql!("test.lock", "SELECT a FROM t ORDER BY a {lock}");

    #[test]
    fn each_engine_gets_its_own_spelling() {
        assert_eq!(PLAIN.render(Engine::Sqlite, 2, 0), "SELECT a FROM t WHERE b = ?2 AND c = ?1 AND d = '$'");
        assert_eq!(CLAIM.render(Engine::Sqlite, 0, 0), "SELECT a FROM t WHERE b = '{}' ");
        assert_eq!(CLAIM.render(Engine::Postgres, 0, 0), "SELECT a FROM t WHERE b = '{}' FOR UPDATE SKIP LOCKED");
        assert_eq!(LOCK.render(Engine::Sqlite, 0, 0), "SELECT a FROM t ORDER BY a ");
        assert_eq!(LOCK.render(Engine::Postgres, 0, 0), "SELECT a FROM t ORDER BY a FOR NO KEY UPDATE");
        assert_eq!(LIST.render(Engine::Sqlite, 1, 2), "SELECT a FROM t WHERE b = ?1 AND c IN (?2,?)");
        assert_eq!(OF_TENANT.render(Engine::Sqlite, 1, 1), "SELECT a FROM t WHERE +t.tenant_id = ?1 AND c IN (?2)");
        assert_eq!(LIST.render(Engine::Postgres, 1, 2), "SELECT a FROM t WHERE b = $1 AND c = ANY ($2)");
        assert_eq!(
            EACH.render(Engine::Sqlite, 1, 2),
            "SELECT a FROM (VALUES (?2),(?)) AS listed CROSS JOIN t ON t.c = listed.column1 WHERE b = ?1"
        );
        assert_eq!(
            EACH.render(Engine::Postgres, 1, 2),
            "SELECT a FROM (SELECT * FROM t WHERE t.c = ANY ($2)) AS t WHERE b = $1"
        );
        assert_eq!(ROWS.render(Engine::Sqlite, 0, 2), "INSERT INTO t VALUES (?1,?),(?,?)");
        assert_eq!(
            ROWS.render(Engine::Postgres, 0, 2),
            "INSERT INTO t SELECT * FROM unnest($1::bytea[], $2::bigint[]) AS given (column1, column2)"
        );
    }
}
