//! How many one-row transactions a second, from many tasks at once: `cargo run --profile fast --example commits -- URL`.
#![expect(clippy::print_stdout, reason = "it is a program that prints a measurement")]

use std::time::{Duration, Instant};

use store::{
    args,
    db::{Db, Options, Sql},
    sql,
};

const CREATE: Sql = sql!("commits.create", "CREATE TABLE IF NOT EXISTS commits (id BIGINT PRIMARY KEY, body TEXT)");
const EMPTY: Sql = sql!("commits.empty", "DELETE FROM commits");
const INSERT: Sql = sql!("commits.insert", "INSERT INTO commits (id, body) VALUES ($1, $2)");
const READ: Sql = sql!("commits.read", "SELECT body FROM commits WHERE id = $1");

/// About as long as an Update.
const BODY_BYTES: usize = 500;

#[tokio::main]
async fn main() -> model::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().unwrap_or_else(|| "sqlite:///tmp/commits/commits.db".to_owned());
    let db = Db::open(&url, Options::default()).await?;
    db.write(|tx| tx.execute(CREATE, &[])).await?;
    db.write(|tx| tx.execute(EMPTY, &[])).await?;
    for tasks in [1, 8, 64, 256] {
        measure("writes", &db, tasks, insert).await?;
    }
    for tasks in [1, 64] {
        measure("reads", &db, tasks, read).await?;
    }
    db.close().await;
    Ok(())
}

async fn measure<F>(what: &str, db: &Db, tasks: i64, work: fn(Db, i64) -> F) -> model::Result<()>
where
    F: Future<Output = model::Result<()>> + Send + 'static,
{
    let until = Instant::now() + Duration::from_secs(5);
    let workers: Vec<_> = (0..tasks)
        .map(|task| {
            let db = db.clone();
            tokio::spawn(async move {
                let mut times = Vec::new();
                while Instant::now() < until {
                    let began = Instant::now();
                    // Each size of the crowd has ids of its own.
                    let id = ((tasks << 20) + task) * 10_000_000 + times.len() as i64;
                    work(db.clone(), id).await?;
                    times.push(began.elapsed());
                }
                Ok::<_, model::Error>(times)
            })
        })
        .collect();
    let mut times = Vec::new();
    for worker in workers {
        times.extend(worker.await.expect("a worker ends")?);
    }
    times.sort_unstable();
    let at = |share: usize| times[(times.len() - 1) * share / 1000];
    let rate = times.len() / 5;
    println!(
        "{what}: {tasks:>3} tasks {rate:>6}/s  p50 {:>9.1?}  p99 {:>9.1?}  p99.9 {:>9.1?}",
        at(500),
        at(990),
        at(999)
    );
    Ok(())
}

async fn insert(db: Db, id: i64) -> model::Result<()> {
    db.write(move |tx| tx.execute(INSERT, &args![id, "x".repeat(BODY_BYTES)])).await.map(drop)
}

async fn read(db: Db, id: i64) -> model::Result<()> {
    db.read(move |tx| tx.query_opt(READ, &args![id % 1_000], |row| row.get::<String>(0))).await.map(drop)
}
