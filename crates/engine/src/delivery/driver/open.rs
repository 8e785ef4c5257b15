//! Opening a lane: taking it over, and what it has to remember.

use std::sync::Arc;

use model::{Id, Rate, Result, Timestamp, bot::Bot};
use secrecy::SecretString;
use store::{
    bots, broadcasts,
    deliveries::{self, Sendable},
};

use super::{Deps, Note, call::Door, seat::Seat};
use crate::delivery::planner::{Config, Lane, Restore, Used};

/// What came of opening a lane.
#[derive(Debug)]
pub(super) enum Opening {
    Done(Box<Opened>),
    /// Another node has it.
    Elsewhere,
    /// The bot can't send at all.
    Never,
}

/// A lane that is ready for its first event.
#[derive(Debug)]
pub(super) struct Opened {
    pub seat: Seat,
    pub restore: Restore,
    /// The node's name when it took the lane.
    pub taker: String,
}

/// Takes a lane over, unless the bot can't send at all.
pub(super) async fn lane(deps: Arc<Deps>, bot: Id<Bot>) -> Note {
    let opening = open(&deps, bot).await;
    Note::Opened(bot, opening)
}

async fn open(deps: &Deps, bot: Id<Bot>) -> Result<Opening> {
    let Some(Bearer { sendable, token: Some(token) }) = bearer(deps, bot).await? else { return Ok(Opening::Never) };
    let config = Config {
        bot_rate: rate(deps, &sendable),
        chat_rate: sendable.platform.capabilities().chat_rate.unwrap_or(deps.config.chat_rate),
        ..deps.config.clone()
    };
    let door = door(&sendable, token);
    let (taker, now) = (deps.nodes.view().me.clone(), deps.clock.now());
    let since = now - config.memory_ms();
    let name = taker.clone();
    let taken = deps.db.write(move |tx| take(tx, &name, bot, since, now)).await?;
    let Some((fence, mut restore)) = taken else { return Ok(Opening::Elsewhere) };
    if sendable.is_token_revoked {
        restore.revoked = Some("The channel refuses the token.".to_owned());
    }
    let seat = Seat {
        lane: Lane::new(bot, config, deps.seed ^ bot.as_uuid().as_u64_pair().1),
        fence,
        tenant: sendable.tenant,
        door,
        may_send: sendable.is_active,
        is_leaving: false,
        owed: 0,
        kept_claims: Vec::new(),
        wake_at: None,
        seen: 0,
    };
    Ok(Opening::Done(Box::new(Opened { seat, restore, taker })))
}

fn take(
    tx: &mut store::db::Tx,
    taker: &str,
    bot: Id<Bot>,
    since: Timestamp,
    now: Timestamp,
) -> Result<Option<(i64, Restore)>> {
    let Some(lane) = deliveries::open_lane(tx, taker, bot, now)? else { return Ok(None) };
    let used = deliveries::recent_uses(tx, bot, since)?;
    let restore = Restore {
        used: used.into_iter().map(used_place).collect(),
        paused_until: lane.paused_until.filter(|until| *until > now),
        paused_chats: lane.paused_chats,
        bulk_ceiling: lane.bulk_ceiling,
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

/// How fast a sender may be.
pub(super) fn rate(deps: &Deps, sendable: &Sendable) -> Rate {
    let of_channel = sendable.platform.capabilities().sender_rate;
    sendable.rate_limit.or(of_channel).unwrap_or(deps.bot_rate)
}

/// Through which door a sender's calls leave.
pub(super) fn door(sendable: &Sendable, token: SecretString) -> Door {
    match &sendable.phone_number_id {
        Some(id) => Door::Whatsapp { token, phone_number_id: id.as_str().into() },
        None => Door::Telegram { token },
    }
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
