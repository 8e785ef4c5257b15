//! Two nodes on one PostgreSQL against one, as the real binary.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use futures::future::try_join_all;
use tokio::time::sleep;

use crate::{
    Size,
    database::{Database, Kind},
    delivery,
    house::House,
    process::Service,
    reference::Telegram,
    table::{Row, Target},
};

const PATIENCE: Duration = Duration::from_secs(300);

/// No limits, and only what sends.
const SETTINGS: [(&str, &str); 4] = [
    ("TELEGRAM_RATE_LIMIT", "100000/s"),
    ("TELEGRAM_CHAT_RATE_LIMIT", "100000/s"),
    ("TELEGRAM_GROUP_RATE_LIMIT", "100000/s"),
    ("ROLE", "engine"),
];

pub async fn measure(database: &Database, size: Size) -> Result<Vec<Row>> {
    // On SQLite one process does everything.
    if database.kind == Kind::Sqlite {
        return Ok(Vec::new());
    }
    let telegram = Telegram::start().await?;
    let house = Arc::new(House::open(database, &telegram.server.url).await?);
    let bots = delivery::bots(&house).await?;
    let mut rates = Vec::new();
    for nodes in 1..=2 {
        delivery::accept(&house, &bots, size.messages).await?;
        rates.push(deliver(&house, database, &telegram, nodes, size.messages).await?);
    }
    let both = (rates[1], rates[0]);
    Ok(vec![Row::ratio("delivery by two nodes, against one", database.kind, "messages/s", both, Target::AtLeast(1.6))])
}

/// Messages a second, from the first that arrives to the last.
async fn deliver(house: &House, database: &Database, telegram: &Telegram, nodes: usize, count: usize) -> Result<f64> {
    let before = telegram.calls();
    let all = before + i64::try_from(count)?;
    let services = try_join_all((0..nodes).map(|_| Service::start(house, &database.url, &SETTINGS))).await?;
    let mut first: Option<Instant> = None;
    let began = Instant::now();
    while telegram.calls() < all {
        if first.is_none() && telegram.calls() > before {
            first = Some(Instant::now());
        }
        ensure!(began.elapsed() < PATIENCE, "not everything was sent");
        sleep(Duration::from_millis(2)).await;
    }
    let took = first.context("nothing was sent")?.elapsed();
    for service in services {
        service.stop().await?;
    }
    ensure!(telegram.calls() == all, "a message was sent twice");
    Ok(count as f64 / took.as_secs_f64())
}
