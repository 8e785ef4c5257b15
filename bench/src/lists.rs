//! Pages and searches of a tenant with very much, against the first page of one with nothing.

use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::{
    Size,
    client::Client,
    database::Database,
    house::House,
    reference::Server,
    seed,
    table::{Row, Target, count},
};

/// How often each is asked for.
const TIMES: u32 = 301;

/// Pages into a list.
const DEEP: usize = 20;

const LISTS: [(&str, &str); 9] = [
    ("contacts", "/contacts/"),
    ("contacts by name", "/contacts/?ordering=first_name"),
    ("contacts seen last", "/contacts/?ordering=-last_seen_at"),
    ("messages", "/telegram/v1/messages/"),
    ("messages of one chat", "/telegram/v1/messages/?chat_id=500000017"),
    ("messages of a time that has none", "/telegram/v1/messages/?created_after=2100-01-01T00:00:00Z"),
    ("conversations", "/team-inbox/api/conversations/"),
    ("conversations that are open", "/team-inbox/api/conversations/?status=OPEN"),
    ("messages of the inbox", "/team-inbox/api/messages/"),
];

const SEARCHES: [(&str, &str); 4] = [
    ("people by a frequent name", "/contacts/?search=lovelace"),
    ("people by a rare name", "/contacts/?search=ada_77777"),
    ("messages by a frequent word", "/team-inbox/api/search/?q=morning"),
    ("messages by a rare word", "/team-inbox/api/search/?q=77777"),
];

/// A page may take so many times what it takes where there is nothing.
const AT_MOST: f64 = 3.0;

pub async fn measure(database: &Database, size: Size) -> Result<Vec<Row>> {
    let empty = House::open(database, "http://127.0.0.1:1").await?;
    empty.bot(1_000_001).await?;
    let full = House::open(database, "http://127.0.0.1:1").await?;
    let bot = full.bot(1_000_002).await?.id;
    seed::talk(&full, bot, size.amount).await?;
    seed::settle(&full).await?;
    let service = Server::start(api::router(full.app.clone(), api::Options::default())).await?;
    let (nothing, much) = (Client::new(&service.url, &empty.api_key), Client::new(&service.url, &full.api_key));
    let scale = format!("{} people, {} messages", count(size.amount.contacts), count(size.amount.messages));
    let mut rows = Vec::new();
    for (name, path) in LISTS {
        let mut row = async |name: &str, page: &str| -> Result<()> {
            let took = much.time_beside(page, (&nothing, path), TIMES).await?.map(ms);
            rows.push(Row::ratio(name, database.kind, "ms", took.into(), Target::Below(AT_MOST)));
            Ok(())
        };
        row(&format!("list of {name}, {scale}"), path).await?;
        // What the place costs, without what fifty objects cost.
        let separator = if path.contains('?') { '&' } else { '?' };
        row(&format!("list of {name}, one a page, {scale}"), &format!("{path}{separator}page_size=1")).await?;
        if let Some(deep) = deep(&much, path).await? {
            row(&format!("list of {name}, page {}, {scale}", DEEP + 1), &deep).await?;
        }
    }
    for (name, path) in SEARCHES {
        let took = much.time_beside(path, (&nothing, path), TIMES).await?.map(ms);
        let name = format!("search for {name}, {scale}");
        rows.push(Row::ratio(&name, database.kind, "ms", took.into(), Target::Below(AT_MOST)));
    }
    Ok(rows)
}

/// The address of a page far into a list; `None` where there are fewer pages.
async fn deep(client: &Client, path: &str) -> Result<Option<String>> {
    let mut path = path.to_owned();
    for _ in 0..DEEP {
        let page = client.get(&path).await?;
        let Value::String(next) = &page["next"] else { return Ok(None) };
        let (_, rest) = next.split_once("://").context("a link without a scheme")?;
        path = rest.find('/').map_or_else(String::new, |at| rest[at..].to_owned());
    }
    Ok(Some(path))
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
