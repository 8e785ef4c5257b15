//! Saved segments, as tools name them.

use model::{Error, Id, Result, contact::segment::Segment};
use store::contacts::segments;

use crate::caller::Call;

/// The segment that an argument names by id or by name.
pub(super) async fn find(call: &Call, argument: &str, text: Option<&str>) -> Result<Option<Segment>> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    let (scope, named) = (call.scope, text.to_owned());
    let found = call.app.db.read(move |tx| match named.parse::<Id<Segment>>() {
        Ok(id) => segments::get(tx, &scope, id),
        Err(_) => segments::by_name(tx, &scope, &named),
    });
    let missing = || Error::field(argument, "There is no such segment. Give its id, or its name as it is written.");
    found.await?.ok_or_else(missing).map(Some)
}
