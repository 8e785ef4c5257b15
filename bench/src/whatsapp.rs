//! The second channel: deliveries of Meta's taken durably, and messages sent, against the same bare references.

use std::sync::Arc;

use anyhow::Result;
use app::send::Draft;
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderValue, Request, header};
use http_body_util::Full;
use model::Platform;
use sha2::Sha256;

use crate::{
    Size,
    database::Database,
    delivery,
    house::{APP_SECRET, House},
    load::Load,
    reference::{Server, Telegram},
    seed,
    table::{Row, Target},
    webhook,
};

const NUMBERS: i64 = 1_000;

/// Of each number: one message may go to one of them in six seconds.
const PEOPLE: i64 = 40;

pub async fn measure_webhook(database: &Database, size: Size) -> Result<Vec<Row>> {
    let house = House::open(database, "http://127.0.0.1:1").await?;
    house.number(seed::owner(1)?, 1).await?;
    webhook::compare(database, size, &house, ("WhatsApp webhook", Target::None), load).await
}

fn load(server: &Server) -> Result<Load> {
    let url: http::Uri = format!("{}/whatsapp/v1/webhooks/{}/", server.url, seed::owner(1)?).parse()?;
    Ok(Load::new(move |number| {
        let body = delivery_of(number);
        let signature = HeaderValue::from_str(&signature(&body)).expect("hexadecimal digits are plain text");
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = http::Method::POST;
        *request.uri_mut() = url.clone();
        request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        request.headers_mut().insert("x-hub-signature-256", signature);
        request
    }))
}

/// A text message of a usual size, from one of a thousand people.
fn delivery_of(number: u64) -> Bytes {
    let phone = seed::PHONES.unsigned_abs() + number % 1_000;
    Bytes::from(format!(
        r#"{{"object":"whatsapp_business_account","entry":[{{"id":"1","changes":[{{"field":"messages","value":{{"messaging_product":"whatsapp","metadata":{{"display_phone_number":"15550001","phone_number_id":"77000001"}},"contacts":[{{"profile":{{"name":"Ada Lovelace"}},"wa_id":"{phone}"}}],"messages":[{{"from":"{phone}","id":"wamid.{number}","timestamp":"1767225600","type":"text","text":{{"body":"Good morning! Is the blue one still there, and would you send it by Friday?"}}}}]}}}}]}}]}}"#
    ))
}

/// As Meta signs it. Both sides of the ratio pay for it.
fn signature(body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(APP_SECRET.as_bytes()).expect("HMAC takes keys of every length");
    mac.update(body);
    let digits = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    format!("sha256={digits}")
}

pub async fn measure_delivery(database: &Database, size: Size) -> Result<Vec<Row>> {
    let graph = Telegram::start().await?;
    let house = Arc::new(House::open(database, &graph.server.url).await?);
    for number in 1..=NUMBERS {
        house.number(seed::owner(number)?, number).await?;
    }
    seed::writers(&house, NUMBERS, NUMBERS * PEOPLE).await?;
    let numbers = (1..=NUMBERS * PEOPLE).cycle().take(size.messages);
    let drafts: Vec<Draft> = numbers.map(draft).collect::<Result<_>>()?;
    delivery::accept_all(&house, drafts.into_iter()).await?;
    let reference = delivery::load(&graph, "/graph/v25.0/77000001/messages")?;
    let rates = delivery::compare(&house, &graph, &reference, size).await?;
    Ok(vec![Row::ratio("WhatsApp delivery, no limits", database.kind, "messages/s", rates, Target::None)])
}

fn draft(number: i64) -> Result<Draft> {
    let bot = seed::owner((number - 1) % NUMBERS + 1)?;
    Ok(Draft { platform: Some(Platform::Whatsapp), ..delivery::text(bot, seed::PHONES + number) })
}
