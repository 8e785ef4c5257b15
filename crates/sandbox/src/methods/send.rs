//! Sending what needs no file.

use serde_json::Value;

use super::{
    Ctx,
    post::{Draft, ReplyTo, post},
    target,
};
use crate::{
    answer::{Answer, ApiError, Result},
    message::Fields,
};

pub fn message(ctx: &Ctx<'_>) -> Result<Answer> {
    let text = ctx.params.text("text").unwrap_or_default();
    if text.trim().is_empty() {
        return Err(ApiError::bad("message text is empty"));
    }
    if text.encode_utf16().count() > 4096 {
        return Err(ApiError::bad("message is too long"));
    }
    finish(ctx, "text messages", vec![("text", Value::String(text.into_owned()))])
}

/// The steps that all single messages share.
pub fn finish(ctx: &Ctx<'_>, what: &'static str, content: Fields) -> Result<Answer> {
    let reply_to = ReplyTo::from_params(ctx)?;
    let target = target::find(ctx, "chat_id")?;
    let reply_markup = ctx.params.read_json("reply_markup");
    let draft = Draft { content, reply_to, what, reply_markup, ..Draft::default() };
    let message = post(ctx, &target, draft)?;
    Ok(Answer::new(&message).of_message(message.id))
}
