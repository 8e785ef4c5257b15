//! The real binary with nothing to do: how soon it is ready, what it holds, and what very many bots add to that.

use std::time::Duration;

use anyhow::Result;
use tokio::time::sleep;

use crate::{
    Size,
    database::Database,
    house::House,
    process::Service,
    seed,
    table::{Row, Target, count},
};

/// The start is over, and the memory that it alone needed was given back.
const CALM: Duration = Duration::from_secs(10);

/// As many bots as any installation has.
const FEW: i64 = 100;

/// Nobody listens there: who has nothing to do asks nobody.
const NOBODY: &str = "http://127.0.0.1:1";

pub async fn measure(database: &Database, _: Size) -> Result<Vec<Row>> {
    let house = House::open(database, NOBODY).await?;
    house.bot(1_000_001).await?;
    let service = Service::start(&house, &database.url, &[]).await?;
    let ready = service.ready_after;
    sleep(CALM).await;
    let rss = service.rss()?;
    service.stop().await?;
    let row = |what, unit, value, target| Row::alone(what, database.kind, unit, value, target);
    Ok(vec![
        row("ready on an existing database", "ms", ready.as_secs_f64() * 1_000.0, Target::Below(300.0)),
        row("idle, memory", "MiB", rss, Target::Below(40.0)),
    ])
}

pub async fn measure_bots(database: &Database, size: Size) -> Result<Vec<Row>> {
    let house = House::open(database, NOBODY).await?;
    let first = house.bot(1_000_001).await?.id;
    let mut rows = Vec::new();
    seed::bots(&house, first, 1, FEW).await?;
    rows.extend(idle(&house, database, (FEW, Target::None, Target::None), size).await?);
    seed::bots(&house, first, FEW + 1, size.bots).await?;
    rows.extend(idle(&house, database, (size.bots, Target::Below(1.0), Target::Below(300.0)), size).await?);
    Ok(rows)
}

async fn idle(
    house: &House,
    database: &Database,
    (bots, cpu_target, rss_target): (i64, Target, Target),
    size: Size,
) -> Result<Vec<Row>> {
    let service = Service::start(house, &database.url, &[]).await?;
    sleep(CALM).await;
    let (watched, before) = (size.turn * 5, service.cpu()?);
    sleep(watched).await;
    let cpu = (service.cpu()? - before) / watched.as_secs_f64() * 100.0;
    let rss = service.rss()?;
    service.stop().await?;
    let name = |what: &str| format!("{} bots, idle: {what}", count(bots));
    Ok(vec![
        Row::alone(&name("CPU"), database.kind, "% of one core", cpu, cpu_target),
        Row::alone(&name("memory"), database.kind, "MiB", rss, rss_target),
    ])
}
