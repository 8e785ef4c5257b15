//! Polls: their limits and their shape.

use serde_json::{Value, json};

use super::{Ctx, send};
use crate::{
    answer::{Answer, ApiError, Result},
    entities,
};

const QUESTION_UNITS_MAX: usize = 300;
const OPTION_UNITS_MAX: usize = 100;
const OPTIONS_MAX: usize = 12;
const EXPLANATION_UNITS_MAX: usize = 200;
const OPEN_PERIOD_S: std::ops::RangeInclusive<i64> = 5..=2_628_000;

pub fn send(ctx: &Ctx<'_>) -> Result<Answer> {
    let question = question(ctx)?;
    let options = options(ctx)?;
    let id = ctx.state.random.next() >> 1;
    let kind = ctx.params.filled("type").map_or("regular".to_owned(), |kind| kind.into_owned());
    let mut poll = json!({"id": id.to_string(), "question": question, "options": options, "total_voter_count": 0,
        "is_closed": ctx.params.flag("is_closed"), "type": kind,
        "is_anonymous": ctx.params.get("is_anonymous").is_none() || ctx.params.flag("is_anonymous"),
        "allows_multiple_answers": ctx.params.flag("allows_multiple_answers")});
    match kind.as_str() {
        "regular" => {}
        "quiz" => quiz(ctx, &mut poll, options.len())?,
        _ => return Err(ApiError::bad("unsupported poll type specified")),
    }
    if let Some(period) = ctx.params.int("open_period").filter(|period| *period != 0) {
        if !OPEN_PERIOD_S.contains(&period) {
            return Err(ApiError::bad("wrong poll open period specified"));
        }
        poll["open_period"] = json!(period);
    }
    send::finish(ctx, "polls", vec![("poll", poll)])
}

fn question(ctx: &Ctx<'_>) -> Result<String> {
    let question = ctx.params.filled("question").map(|text| text.trim().to_owned()).unwrap_or_default();
    match entities::units(&question) {
        0 => Err(ApiError::bad("poll question must be non-empty")),
        QUESTION_UNITS_OVER.. => {
            Err(ApiError::bad(format!("poll question length must not exceed {QUESTION_UNITS_MAX}")))
        }
        _ => Ok(question),
    }
}

const QUESTION_UNITS_OVER: usize = QUESTION_UNITS_MAX + 1;

fn options(ctx: &Ctx<'_>) -> Result<Vec<Value>> {
    let list = ctx.params.json("options").ok_or_else(|| ApiError::bad("poll must have at least 1 option"))?;
    let list = list.map_err(|()| ApiError::bad("can't parse options JSON object"))?;
    let list = list.as_array().ok_or_else(|| ApiError::bad("expected an Array of String as options"))?;
    if list.is_empty() {
        return Err(ApiError::bad("poll must have at least 1 option"));
    }
    if list.len() > OPTIONS_MAX {
        return Err(ApiError::bad(format!("poll can't have more than {OPTIONS_MAX} options")));
    }
    list.iter().enumerate().map(|(index, option)| one(index, option)).collect()
}

fn one(index: usize, option: &Value) -> Result<Value> {
    let text = option.as_str().or_else(|| option["text"].as_str()).unwrap_or_default().trim();
    match entities::units(text) {
        0 => Err(ApiError::bad("poll options must be non-empty")),
        1..=OPTION_UNITS_MAX => Ok(json!({"persistent_id": index.to_string(), "text": text, "voter_count": 0})),
        _ => Err(ApiError::bad(format!("poll options length must not exceed {OPTION_UNITS_MAX}"))),
    }
}

fn quiz(ctx: &Ctx<'_>, poll: &mut Value, options: usize) -> Result<()> {
    let listed = ctx.params.read_json::<Vec<usize>>("correct_option_ids").and_then(|ids| ids.first().copied());
    let single = ctx.params.int("correct_option_id").and_then(|id| usize::try_from(id).ok());
    let correct = single.or(listed).filter(|id| *id < options);
    poll["correct_option_id"] = json!(correct.ok_or_else(|| ApiError::bad("wrong correct option ID specified"))?);
    if let Some(explanation) = ctx.params.filled("explanation") {
        if entities::units(&explanation) > EXPLANATION_UNITS_MAX {
            return Err(ApiError::bad("poll explanation is too long"));
        }
        poll["explanation"] = json!(explanation);
    }
    Ok(())
}
