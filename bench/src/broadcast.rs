//! A broadcast to very many, through the real binary: how soon it begins, what it costs, and what gets past it.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use model::{Id, bot::Bot};
use serde_json::json;
use store::{args, db::Sql, sql};
use tokio::time::sleep;

use crate::{
    Size,
    database::Database,
    house::House,
    process::Service,
    reference::{Call, Watched},
    seed,
    table::{Row, Target, count},
};

/// The bot's rate, and what it makes of one slot.
const RATE: &str = "10/s";
const SLOT_MS: f64 = 100.0;

const REPLIES: u32 = 20;

const LOOK: Duration = Duration::from_millis(20);

/// Longer than anything measured here may take.
const PATIENCE: Duration = Duration::from_secs(120);

const TABLE: Sql = sql!(
    "bench.recipient_table",
    "
    CREATE TABLE bench_recipient (broadcast_id BYTEA NOT NULL, contact_id BYTEA NOT NULL, status TEXT NOT NULL,
        bot_id BYTEA, chat_id BIGINT, updated_at BIGINT NOT NULL, PRIMARY KEY (broadcast_id, contact_id))"
);
const BARE: Sql = sql!(
    "bench.recipients",
    "
    INSERT INTO bench_recipient (broadcast_id, contact_id, status, bot_id, chat_id, updated_at)
    SELECT $1, contact_id, 'PENDING', bot_id, chat_id, last_inbound_at FROM chat WHERE bot_id = $1"
);
const DROP: Sql = sql!("bench.drop_recipients", "DROP TABLE bench_recipient");

pub async fn measure(database: &Database, size: Size) -> Result<Vec<Row>> {
    let telegram = Watched::start().await?;
    let house = House::open(database, &telegram.server.url).await?;
    let bot = house.bot(1_000_001).await?.id;
    seed::people(&house, bot, size.recipients).await?;
    let bare = bare(&house, bot).await?;
    let service = Service::start(&house, &database.url, &[("TELEGRAM_RATE_LIMIT", RATE)]).await?;
    sleep(Duration::from_secs(1)).await;
    let rss_before = service.rss()?;
    let began = Instant::now();
    let body =
        json!({"name": "All", "platform": "TELEGRAM", "message_text": "Hello {{first_name}}!", "select_all": true});
    let made = service.client.post("/broadcast/", &body).await?;
    let accepted = began.elapsed();
    let id = made["id"].as_str().context("a broadcast without an id")?;
    let (worked_out, rss_most) = worked_out(&service, id, began, size.recipients).await?;
    let first = wait_for(&telegram, |calls| calls.first().copied()).await?;
    let first = first.at.saturating_duration_since(began + accepted);
    let replies = replies(&service, &telegram).await?;
    let rss_most = rss_most.max(service.rss()?);
    let pause = pause(&service, &telegram, id).await?;
    service.stop().await?;
    let name = |what: &str| format!("broadcast to {}: {what}", count(size.recipients));
    let row = |what, unit, value, target| Row::alone(&name(what), database.kind, unit, value, target);
    let rate = size.recipients as f64;
    Ok(vec![
        row("accepted", "ms", ms(accepted), Target::Below(1_000.0)),
        row("first message after that", "ms", ms(first), Target::Below(2_000.0)),
        Row::ratio(
            &name("recipients worked out"),
            database.kind,
            "a second",
            (rate / worked_out.as_secs_f64(), rate / bare.as_secs_f64()),
            Target::None,
        ),
        row("memory grows by", "MiB", rss_most - rss_before, Target::Below(64.0)),
        row("median of 20 replies after acceptance", "ms", ms(replies[replies.len() / 2]), Target::None),
        row("slowest of 20 replies after its acceptance", "ms", ms(replies[replies.len() - 1]), Target::Below(SLOT_MS)),
        row("last message after a pause is asked for", "ms", ms(pause), Target::Below(1_000.0)),
    ])
}

/// What the database needs when it is asked for nothing else.
async fn bare(house: &House, bot: Id<Bot>) -> Result<Duration> {
    house.app.db.write(|tx| tx.execute(TABLE, &[])).await?;
    let began = Instant::now();
    house.app.db.write(move |tx| tx.execute(BARE, &args![bot])).await?;
    let took = began.elapsed();
    house.app.db.write(|tx| tx.execute(DROP, &[])).await?;
    Ok(took)
}

/// How long it takes until everybody is found, and the most memory meanwhile.
async fn worked_out(service: &Service, id: &str, began: Instant, recipients: i64) -> Result<(Duration, f64)> {
    let mut rss_most: f64 = 0.0;
    loop {
        let shown = service.client.get(&format!("/broadcast/{id}/")).await?;
        rss_most = rss_most.max(service.rss()?);
        if let Some(total) = shown["total"].as_i64() {
            ensure!(total == recipients, "{total} of {recipients} were found");
            return Ok((began.elapsed(), rss_most));
        }
        ensure!(began.elapsed() < PATIENCE, "the audience is not worked out");
        sleep(LOOK).await;
    }
}

/// From their acceptance until they leave, while the broadcast runs; the slowest is the last.
async fn replies(service: &Service, telegram: &Watched) -> Result<Vec<Duration>> {
    let mut took = Vec::new();
    for number in 1..=REPLIES {
        let body = json!({"chat_id": 500_000_000 + i64::from(number), "text": format!("{} {number}.", Watched::MARK)});
        service.client.post("/telegram/v1/messages/", &body).await?;
        let accepted = Instant::now();
        let left =
            wait_for(telegram, |calls| calls.iter().filter(|call| call.is_marked).nth(number as usize - 1).copied());
        took.push(left.await?.at.saturating_duration_since(accepted));
        sleep(LOOK * 5).await;
    }
    took.sort_unstable();
    Ok(took)
}

async fn wait_for(telegram: &Watched, wanted: impl Fn(&[Call]) -> Option<Call>) -> Result<Call> {
    let began = Instant::now();
    loop {
        if let Some(call) = wanted(&telegram.calls()) {
            return Ok(call);
        }
        ensure!(began.elapsed() < PATIENCE, "a message did not leave");
        sleep(Duration::from_millis(1)).await;
    }
}

/// From asking for a pause until the last message leaves.
async fn pause(service: &Service, telegram: &Watched, id: &str) -> Result<Duration> {
    let asked = Instant::now();
    service.client.post(&format!("/broadcast/{id}/pause/"), &json!({})).await?;
    sleep(Duration::from_secs(2)).await;
    let last = telegram.calls().last().context("no message left")?.at;
    Ok(last.saturating_duration_since(asked))
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
