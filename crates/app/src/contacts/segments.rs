//! Segments: rules under a name.

use model::{Error, Id, Result, Scope, activity::Deed, contact::segment::Segment};
use serde_json::{Value, json};
use store::{activity, contacts::segments, db::Tx};

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
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    let id = id.unwrap_or_else(|| app.ids.id());
    let made = Segment { id, name: name_of(&name)?, rules, created_at: now, updated_at: now };
    app.db
        .write(move |tx| {
            if let Some(made) = segments::get(tx, &scope, id)? {
                return Ok(made);
            }
            segments::condition(tx, &scope, &made.rules, now)?;
            match segments::insert(tx, &scope, &made)? {
                true => {
                    let deed = Deed::new("segment.created", "segment", id).named(&made.name);
                    activity::record(tx, &scope, &*ids, &deed, now)?;
                    Ok(made.clone())
                }
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
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    let name = name.map(|name| name_of(&name)).transpose()?;
    app.db
        .write(move |tx| {
            let mut segment = segments::get(tx, &scope, id)?.ok_or_else(|| Error::not_found("segment"))?;
            let before = shown(&segment);
            if let Some(rules) = &rules {
                segments::condition(tx, &scope, rules, now)?;
                segment.rules = rules.clone();
            }
            segment.name = name.clone().unwrap_or(segment.name);
            segment.updated_at = now;
            match segments::update(tx, &scope, &segment)? {
                true => {
                    let deed = Deed::new("segment.changed", "segment", id).named(&segment.name);
                    activity::record(tx, &scope, &*ids, &deed.changed(&before, &shown(&segment)), now)?;
                    Ok(segment)
                }
                false => Err(taken()),
            }
        })
        .await
}

pub async fn delete_segment(app: &App, scope: &Scope, id: Id<Segment>) -> Result<()> {
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    app.db
        .write(move |tx| {
            let known = segments::get(tx, &scope, id)?.ok_or_else(|| Error::not_found("segment"))?;
            segments::delete(tx, &scope, id)?;
            let deed = Deed::new("segment.removed", "segment", id).named(&known.name);
            activity::record(tx, &scope, &*ids, &deed, now)
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

/// A segment as the activity log keeps it. Its rules may name people, so it only tells that they changed, by their length.
fn shown(segment: &Segment) -> Value {
    json!({"name": segment.name, "rules_bytes": segment.rules.to_string().len()})
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
