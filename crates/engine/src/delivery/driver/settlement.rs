//! A lane's verdict as the store writes it.

use model::message::{ErrorCode, Status};
use store::deliveries::{Settled, Settlement};

use crate::delivery::planner::{Settle, Verdict};

/// The settlement that a lane decided on.
pub(super) fn of(fence: i64, settle: Settle) -> Settlement {
    let Settle { queued, answered_at, keeps_daily, blocks_chat, verdict } = settle;
    Settlement {
        key: queued.key,
        fence,
        message: queued.message,
        broadcast: queued.broadcast,
        chat_id: queued.chat_id,
        weight: queued.weight,
        answered_at,
        keeps_daily,
        blocks_chat,
        settled: settled(verdict),
    }
}

fn settled(verdict: Verdict) -> Settled {
    let ended = |status, code, message| Settled::Ended { status, code, message };
    match verdict {
        Verdict::Sent { provider_message_ids } => Settled::Done { provider_message_ids },
        Verdict::Accepted { provider_message_id, name } => Settled::Accepted { provider_message_id, name },
        Verdict::Failed { code, message } => ended(Status::Failed, code, message),
        Verdict::Blocked { code, message } => ended(Status::Blocked, code, message),
        Verdict::Expired => {
            ended(Status::Expired, ErrorCode::Expired, "The message expired before it could leave.".to_owned())
        }
        Verdict::Unknown { message } => ended(Status::Unknown, ErrorCode::TimedOut, message),
        Verdict::TryAgain { due_at, attempts, was_unknown, waiting_for, error } => {
            Settled::Again { due_at, attempts, was_unknown, error, waiting_for }
        }
        Verdict::Moved { chat_id } => Settled::Moved { chat_id },
    }
}
