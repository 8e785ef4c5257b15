//! What came of a broadcast: why not, who answered, who followed its links, and how it went over time.

use std::collections::BTreeMap;

use model::{
    Error, Id, Result, Scope, Timestamp,
    broadcast::{Broadcast, RecipientStatus},
};
use store::broadcasts::{
    self,
    links::{self, Followed},
    results,
    ticks::{self, SECONDS_KEPT_MS, Tick},
};

use crate::App;

/// Recipients that are looked at in one go.
const STRETCH: i64 = 20_000;
/// Points of the whole run that are shown.
const POINTS_MAX: i64 = 1_000;
const STEP_MIN_MS: i64 = 10_000;

/// What came of it beyond its counts.
#[derive(Debug, Clone, Default)]
pub struct Results {
    /// Recipients to whom it was not sent, by status and reason.
    pub reasons: BTreeMap<RecipientStatus, BTreeMap<String, i64>>,
    /// Recipients who wrote to the bot after they got it.
    pub replies: i64,
    /// Recipients who followed a link.
    pub clicked: i64,
    pub links: Vec<Followed>,
}

/// How it went over time.
#[derive(Debug, Clone, Default)]
pub struct Series {
    /// The last minutes by the second; seconds without anything are absent.
    pub seconds: Vec<(Timestamp, Tick)>,
    /// How long a point of the run is.
    pub step_ms: i64,
    pub run: Vec<(Timestamp, Tick)>,
}

/// Looks at all recipients, in stretches.
pub async fn results(app: &App, scope: &Scope, id: Id<Broadcast>) -> Result<Results> {
    exists(app, *scope, id).await?;
    let mut found = Results::default();
    let mut after = None;
    loop {
        let stretch = app.db.read(move |tx| results::stretch(tx, id, after, STRETCH)).await?;
        found.replies += stretch.replies;
        for (status, reason, count) in stretch.reasons {
            *found.reasons.entry(status).or_default().entry(reason).or_default() += count;
        }
        match stretch.next {
            Some(_) => after = stretch.next,
            None => break,
        }
    }
    (found.clicked, found.links) =
        app.db.read(move |tx| Ok((links::people(tx, id)?, links::followed(tx, id)?))).await?;
    Ok(found)
}

/// How it went, in a bounded number of points.
pub async fn series(app: &App, scope: &Scope, id: Id<Broadcast>) -> Result<Series> {
    exists(app, *scope, id).await?;
    let since = app.clock.now() - SECONDS_KEPT_MS;
    let (seconds, run) = app.db.read(move |tx| Ok((ticks::seconds(tx, id, since)?, ticks::run(tx, id)?))).await?;
    let step_ms = step(&run);
    Ok(Series { seconds, step_ms, run: joined(&run, step_ms) })
}

async fn exists(app: &App, scope: Scope, id: Id<Broadcast>) -> Result<()> {
    let found = app.db.read(move |tx| broadcasts::get(tx, &scope, id)).await?;
    found.map(drop).ok_or_else(|| Error::not_found("broadcast"))
}

/// Ten seconds, or as often twice that as it takes.
fn step(run: &[(Timestamp, Tick)]) -> i64 {
    let first = run.iter().map(|(at, _)| *at).min();
    let last = run.iter().map(|(at, _)| *at).max();
    let span = first.zip(last).map_or(0, |(first, last)| last.since(first));
    let mut step = STEP_MIN_MS;
    while span / step >= POINTS_MAX {
        step *= 2;
    }
    step
}

fn joined(run: &[(Timestamp, Tick)], step_ms: i64) -> Vec<(Timestamp, Tick)> {
    let mut points: BTreeMap<Timestamp, Tick> = BTreeMap::new();
    for (at, tick) in run {
        let place = Timestamp::from_ms(at.as_ms().div_euclid(step_ms) * step_ms);
        points.entry(place).or_default().add(tick);
    }
    points.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_run_has_few_points_and_loses_nothing() {
        let tick = Tick { sent: 2, throttled: 1, ..Tick::default() };
        let run: Vec<(Timestamp, Tick)> = (0..8_640).map(|n| (Timestamp::from_ms(n * 10_000), tick)).collect();
        let step_ms = step(&run);
        let points = joined(&run, step_ms);
        assert!(points.len() <= 1_000 && step_ms == 160_000, "{} {step_ms}", points.len());
        assert_eq!(points.iter().map(|(_, tick)| tick.sent).sum::<i64>(), 17_280);
        assert_eq!((step(&run[..100]), step(&[])), (10_000, 10_000));
    }
}
