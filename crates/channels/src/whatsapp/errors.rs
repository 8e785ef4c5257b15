//! What Meta's answers mean: to a message, to a question of management, and in a status that comes later.
//!
//! Only the code decides, as Meta's documentation asks; status lines, titles and sentences say the same thing in many ways.

use model::{
    delivery::{Outcome, Reach},
    message::ErrorCode,
};

use super::number_of;
use crate::{
    json::{self, Object},
    wire::Reply,
};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
/// How long a sender is left alone that Meta restricts, before it is tried again.
const SUSPENDED_MS: i64 = HOUR_MS;
/// Characters of Meta's words that are kept.
const WORDS_MAX: usize = 500;

/// What a code leads to.
enum Meaning {
    Revoked,
    Suspended(ErrorCode, i64),
    Throttled(Reach, i64),
    WindowClosed,
    Again(ErrorCode),
    Never(ErrorCode),
}

use ErrorCode::{
    BadMedia, ChannelUnavailable, NotReachable, OptedOut, PayloadInvalid, RefusedByPolicy, SenderSuspended,
    TemplateInvalid,
};
use Meaning::{Again, Never, Revoked, Suspended, Throttled, WindowClosed};

fn meaning(code: i64) -> Option<Meaning> {
    Some(match code {
        0 | 3 | 10 | 102 | 104 | 190 | 200..=299 | 131_005 => Revoked,
        33 | 368 | 131_031 | 131_037 | 131_042 | 131_045 | 133_006 | 133_010 | 134_011 => {
            Suspended(SenderSuspended, SUSPENDED_MS)
        }
        131_048 | 131_064 => Suspended(SenderSuspended, 24 * HOUR_MS),
        4 | 80_007 => Throttled(Reach::Bot, 5 * MINUTE_MS),
        130_429 => Throttled(Reach::Bot, 2_000),
        131_057 | 2_494_100 => Throttled(Reach::Bot, MINUTE_MS),
        131_056 => Throttled(Reach::Chat, 6_000),
        134_101 => Throttled(Reach::Bot, 10 * MINUTE_MS),
        132_015 => Never(TemplateInvalid),
        131_047 => WindowClosed,
        1 | 2 | 131_000 | 131_016 | 133_004 => Again(ChannelUnavailable),
        131_026 | 131_021 | 131_030 | 131_062 | 137_000 => Never(NotReachable),
        131_050 => Never(OptedOut),
        130_403 | 130_472 | 130_497 | 131_049 | 131_055 | 131_063 => Never(RefusedByPolicy),
        131_052 | 131_053 => Never(BadMedia),
        132_000..=132_999 => Never(TemplateInvalid),
        100 | 131_008 | 131_009 | 131_051 | 135_000 => Never(PayloadInvalid),
        _ => return None,
    })
}

/// What the answer to a message means. Only for answers that are complete.
pub fn classify(reply: &Reply<'_>) -> Outcome {
    let body = json::object(reply.body);
    let name = body.as_ref().and_then(|body| body.objects("messages").next()?.text("id"));
    if let Some(name) = name.filter(|name| !name.is_empty()) {
        return Outcome::Accepted { provider_message_id: number_of(&name), name };
    }
    match (body.as_ref().and_then(|body| body.object("error")), reply.status) {
        (Some(error), status) => refused(error, status),
        // Reading and typing, which make no message.
        (None, 200..=299) if body.as_ref().is_some_and(|body| body.flag("success")) => {
            Outcome::Sent { provider_message_ids: Vec::new() }
        }
        // It may well have arrived: a page of some gateway says nothing of what stood behind it.
        (None, 200..=299 | 500..) => {
            Outcome::Unknown { message: format!("HTTP {} without a result that can be read.", reply.status) }
        }
        (None, 429) => Outcome::Throttled { after_ms: MINUTE_MS, reach: Reach::Bot },
        (None, status) => {
            Outcome::Retry { code: ChannelUnavailable, message: format!("HTTP {status} without an error of Meta's.") }
        }
    }
}

fn refused(error: &Object<'_>, status: u16) -> Outcome {
    let code = error.integer("code").unwrap_or(-1);
    let message = words(error);
    match meaning(code) {
        Some(Revoked) => Outcome::TokenRevoked { message },
        Some(Suspended(code, after_ms)) => Outcome::ChannelSuspended { code, message, after_ms },
        Some(Throttled(reach, after_ms)) => Outcome::Throttled { after_ms, reach },
        Some(WindowClosed) => Outcome::WindowClosed { message },
        Some(Again(code)) => Outcome::Retry { code, message },
        Some(Never(code)) => Outcome::Rejected { code, message },
        None if status >= 500 || status == 429 || error.flag("is_transient") => {
            Outcome::Retry { code: ChannelUnavailable, message }
        }
        None => Outcome::Rejected { code: ErrorCode::Unknown, message },
    }
}

/// Why a message that was accepted failed after all.
pub(super) fn late(error: Option<&Object<'_>>) -> (ErrorCode, String) {
    let Some(error) = error else { return (ErrorCode::Unknown, "Meta gave no reason.".into()) };
    let code = match meaning(error.integer("code").unwrap_or(-1)) {
        Some(Revoked) => ErrorCode::TokenRevoked,
        Some(Suspended(code, _) | Again(code) | Never(code)) => code,
        Some(Throttled(..)) => RefusedByPolicy,
        Some(WindowClosed) => ErrorCode::WindowClosed,
        None => ErrorCode::Unknown,
    };
    (code, words(error))
}

/// Meta's own words, with the code that its documentation explains.
fn words(error: &Object<'_>) -> String {
    let details = error.object("error_data").and_then(|data| data.text("details"));
    let said = details.or_else(|| error.text("message")).or_else(|| error.text("title")).unwrap_or_default();
    let code = error.integer("code").map(|code| format!("(#{code}) ")).unwrap_or_default();
    let said = said.strip_prefix(code.as_str()).unwrap_or(&said);
    format!("{code}{said}").chars().take(WORDS_MAX).collect()
}

/// What became of a question of management.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement<T> {
    Ok(T),
    /// The token is no good, or may not do this.
    TokenRefused {
        description: String,
    },
    /// Meta said no, in these words.
    Refused {
        code: i64,
        description: String,
    },
    RetryAfter {
        after_ms: i64,
    },
    /// No answer of Meta's, or one of its own trouble.
    Unreachable {
        description: String,
    },
}

/// Judges an answer; `read` reads the result.
pub(super) fn judge<T>(reply: &Reply<'_>, read: impl FnOnce(&Object<'_>) -> Option<T>) -> Judgement<T> {
    let Some(body) = json::object(reply.body) else {
        return Judgement::Unreachable { description: format!("HTTP {} without JSON.", reply.status) };
    };
    let Some(error) = body.object("error") else {
        return match read(&body).filter(|_| (200..300).contains(&reply.status)) {
            Some(value) => Judgement::Ok(value),
            None => Judgement::Unreachable { description: format!("HTTP {} says nothing usable.", reply.status) },
        };
    };
    let (code, description) = (error.integer("code").unwrap_or(-1), words(error));
    match meaning(code) {
        Some(Revoked) => Judgement::TokenRefused { description },
        Some(Throttled(_, after_ms)) => Judgement::RetryAfter { after_ms },
        Some(Again(_)) => Judgement::Unreachable { description },
        _ if reply.status >= 500 => Judgement::Unreachable { description },
        _ => Judgement::Refused { code, description },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Outcome {
        classify(&Reply { status, retry_after: None, body: body.as_bytes() })
    }

    fn error(code: i64) -> Outcome {
        answer(
            400,
            &format!(r#"{{"error":{{"code":{code},"message":"(#{code}) No","error_data":{{"details":"why"}}}}}}"#),
        )
    }

    #[test]
    fn a_message_that_is_accepted_has_a_name() {
        let body =
            r#"{"messaging_product":"whatsapp","contacts":[{"input":"+1","wa_id":"1"}],"messages":[{"id":"wamid.X"}]}"#;
        let Outcome::Accepted { provider_message_id, name } = answer(200, body) else { panic!() };
        assert_eq!((name.as_str(), provider_message_id), ("wamid.X", number_of("wamid.X")));
    }

    #[test]
    fn every_row_of_the_table_has_its_outcome() {
        let message = |code: i64| format!("(#{code}) why");
        assert_eq!(error(190), Outcome::TokenRevoked { message: message(190) });
        assert_eq!(error(131_056), Outcome::Throttled { after_ms: 6_000, reach: Reach::Chat });
        assert_eq!(error(130_429), Outcome::Throttled { after_ms: 2_000, reach: Reach::Bot });
        assert_eq!(error(131_047), Outcome::WindowClosed { message: message(131_047) });
        assert!(matches!(error(131_031), Outcome::ChannelSuspended { .. }));
        assert!(matches!(error(131_016), Outcome::Retry { .. }));
        for (code, meant) in
            [(131_026, NotReachable), (131_050, OptedOut), (132_001, TemplateInvalid), (100, PayloadInvalid)]
        {
            assert_eq!(error(code), Outcome::Rejected { code: meant, message: message(code) }, "{code}");
        }
        assert_eq!(error(999_999), Outcome::Rejected { code: ErrorCode::Unknown, message: message(999_999) });
    }

    #[test]
    fn only_an_error_of_metas_says_that_nothing_was_accepted() {
        for (status, body) in [(200, "{}"), (502, "<html>"), (500, "")] {
            assert!(matches!(answer(status, body), Outcome::Unknown { .. }), "{status} {body}");
        }
        assert!(matches!(answer(404, "<html>"), Outcome::Retry { .. }));
        assert!(matches!(answer(503, r#"{"error":{"code":5}}"#), Outcome::Retry { .. }));
    }
}
