//! Reading ahead for lanes. A read that fails is tried again until it succeeds: a lane waits for its answer.

use std::sync::Arc;

use model::{Id, Rate, Result, Timestamp, bot::Bot, delivery::Class};
use store::{broadcasts, db::Tx, deliveries};

use super::{Deps, Event, LaneRef, Note, open};

const RETRY_MS: i64 = 1_000;

pub(super) async fn class(deps: Arc<Deps>, lane: LaneRef, class: Class, after: i64, limit: usize) -> Note {
    let bot = lane.0;
    let rows = read(&deps, move |tx| deliveries::load(tx, bot, class, after, as_i64(limit))).await;
    let more = rows.len() >= limit;
    Note::Event(lane, Box::new(Event::Loaded { class, rows, more }))
}

pub(super) async fn chat(deps: Arc<Deps>, lane: LaneRef, class: Class, chat_id: i64, after: i64, limit: usize) -> Note {
    let bot = lane.0;
    let rows = read(&deps, move |tx| deliveries::load_chat(tx, bot, class, after, chat_id, as_i64(limit))).await;
    let more = rows.len() >= limit;
    Note::Event(lane, Box::new(Event::ChatLoaded { class, chat_id, rows, more }))
}

pub(super) async fn feed(deps: Arc<Deps>, lane: LaneRef, room: usize) -> Note {
    let bot = lane.0;
    loop {
        match deps.feeder.feed(bot, room).await {
            Ok(more) => return Note::Event(lane, Box::new(Event::Fed { more })),
            Err(error) => {
                tracing::error!(bot.id = %bot, error = ?error, "A broadcast could not be fed; it is tried again.")
            }
        }
        deps.clock.sleep_until(deps.clock.now() + RETRY_MS).await;
    }
}

pub(super) async fn sendable(deps: Arc<Deps>, bot: Id<Bot>) -> Note {
    let bearer = open::bearer(&deps, bot).await;
    Note::Refreshed(bot, bearer)
}

/// Places in the limit over all bots that were taken before this process started.
pub(super) async fn all_uses(deps: &Deps, rate: Rate) -> Vec<(Timestamp, u32)> {
    let now = deps.clock.now();
    let since = now - rate.window_ms();
    read(deps, move |tx| deliveries::all_uses(tx, since, now)).await
}

/// Bots with something to do: queued, left over from a crash, or to be fed.
pub(super) async fn with_work(deps: Arc<Deps>) -> Note {
    let found = deps
        .db
        .read(|tx| {
            let mut found = deliveries::with_queued(tx)?;
            found.extend(deliveries::with_leftovers(tx)?.into_iter().map(|bot| (bot, 0)));
            found.extend(broadcasts::bots_to_feed(tx)?.into_iter().map(|bot| (bot, 0)));
            Ok(found)
        })
        .await;
    Note::Found(found.unwrap_or_else(|error| {
        tracing::warn!(error = ?error, "Waiting messages could not be looked for; it is tried again.");
        Vec::new()
    }))
}

async fn read<T, F>(deps: &Deps, body: F) -> T
where
    T: Send + 'static,
    F: Fn(&mut Tx) -> Result<T> + Clone + Send + 'static,
{
    loop {
        match deps.db.read(body.clone()).await {
            Ok(rows) => return rows,
            Err(error) => tracing::warn!(error = ?error, "Waiting messages could not be read; it is tried again."),
        }
        deps.clock.sleep_until(deps.clock.now() + RETRY_MS).await;
    }
}

fn as_i64(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
