//! For the tests: prepares a statement and looks at its plan, so that a wrong or slow one fails before it runs.

use std::collections::HashSet;

use model::{Error, Result};

use super::{Arg, Backend, Db, Engine, Sql, Tx, error, tx::Session};

/// How many items a list has whose plan is asked for: with few, SQLite guesses otherwise than with a page of them.
const LISTED: usize = 64;

/// How the database would run a statement.
#[derive(Debug)]
pub struct Plan {
    /// The lines that read a whole table.
    pub full_scans: Vec<String>,
    /// The plan in the words of the engine.
    pub text: String,
}

impl Db {
    /// Prepares `sql` and explains it. Fails on a syntax error, an unknown name, or a result type that can't be read.
    pub async fn plan(&self, sql: Sql) -> Result<Plan> {
        match &self.backend {
            Backend::Sqlite(sqlite) => sqlite.read(move |tx| plan_on_sqlite(tx, sql)).await,
            Backend::Postgres(postgres) => postgres.plan(sql).await,
        }
    }
}

fn plan_on_sqlite(tx: &mut Tx, sql: Sql) -> Result<Plan> {
    let Session::Sqlite(connection) = tx.session() else {
        return Err(Error::internal("a SQLite plan was asked of PostgreSQL"));
    };
    let failed = |error| error::sqlite(&format!("plan of {}", sql.name), error);
    let text = sql.render(Engine::Sqlite, sql.fixed_args(), LISTED);
    let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {text}")).map_err(failed)?;
    for index in 1..=statement.parameter_count() {
        statement.raw_bind_parameter(index, &Arg::Null).map_err(failed)?;
    }
    let mut rows = statement.raw_query();
    let mut lines = Vec::new();
    while let Some(row) = rows.next().map_err(failed)? {
        lines.push(row.get::<_, String>(3).map_err(failed)?);
    }
    Ok(Plan { full_scans: scans_on_sqlite(&lines), text: lines.join("\n") })
}

/// `SCAN x` without an index, unless `x` is a part of the statement itself.
fn scans_on_sqlite(lines: &[String]) -> Vec<String> {
    let own: HashSet<&str> = lines
        .iter()
        .filter_map(|line| line.strip_prefix("CO-ROUTINE ").or(line.strip_prefix("MATERIALIZE ")))
        .collect();
    let is_scan = |line: &&String| {
        line.strip_prefix("SCAN ").is_some_and(|rest| {
            let name = rest.split(' ').next().unwrap_or_default();
            // A virtual table that was asked for something: nothing stands after the colon when it was not.
            let is_asked = rest.contains("VIRTUAL TABLE INDEX") && !rest.ends_with(':');
            let is_index = is_asked || rest.contains(" USING ");
            let is_given = own.contains(name) || rest.contains("CONSTANT ROW") || rest.contains("VALUES");
            !is_index && !is_given
        })
    };
    lines.iter().filter(is_scan).cloned().collect()
}
