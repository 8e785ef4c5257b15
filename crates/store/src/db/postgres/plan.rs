//! Plans for the tests; see `db::check`.

use model::{Error, Result};
use tokio_postgres::{SimpleQueryMessage, Transaction};

use super::{
    super::{Engine, Plan, Sql, error},
    Postgres, value,
};

impl Postgres {
    pub(in super::super) async fn plan(&self, sql: Sql) -> Result<Plan> {
        let failed = |fault| error::postgres(&format!("plan of {}", sql.name()), fault);
        let (mut client, connection) = self.target.connect().await.map_err(failed)?;
        // It ends with the client.
        tokio::spawn(connection);
        let tx = client.transaction().await.map_err(failed)?;
        let text = sql.render(Engine::Postgres, sql.fixed_args(), 4);
        let parameters = check_types(&tx, sql, &text).await?;
        let prepare = format!(
            "SET LOCAL enable_seqscan = off; SET LOCAL plan_cache_mode = force_generic_plan; PREPARE planned AS {text}"
        );
        tx.batch_execute(&prepare).await.map_err(failed)?;
        let nulls = vec!["NULL"; parameters].join(", ");
        let arguments = if parameters == 0 { String::new() } else { format!("({nulls})") };
        let explain = format!("EXPLAIN EXECUTE planned{arguments}");
        let lines: Vec<String> = tx.simple_query(&explain).await.map_err(failed)?.iter().filter_map(line).collect();
        tx.batch_execute("DEALLOCATE planned").await.map_err(failed)?;
        tx.rollback().await.map_err(failed)?;
        let full_scans = lines.iter().filter(|line| line.contains("Seq Scan on ")).cloned().collect();
        Ok(Plan { full_scans, text: lines.join("\n") })
    }
}

/// Prepares the statement as it will be, and tells how many parameters it has.
async fn check_types(tx: &Transaction<'_>, sql: Sql, text: &str) -> Result<usize> {
    let statement =
        tx.prepare(text).await.map_err(|fault| error::postgres(&format!("prepare {}", sql.name()), fault))?;
    match statement.columns().iter().find(|column| !value::is_readable(column.type_())) {
        None => Ok(statement.params().len()),
        Some(column) => {
            let (name, ty) = (column.name(), column.type_());
            Err(Error::internal(format!("statement {}: column {name} is {ty}; cast it to BIGINT or TEXT", sql.name())))
        }
    }
}

fn line(message: &SimpleQueryMessage) -> Option<String> {
    match message {
        SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
        _ => None,
    }
}
