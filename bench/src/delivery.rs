//! Delivering accepted messages without limits, every one settled durably, against a bare loop of the same client.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use app::send::{Body, Draft, Markup, To, send};
use bytes::Bytes;
use engine::delivery::{
    driver::{Deps, Driver, Feeder},
    planner::Config,
};
use engine::nodes::{Nodes, Share};
use http::{HeaderValue, Method, Request, header};
use http_body_util::Full;
use model::{
    Id,
    bot::Bot,
    message::{Author, AuthorType},
};
use store::{
    db::{Sql, Tx},
    sql,
};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{
    Size,
    database::{Database, Kind},
    house::{House, UNLIMITED},
    load::{Load, Measured},
    reference::Telegram,
    table::{Row, Target},
};

const BOTS: i64 = 1_000;

/// Of each bot.
const CHATS: i64 = 20;

/// Acceptances at a time.
const SENDERS: usize = 64;

/// How often to look whether all is settled. The last look costs this much at most.
const LOOK: Duration = Duration::from_millis(5);

const TEXT: &str = "Your order is on its way. It leaves our house today and arrives on Friday.";

const OWED: Sql = sql!("bench.owed", "SELECT COUNT(*) FROM delivery");
const SENT: Sql = sql!("bench.sent", "SELECT COUNT(*) FROM message WHERE status = 'SENT'");

/// There are no broadcasts.
#[derive(Debug)]
struct NoBroadcasts;

impl Feeder for NoBroadcasts {
    fn feed<'a>(&'a self, _: Id<Bot>, _: usize) -> Pin<Box<dyn Future<Output = model::Result<bool>> + Send + 'a>> {
        Box::pin(async { Ok(false) })
    }
}

pub async fn measure(database: &Database, size: Size) -> Result<Vec<Row>> {
    let telegram = Telegram::start().await?;
    let house = Arc::new(House::open(database, &telegram.server.url).await?);
    let bots = bots(&house).await?;
    accept(&house, &bots, size.messages).await?;
    let reference = load(&telegram, &format!("/bot1000000:{}/sendMessage", "A".repeat(35)))?;
    let rates = compare(&house, &telegram, &reference, size).await?;
    let target = Target::AtLeast(match database.kind {
        Kind::Sqlite => 0.4,
        Kind::Postgres => 0.15,
    });
    Ok(vec![Row::ratio("delivery, no limits", database.kind, "messages/s", rates, target)])
}

/// Messages a second: ours, and those of a bare loop before and after.
pub async fn compare(house: &House, telegram: &Telegram, reference: &Load, size: Size) -> Result<(f64, f64)> {
    reference.full(size.turn / 4).await?;
    let mut of_reference = Measured::default();
    for _ in 0..size.turns.div_ceil(2) {
        of_reference.add(reference.full(size.turn).await?);
    }
    let rate = deliver(house, telegram, size.messages).await?;
    for _ in 0..size.turns.div_ceil(2) {
        of_reference.add(reference.full(size.turn).await?);
    }
    Ok((rate, of_reference.rate()))
}

pub async fn bots(house: &House) -> Result<Vec<Id<Bot>>> {
    let mut bots = Vec::new();
    for number in 0..BOTS {
        bots.push(house.bot(1_000_000 + number).await?.id);
    }
    Ok(bots)
}

/// Accepts the messages, in turn for each bot and chat.
pub async fn accept(house: &Arc<House>, bots: &[Id<Bot>], count: usize) -> Result<()> {
    let drafts = (0..).zip(bots.iter().copied().cycle().take(count));
    accept_all(house, drafts.map(|(number, bot)| draft(bot, number))).await
}

/// Accepts drafts through the one door.
pub async fn accept_all(house: &Arc<House>, drafts: impl Iterator<Item = Draft>) -> Result<()> {
    let mut senders = JoinSet::new();
    for draft in drafts {
        if senders.len() >= SENDERS
            && let Some(sent) = senders.join_next().await
        {
            sent??;
        }
        let house = house.clone();
        senders.spawn(async move { send(&house.app, &house.scope(), draft).await });
    }
    while let Some(sent) = senders.join_next().await {
        sent??;
    }
    Ok(())
}

fn draft(bot: Id<Bot>, number: i64) -> Draft {
    text(bot, 500_000_000 + number / BOTS % CHATS)
}

/// A text message to a chat.
pub fn text(bot: Id<Bot>, chat: i64) -> Draft {
    let body = Body::Text(Markup { text: TEXT.to_owned(), parse_mode: None });
    let author = Author { kind: AuthorType::Api, id: None, name: None };
    Draft { bot: Some(bot), ..Draft::new(To::Chat(chat), author, body) }
}

/// Messages a second, from the driver's start until nothing is owed any more.
async fn deliver(house: &House, telegram: &Telegram, count: usize) -> Result<f64> {
    let calls_before = telegram.calls();
    let stop = CancellationToken::new();
    let began = Instant::now();
    let driver = tokio::spawn(Driver::run(deps(house), stop.clone()));
    let expected = i64::try_from(count)?;
    // The fake Telegram's count costs nothing; the database is asked only towards the end.
    while telegram.calls() - calls_before < expected || house.app.db.read(|tx| counted(tx, OWED)).await? > 0 {
        tokio::time::sleep(LOOK).await;
    }
    let time = began.elapsed();
    stop.cancel();
    driver.await?;
    ensure!(house.app.db.read(|tx| counted(tx, SENT)).await? == expected, "not every message was sent");
    ensure!(telegram.calls() - calls_before == expected, "a message was sent twice");
    Ok(count as f64 / time.as_secs_f64())
}

fn counted(tx: &mut Tx, sql: Sql) -> model::Result<i64> {
    tx.query_one(sql, &[], |row| row.get(0))
}

fn deps(house: &House) -> Deps {
    let app = &house.app;
    let nodes = Nodes::alone(app.clock.clone(), &app.ids.next().to_string());
    Deps {
        db: app.db.clone(),
        clock: app.clock.clone(),
        bot_api: app.bot_api.clone(),
        graph_api: app.graph_api.clone(),
        cipher: app.cipher.clone(),
        feeder: Arc::new(NoBroadcasts),
        total_share: Share::whole("total", app.clock.clone(), nodes.clone()),
        nodes,
        bot_rate: UNLIMITED,
        total_rate: None,
        config: Config { bot_rate: UNLIMITED, chat_rate: UNLIMITED, group_rate: UNLIMITED, ..Config::default() },
        seed: u64::from_be_bytes(app.ids.random()),
    }
}

/// The same call as ours, to the same server.
pub fn load(telegram: &Telegram, path: &str) -> Result<Load> {
    let url: http::Uri = format!("{}{path}", telegram.server.url).parse()?;
    let body = Bytes::from(serde_json::json!({"chat_id": 500_000_000, "text": TEXT}).to_string());
    Ok(Load::new(move |_| {
        let mut request = Request::new(Full::new(body.clone()));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = url.clone();
        request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        request
    }))
}
