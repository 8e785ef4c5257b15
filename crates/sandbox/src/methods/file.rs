//! Files on their way down: getFile.

use serde_json::json;

use super::Ctx;
use crate::answer::{Answer, ApiError, Result};

const BYTES_MAX: u64 = 20 << 20;

pub fn get(ctx: &Ctx<'_>) -> Result<Answer> {
    let id = ctx.params.filled("file_id").ok_or_else(|| ApiError::bad("file_id not specified"))?;
    let file = ctx.state.files.by_id(ctx.bot.id, &id).ok_or_else(|| ApiError::bad("invalid file_id"))?;
    if file.told_bytes > BYTES_MAX {
        return Err(ApiError::bad("file is too big"));
    }
    ctx.bot.desk().fetch(file.number);
    Ok(Answer::new(&json!({"file_id": file.id_for(ctx.bot.id), "file_unique_id": file.unique_id(),
        "file_size": file.told_bytes, "file_path": file.path()})))
}

/// People of the sandbox have no profile photos.
pub fn profile_photos(ctx: &Ctx<'_>) -> Result<Answer> {
    let user = ctx.params.int("user_id").and_then(|id| ctx.state.users.get(id));
    user.ok_or_else(|| ApiError::bad("user not found"))?;
    Ok(Answer::new(&json!({"total_count": 0, "photos": []})))
}
