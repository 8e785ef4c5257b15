//! From stored Updates to timelines: a backlog is filled, then worked off.

use std::time::Instant;

use anyhow::{Result, ensure};
use engine::{
    answers,
    inbound::Inbound,
    nodes::{Nodes, Share},
};
use store::events::{self, NewEvent};
use tokio::sync::mpsc;

use crate::{
    Size,
    database::{Database, Kind},
    house::{House, Registered},
    table::{Row, Target},
    webhook,
};

/// Updates in one transaction while the backlog is filled.
const CHUNK: usize = 1_000;

pub async fn measure(database: &Database, size: Size) -> Result<Vec<Row>> {
    let house = House::open(database, "http://127.0.0.1:1").await?;
    let bot = house.bot(1_000_001).await?;
    fill(&house, &bot, size.updates).await?;
    let (answer, _waiting) = mpsc::channel(answers::WAITING_MAX);
    let app = &house.app;
    let share = Share::whole("inbound", app.clock.clone(), Nodes::alone(app.clock.clone(), "bench"));
    let inbound = Inbound::new(app.db.clone(), app.clock.clone(), app.ids.clone(), answer, share);
    let began = Instant::now();
    let mut worked = 0;
    loop {
        match inbound.work().await? {
            0 => break,
            count => worked += count,
        }
    }
    let rate = worked as f64 / began.elapsed().as_secs_f64();
    ensure!(worked == size.updates, "{worked} of {} Updates were processed", size.updates);
    ensure!(app.db.read(events::backlog).await? == 0, "Updates are left");
    let target = match database.kind {
        Kind::Sqlite => Target::AtLeast(5_000.0),
        Kind::Postgres => Target::None,
    };
    Ok(vec![Row::alone("inbound to timeline", database.kind, "updates/s", rate, target)])
}

async fn fill(house: &House, bot: &Registered, count: usize) -> Result<()> {
    let now = house.app.clock.now();
    let events: Vec<NewEvent> = (0..count as u64).map(|number| event(house, bot, number)).collect();
    for chunk in events.chunks(CHUNK) {
        let chunk = chunk.to_vec();
        house.app.db.write(move |tx| events::insert(tx, &chunk, now)).await?;
    }
    Ok(())
}

fn event(house: &House, bot: &Registered, number: u64) -> NewEvent {
    NewEvent {
        tenant: house.tenant,
        bot: bot.id,
        update_id: number.cast_signed(),
        event_type: "MESSAGE",
        chat_key: webhook::person(number).cast_signed(),
        is_ignored: false,
        payload: webhook::update(number),
    }
}
