//! Opening a lane: taking it over, and what it has to remember.

use std::sync::Arc;

use model::{Id, Result, Timestamp, bot::Bot};
use secrecy::SecretString;
use store::{
    bots, broadcasts,
    deliveries::{self, Sendable},
};

use super::{Deps, Note, seat::Seat};
use crate::delivery::planner::{Config, Lane, Restore, Used};

/// A lane that is ready for its first event.
#[derive(Debug)]
pub(super) struct Opened {
    pub seat: Seat,
    pub restore: Restore,
}

/// Takes a lane over, unless the bot can't send at all.
pub(super) async fn lane(deps: Arc<Deps>, bot: Id<Bot>) -> Note {
    let opened = open(&deps, bot).await;
    Note::Opened(bot, opened)
}

async fn open(deps: &Deps, bot: Id<Bot>) -> Result<Option<Box<Opened>>> {
    let Some(Bearer { sendable, token: Some(token) }) = bearer(deps, bot).await? else { return Ok(None) };
    let config = Config { bot_rate: sendable.rate_limit.unwrap_or(deps.bot_rate), ..deps.config.clone() };
    let (node, now) = (deps.node.clone(), deps.clock.now());
    let since = now - config.memory_ms();
    let taken = deps.db.write(move |tx| take(tx, &node, bot, since, now)).await?;
    let Some((fence, mut restore)) = taken else { return Ok(None) };
    if sendable.is_token_revoked {
        restore.revoked = Some("Telegram refuses the bot's token.".to_owned());
    }
    let seat = Seat {
        lane: Lane::new(bot, config, deps.seed ^ bot.as_uuid().as_u64_pair().1),
        fence,
        token,
        may_send: sendable.is_active,
        kept_claims: Vec::new(),
        wake_at: None,
        seen: 0,
    };
    Ok(Some(Box::new(Opened { seat, restore })))
}

fn take(
    tx: &mut store::db::Tx,
    node: &str,
    bot: Id<Bot>,
    since: Timestamp,
    now: Timestamp,
) -> Result<Option<(i64, Restore)>> {
    let Some(lane) = deliveries::open_lane(tx, node, bot, now)? else { return Ok(None) };
    let used = deliveries::recent_uses(tx, bot, since)?;
    let restore = Restore {
        used: used.into_iter().map(used_place).collect(),
        paused_until: lane.paused_until.filter(|until| *until > now),
        paused_chats: lane.paused_chats,
        bulk_ceiling: lane.bulk_ceiling.and_then(|c| u32::try_from(c).ok()),
        left_over: deliveries::leftovers(tx, bot)?,
        held: broadcasts::held(tx, bot, now)?,
        capped: broadcasts::capped(tx)?,
        revoked: None,
    };
    Ok(Some((lane.fence, restore)))
}

fn used_place(one: deliveries::Use) -> Used {
    Used { chat_id: one.chat_id, weight: one.weight, answered_at: one.answered_at, is_paid: one.is_paid }
}

/// A bot and its token.
#[derive(Debug)]
pub(super) struct Bearer {
    pub sendable: Sendable,
    /// None once the bot was removed.
    pub token: Option<SecretString>,
}

/// The bot behind a lane, as it is now.
pub(super) async fn bearer(deps: &Deps, bot: Id<Bot>) -> Result<Option<Bearer>> {
    let cipher = deps.cipher.clone();
    deps.db
        .read(move |tx| {
            let Some(sendable) = deliveries::sendable(tx, bot)? else { return Ok(None) };
            Ok(Some(Bearer { sendable, token: bots::token(tx, &cipher, bot)? }))
        })
        .await
}
