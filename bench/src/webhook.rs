//! Taking Updates durably, against a handler that only reads them.

use std::time::Duration;

use anyhow::{Result, ensure};
use bytes::Bytes;
use http::{HeaderValue, Request, header};
use http_body_util::Full;
use secrecy::ExposeSecret;
use store::events;

use crate::{
    Size,
    database::{Database, Kind},
    house::{House, Registered},
    load::{Load, Measured},
    reference::{self, Server},
    table::{Row, Target},
};

pub async fn measure(database: &Database, size: Size) -> Result<Vec<Row>> {
    let house = House::open(database, "http://127.0.0.1:1").await?;
    let bot = house.bot(1_000_001).await?;
    let target = Target::AtLeast(match database.kind {
        Kind::Sqlite => 0.4,
        Kind::Postgres => 0.28,
    });
    compare(database, size, &house, ("webhook", target), |server| load(server, &bot)).await
}

/// The service and a bare handler in turn, under the same requests.
pub async fn compare(
    database: &Database,
    size: Size,
    house: &House,
    (name, target): (&str, Target),
    load: impl Fn(&Server) -> Result<Load>,
) -> Result<Vec<Row>> {
    let service = Server::start(api::router(house.app.clone(), api::Options::default())).await?;
    let bare = reference::handler().await?;
    let (ours, reference) = (load(&service)?, load(&bare)?);
    // Connections are made, statements prepared, and code is warm.
    ours.full(size.turn / 4).await?;
    reference.full(size.turn / 4).await?;
    let stored_before = stored(house).await?;
    let (mut of_ours, mut of_reference) = (Measured::default(), Measured::default());
    for _ in 0..size.turns {
        of_reference.add(reference.full(size.turn).await?);
        of_ours.add(ours.full(size.turn).await?);
    }
    let answered = of_ours.took.len();
    ensure!(stored(house).await? - stored_before == i64::try_from(answered)?, "an acknowledged Update is missing");
    let mut calm = ours.paced(size.turn * 2, of_ours.rate() / 2.0).await?;
    let (rates, p99) = ((of_ours.rate(), of_reference.rate()), ms(calm.quantile(990)));
    Ok(vec![
        Row::ratio(&format!("{name}, durable"), database.kind, "requests/s", rates, target),
        Row::alone(&format!("{name}, p99 at half load"), database.kind, "ms", p99, Target::Below(20.0)),
    ])
}

async fn stored(house: &House) -> Result<i64> {
    Ok(house.app.db.read(events::backlog).await?)
}

fn load(server: &Server, bot: &Registered) -> Result<Load> {
    let url: http::Uri = format!("{}/telegram/v1/webhooks/{}/", server.url, bot.id).parse()?;
    let secret = HeaderValue::from_str(bot.secret.expose_secret())?;
    Ok(Load::new(move |number| {
        let mut request = Request::new(Full::new(update(number)));
        *request.method_mut() = http::Method::POST;
        *request.uri_mut() = url.clone();
        request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        request.headers_mut().insert("x-telegram-bot-api-secret-token", secret.clone());
        request
    }))
}

/// A text message of a usual size, from one of a thousand people.
pub fn update(number: u64) -> Bytes {
    let person = person(number);
    Bytes::from(format!(
        r#"{{"update_id":{number},"message":{{"message_id":{message},"from":{{"id":{person},"is_bot":false,"first_name":"Ada","last_name":"Lovelace","username":"ada_{person}","language_code":"en"}},"chat":{{"id":{person},"first_name":"Ada","last_name":"Lovelace","username":"ada_{person}","type":"private"}},"date":1767225600,"text":"Good morning! Is the blue one still there, and would you send it by Friday? https://example.com/blue","entities":[{{"offset":77,"length":24,"type":"url"}}]}}}}"#,
        message = number + 1,
    ))
}

/// Who wrote the Update with this number.
pub fn person(number: u64) -> u64 {
    500_000_000 + number % 1_000
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
