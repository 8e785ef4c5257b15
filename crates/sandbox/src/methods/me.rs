//! Who the bot is.

use super::Ctx;
use crate::answer::{Answer, Result};

pub fn get_me(ctx: &Ctx<'_>) -> Result<Answer> {
    Ok(Answer::new(&ctx.bot.profile().as_me()))
}
