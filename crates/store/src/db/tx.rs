//! What a transaction body can do: run statements, and leave notices for the time after the commit.

use std::panic::{AssertUnwindSafe, catch_unwind};

use model::{Error, ErrorKind, Result};

use super::{
    Arg, Condition, Engine, Round, Row, Sql,
    deferred::Deferred,
    notify::Notice,
    postgres,
    postgres::{Call, Param},
    round::Question,
};

/// SQLite: sizes of the lists in one statement. Few sizes, so that the caches of prepared statements hold them all.
const SIZES: [usize; 6] = [256, 64, PAGE, 16, 4, 1];

/// Most lists are a page's.
const PAGE: usize = 50;

/// An open transaction. After a failed statement only its rollback is possible, on both engines alike.
#[derive(Debug)]
pub struct Tx {
    session: Session,
    failed: Option<Failed>,
    notices: Vec<Notice>,
    deferred: Deferred,
}

#[derive(Debug)]
pub(super) enum Session {
    Sqlite(rusqlite::Connection),
    Postgres(postgres::Session),
}

#[derive(Debug, Clone, Copy)]
struct Failed {
    statement: &'static str,
    kind: ErrorKind,
}

impl Failed {
    fn error(self) -> Error {
        let context = format!("the transaction went on after statement {} had failed", self.statement);
        match self.kind {
            ErrorKind::Unavailable => Error::unavailable(context),
            _ => Error::internal(context),
        }
    }
}

impl Tx {
    pub(super) fn new(session: Session) -> Self {
        Self { session, failed: None, notices: Vec::new(), deferred: Deferred::default() }
    }

    pub fn engine(&self) -> Engine {
        match self.session {
            Session::Sqlite(_) => Engine::Sqlite,
            Session::Postgres(_) => Engine::Postgres,
        }
    }

    /// All rows of a query.
    pub fn query<T>(&mut self, sql: Sql, args: &[Arg], mut read: impl FnMut(&Row) -> Result<T>) -> Result<Vec<T>> {
        let mut found = Vec::new();
        self.query_each(sql, args, |row| {
            found.push(read(row)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// The row of a query, if there is one. Several rows are a fault.
    pub fn query_opt<T>(&mut self, sql: Sql, args: &[Arg], read: impl FnMut(&Row) -> Result<T>) -> Result<Option<T>> {
        let mut found = self.query(sql, args, read)?;
        let row = found.pop();
        if !found.is_empty() {
            return Err(Error::internal(format!("statement {}: more than one row", sql.name)));
        }
        Ok(row)
    }

    /// The row of a query. None or several rows are a fault.
    pub fn query_one<T>(&mut self, sql: Sql, args: &[Arg], read: impl FnMut(&Row) -> Result<T>) -> Result<T> {
        self.query_opt(sql, args, read)?
            .ok_or_else(|| Error::internal(format!("statement {}: no row where one must be", sql.name)))
    }

    /// Calls `each` for every row without collecting them.
    pub fn query_each(&mut self, sql: Sql, args: &[Arg], mut each: impl FnMut(&Row) -> Result<()>) -> Result<()> {
        self.run(sql, 0, 0, &args.iter().collect::<Vec<_>>(), &mut each).map(drop)
    }

    /// All rows of a query with `{where}`. The condition's arguments come after `args`.
    pub fn query_where<T>(
        &mut self,
        sql: Sql,
        args: &[Arg],
        condition: &Condition,
        mut read: impl FnMut(&Row) -> Result<T>,
    ) -> Result<Vec<T>> {
        let (text, args) = sql.render_where(self.engine(), args, condition);
        let mut found = Vec::new();
        self.run_text(sql, &text, &args.iter().collect::<Vec<_>>(), &mut |row| {
            found.push(read(row)?);
            Ok(())
        })?;
        // Conditions are as many as people's ideas: the cache of statements, which never forgets, must not hold them.
        if let Session::Postgres(session) = &mut self.session {
            session.forget(&text);
        }
        Ok(found)
    }

    /// Runs a statement and tells how many rows it inserted, changed or deleted.
    pub fn execute(&mut self, sql: Sql, args: &[Arg]) -> Result<u64> {
        self.run(sql, 0, 0, &args.iter().collect::<Vec<_>>(), &mut |_| Ok(()))
    }

    /// Runs a statement with `{in}` or `{of …}` for every item of `list`; on SQLite once up to 256 items, then once for each
    /// further 256. `fixed` are `$1`, `$2`, … before the list. Items must be unique, or rows come twice.
    pub fn query_in<T>(
        &mut self,
        sql: Sql,
        fixed: &[Arg],
        list: &[Arg],
        mut read: impl FnMut(&Row) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut found = Vec::new();
        self.run_in(sql, fixed, list, &mut |row| {
            found.push(read(row)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// Asks all questions of a round.
    pub fn ask(&mut self, mut round: Round<'_>) -> Result<()> {
        if self.engine() == Engine::Postgres {
            return self.send(round.questions.iter_mut().map(Question::call).collect()).map(drop);
        }
        for Question { sql, fixed, list, each } in &mut round.questions {
            self.run_in(*sql, fixed, list, each)?;
        }
        Ok(())
    }

    /// Like [`Tx::query_in`], for statements that change rows.
    pub fn execute_in(&mut self, sql: Sql, fixed: &[Arg], list: &[Arg]) -> Result<u64> {
        self.run_in(sql, fixed, list, &mut |_| Ok(()))
    }

    /// Runs a statement with `{rows …}` for all `rows`, in few statements of many rows each. `fixed` are `$1`, `$2`, …
    /// before the rows.
    pub fn execute_rows<R: AsRef<[Arg]>>(&mut self, sql: Sql, fixed: &[Arg], rows: &[R]) -> Result<u64> {
        self.run_rows(sql, fixed, rows, &mut |_| Ok(()))
    }

    /// Like [`Tx::execute_rows`], for statements with `RETURNING`.
    pub fn query_rows<T, R: AsRef<[Arg]>>(
        &mut self,
        sql: Sql,
        fixed: &[Arg],
        rows: &[R],
        mut read: impl FnMut(&Row) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut found = Vec::new();
        self.run_rows(sql, fixed, rows, &mut |row| {
            found.push(read(row)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// Writes a row by a statement with `{rows …}` and nothing fixed, at the latest right before the commit. On SQLite all
    /// jobs that are committed together share the statement; until then this transaction doesn't see the row.
    pub fn defer_row(&mut self, sql: Sql, row: Vec<Arg>) -> Result<()> {
        match self.engine() {
            Engine::Sqlite => self.deferred.push(sql, row),
            Engine::Postgres => drop(self.execute_rows(sql, &[], &[row])?),
        }
        Ok(())
    }

    /// Writes the rows that were deferred so far.
    pub fn write_deferred(&mut self) -> Result<()> {
        for (sql, rows) in self.deferred.take() {
            self.execute_rows(sql, &[], &rows)?;
        }
        Ok(())
    }

    /// Tells the listeners of `channel` (see [`Db::listen`](super::Db::listen)) once this transaction is committed.
    pub fn notify(&mut self, channel: &'static str, payload: &str) -> Result<()> {
        match &mut self.session {
            Session::Sqlite(_) => self.notices.push(Notice { channel, payload: payload.into() }),
            Session::Postgres(_) => {
                const NOTIFY: Sql = crate::sql!("db.notify", "SELECT CAST(pg_notify($1, $2) AS TEXT)");
                self.execute(NOTIFY, &crate::args![channel, payload])?;
            }
        }
        Ok(())
    }

    fn run_in(
        &mut self,
        sql: Sql,
        fixed: &[Arg],
        list: &[Arg],
        each: &mut dyn FnMut(&Row) -> Result<()>,
    ) -> Result<u64> {
        if self.engine() == Engine::Postgres && !list.is_empty() {
            return self.run_lists(sql, fixed, vec![list.iter().collect()], each);
        }
        let mut changed = 0;
        for chunk in list.chunks(SIZES[0]) {
            let size = SIZES.into_iter().rev().find(|size| *size >= chunk.len()).unwrap_or(SIZES[0]);
            // Repeating an item changes nothing about `IN`, nothing is equal to NULL, and either saves a statement per length.
            let filler = if sql.is_of_list() { Some(&Arg::Null) } else { chunk.last() };
            let padding = filler.into_iter().cycle().take(size - chunk.len());
            let args: Vec<&Arg> = fixed.iter().chain(chunk).chain(padding).collect();
            changed += self.run(sql, fixed.len(), size, &args, each)?;
        }
        Ok(changed)
    }

    fn run_rows<R: AsRef<[Arg]>>(
        &mut self,
        sql: Sql,
        fixed: &[Arg],
        mut rows: &[R],
        each: &mut dyn FnMut(&Row) -> Result<()>,
    ) -> Result<u64> {
        if self.engine() == Engine::Postgres && !rows.is_empty() {
            return self.run_lists(sql, fixed, columns_of(sql, rows)?, each);
        }
        let mut changed = 0;
        for size in SIZES {
            while rows.len() >= size {
                let (chunk, rest) = rows.split_at(size);
                let args: Vec<&Arg> = fixed.iter().chain(chunk.iter().flat_map(AsRef::as_ref)).collect();
                changed += self.run(sql, fixed.len(), size, &args, each)?;
                rows = rest;
            }
        }
        Ok(changed)
    }

    fn run(
        &mut self,
        sql: Sql,
        fixed: usize,
        count: usize,
        args: &[&Arg],
        each: &mut dyn FnMut(&Row) -> Result<()>,
    ) -> Result<u64> {
        let text = sql.render(self.engine(), fixed, count);
        self.run_text(sql, &text, args, each)
    }

    /// All of it in one statement, whose text is the same for any number of items.
    fn run_lists(
        &mut self,
        sql: Sql,
        fixed: &[Arg],
        lists: Vec<Vec<&Arg>>,
        each: &mut dyn FnMut(&Row) -> Result<()>,
    ) -> Result<u64> {
        if lists.first().is_none_or(Vec::is_empty) {
            return Ok(0);
        }
        self.send(vec![Call::with_lists(sql, fixed, lists, each)])
    }

    fn run_text(
        &mut self,
        sql: Sql,
        text: &str,
        args: &[&Arg],
        each: &mut dyn FnMut(&Row) -> Result<()>,
    ) -> Result<u64> {
        if self.engine() == Engine::Postgres {
            return self.send(vec![Call {
                sql,
                text: text.into(),
                params: args.iter().copied().map(Param::One).collect(),
                each,
            }]);
        }
        self.check_usable()?;
        let Session::Sqlite(connection) = &mut self.session else {
            return Err(Error::internal("a session changed its engine"));
        };
        let outcome = refuse_nul(sql, args.iter().copied())
            .and_then(|()| super::sqlite::run(connection, sql.name, text, args, each));
        outcome.map_err(|error| self.note(sql, error))
    }

    /// PostgreSQL: statements that go out together.
    fn send(&mut self, calls: Vec<Call<'_>>) -> Result<u64> {
        self.check_usable()?;
        let Session::Postgres(session) = &mut self.session else {
            return Err(Error::internal("arrays were given to SQLite"));
        };
        let holds_nul = calls.iter().find_map(|call| {
            let args = call.params.iter().flat_map(Param::args).copied();
            refuse_nul(call.sql, args).err().map(|error| (call.sql, error))
        });
        let outcome = holds_nul.map_or_else(|| session.run(calls), Err);
        outcome.map_err(|(sql, error)| self.note(sql, error))
    }

    fn note(&mut self, sql: Sql, error: Error) -> Error {
        self.failed = Some(Failed { statement: sql.name, kind: error.kind() });
        error
    }

    /// `Err` after a failed statement: PostgreSQL could only roll back, and would answer a commit with just that.
    fn check_usable(&self) -> Result<()> {
        self.failed.map_or(Ok(()), |failed| Err(failed.error()))
    }

    /// Runs a body as a unit: its panic becomes an error, a failed statement it ignored too, and an error takes its
    /// notices back. The caller undoes what it wrote.
    pub(super) fn attempt<T>(&mut self, body: &impl Fn(&mut Tx) -> Result<T>) -> Result<T> {
        let (notices, mark) = (self.notices.len(), self.deferred.begin());
        self.failed = None;
        let outcome = catch_unwind(AssertUnwindSafe(|| body(self)))
            .unwrap_or_else(|panic| Err(Error::internal(format!("a transaction body panicked: {}", text_of(&*panic)))));
        let outcome = outcome.and_then(|value| self.check_usable().map(|()| value));
        self.failed = None;
        if outcome.is_err() {
            self.notices.truncate(notices);
            self.deferred.undo(mark);
        }
        outcome
    }

    /// What to tell the listeners after the commit.
    pub(super) fn take_notices(&mut self) -> Vec<Notice> {
        std::mem::take(&mut self.notices)
    }

    pub(super) fn into_session(self) -> Session {
        self.session
    }

    pub(super) fn session(&mut self) -> &mut Session {
        &mut self.session
    }
}

/// The rows turned into one list for each column.
fn columns_of<R: AsRef<[Arg]>>(sql: Sql, rows: &[R]) -> Result<Vec<Vec<&Arg>>> {
    let width = rows.first().map_or(0, |row| row.as_ref().len());
    if rows.iter().any(|row| row.as_ref().len() != width) {
        return Err(Error::internal(format!("statement {}: rows of different lengths", sql.name)));
    }
    Ok((0..width).map(|at| rows.iter().map(|row| &row.as_ref()[at]).collect()).collect())
}

fn refuse_nul<'a>(sql: Sql, args: impl IntoIterator<Item = &'a Arg>) -> Result<()> {
    let holds_nul = |arg: &Arg| matches!(arg, Arg::Text(text) if text.contains('\0'));
    match args.into_iter().position(holds_nul) {
        None => Ok(()),
        Some(index) => Err(Error::invalid("Text must not contain the character U+0000.").with_context(format!(
            "statement {}: argument {}",
            sql.name,
            index + 1
        ))),
    }
}

fn text_of(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}
