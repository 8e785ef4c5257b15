//! Segments: rules under a name.

use model::{Error, Id, Result, Scope, contact::segment::Segment};
use serde_json::Value;
use store::{contacts::segments, db::Tx};

use crate::App;

const NAME_CHARS_MAX: usize = 100;

/// Saves rules. A segment that has this `id` already is the answer, as it is.
pub async fn create_segment(
    app: &App,
    scope: &Scope,
    id: Option<Id<Segment>>,
    name: String,
    rules: Value,
) -> Result<Segment> {
    let (scope, now) = (*scope, app.clock.now());
    let id = id.unwrap_or_else(|| app.ids.id());
    let made = Segment { id, name: name_of(&name)?, rules, created_at: now, updated_at: now };
    app.db
        .write(move |tx| {
            if let Some(made) = segments::get(tx, &scope, id)? {
                return Ok(made);
            }
            segments::condition(tx, &scope, &made.rules, now)?;
            match segments::insert(tx, &scope, &made)? {
                true => Ok(made.clone()),
                false => Err(taken()),
            }
        })
        .await
}

/// Changes name or rules; `None` stays.
pub async fn change_segment(
    app: &App,
    scope: &Scope,
    id: Id<Segment>,
    name: Option<String>,
    rules: Option<Value>,
) -> Result<Segment> {
    let (scope, now) = (*scope, app.clock.now());
    let name = name.map(|name| name_of(&name)).transpose()?;
    app.db
        .write(move |tx| {
            let mut segment = segments::get(tx, &scope, id)?.ok_or_else(|| Error::not_found("segment"))?;
            if let Some(rules) = &rules {
                segments::condition(tx, &scope, rules, now)?;
                segment.rules = rules.clone();
            }
            segment.name = name.clone().unwrap_or(segment.name);
            segment.updated_at = now;
            match segments::update(tx, &scope, &segment)? {
                true => Ok(segment),
                false => Err(taken()),
            }
        })
        .await
}

pub async fn delete_segment(app: &App, scope: &Scope, id: Id<Segment>) -> Result<()> {
    let scope = *scope;
    app.db
        .write(move |tx| match segments::delete(tx, &scope, id)? {
            true => Ok(()),
            false => Err(Error::not_found("segment")),
        })
        .await
}

/// How many people rules mean now.
pub async fn count_rules(app: &App, scope: &Scope, rules: Value) -> Result<i64> {
    let (scope, now) = (*scope, app.clock.now());
    app.db.read(move |tx| counted(tx, &scope, &rules, now)).await
}

/// How many people a segment means now.
pub async fn count_segment(app: &App, scope: &Scope, id: Id<Segment>) -> Result<i64> {
    let (scope, now) = (*scope, app.clock.now());
    app.db
        .read(move |tx| {
            let segment = segments::get(tx, &scope, id)?.ok_or_else(|| Error::not_found("segment"))?;
            counted(tx, &scope, &segment.rules, now)
        })
        .await
}

fn counted(tx: &mut Tx, scope: &Scope, rules: &Value, now: model::Timestamp) -> Result<i64> {
    let condition = segments::condition(tx, scope, rules, now)?;
    segments::count(tx, scope, &condition)
}

fn name_of(name: &str) -> Result<String> {
    let name = name.trim();
    if !(1..=NAME_CHARS_MAX).contains(&name.chars().count()) {
        return Err(Error::field("name", format!("Enter 1 to {NAME_CHARS_MAX} characters.")));
    }
    Ok(name.to_owned())
}

fn taken() -> Error {
    let sentence = "There is a segment with this name already.";
    Error::conflict("name_taken", sentence).with_field("name", sentence)
}
