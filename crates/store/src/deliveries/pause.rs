//! Pauses after a 429: remembered, so that a restart does not call too early.

use model::{
    Id, Result, Timestamp,
    bot::Bot,
    chat::{ChatKind, ChatState},
};

use crate::{args, db::Tx};

crate::statements! {
    hot PAUSE_BOT = "lanes.pause",
        "UPDATE lane SET paused_until = $1, bulk_ceiling = $2, ceiling_at = $3 WHERE bot_id = $4 AND fence = $5";
    hot CEILING = "lanes.ceiling", "
        UPDATE lane SET bulk_ceiling = $1, ceiling_at = $2 WHERE bot_id = $3 AND fence = $4";
    PAUSE_CHAT = "chats.pause", "
        INSERT INTO chat (bot_id, chat_id, tenant_id, kind, state, paused_until)
        SELECT id, $1, tenant_id, $2, $3, $4 FROM bot WHERE id = $5
        ON CONFLICT (bot_id, chat_id) DO UPDATE SET paused_until = CASE
            WHEN chat.paused_until > excluded.paused_until THEN chat.paused_until ELSE excluded.paused_until END";
}

/// Nothing goes to the chat, or from the whole bot when there is none, before `until`.
pub fn pause(
    tx: &mut Tx,
    (bot, fence): (Id<Bot>, i64),
    chat_id: Option<i64>,
    until: Timestamp,
    bulk_ceiling: u32,
    now: Timestamp,
) -> Result<()> {
    let Some(chat_id) = chat_id else {
        return tx.execute(PAUSE_BOT, &args![until, bulk_ceiling, now, bot, fence]).map(drop);
    };
    let kind = ChatKind::guess(chat_id);
    tx.execute(PAUSE_CHAT, &args![chat_id, kind.as_str(), ChatState::Unknown.as_str(), until, bot])?;
    tx.execute(CEILING, &args![bulk_ceiling, now, bot, fence]).map(drop)
}
