//! What Telegram answers about a token, as errors of ours.

use std::time::Duration;

use channels::telegram::{
    errors::{self, Me},
    outgoing::management,
};
use model::{Error, ErrorKind, Result};
use secrecy::{ExposeSecret, SecretString};
use transport::Asked;

use crate::App;

const PATIENCE_MS: u64 = 10_000;

/// How long somebody who waits for an answer of ours waits for Telegram's.
pub(super) fn patience(app: &App) -> Duration {
    Duration::from_millis(app.settings.request_timeout_ms.unsigned_abs().min(PATIENCE_MS))
}

const TOKEN_CHARS_MAX: usize = 256;

/// Lets Telegram say whose token it is. Only its form, `digits:rest`, is judged here.
pub(super) async fn owner_of(app: &App, token: &SecretString) -> Result<Me> {
    if !has_form_of_token(token.expose_secret()) {
        return Err(invalid_token("Enter the token as BotFather gave it, in the form 123456:ABC-DEF1234."));
    }
    match app.bot_api.ask(token, &management::get_me(), patience(app), errors::me).await {
        Asked::Ok(me) => Ok(me),
        Asked::Refused { description, .. } => {
            Err(invalid_token(&format!("Telegram does not accept this token: {description}")))
        }
        other => Err(unreachable(&other)),
    }
}

fn has_form_of_token(token: &str) -> bool {
    let Some((digits, rest)) = token.split_once(':') else { return false };
    let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    let is_clean = !rest.is_empty() && !rest.contains(|c: char| c.is_whitespace() || c.is_control());
    is_number && is_clean && token.len() <= TOKEN_CHARS_MAX
}

/// A complaint about a token that was given.
pub(super) fn invalid_token(sentence: &str) -> Error {
    Error::field("bot_token", sentence).with_code("invalid_bot_token")
}

/// Telegram gave no usable answer.
pub(super) fn unreachable<T>(asked: &Asked<T>) -> Error {
    let kind = match asked {
        Asked::Unreachable { is_timeout: true, .. } => ErrorKind::UpstreamTimeout,
        _ => ErrorKind::UpstreamBad,
    };
    let error = Error::new(kind, "telegram_unreachable", asked.complaint().unwrap_or_default());
    match asked {
        Asked::RetryAfter { after_ms } => error.with_retry_after(*after_ms),
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use super::has_form_of_token;

    #[test]
    fn only_the_form_of_a_token_is_judged() {
        for good in ["1:a", "1:ä", "123456:ABC-DEF1234…", "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1"] {
            assert!(has_form_of_token(good), "{good}");
        }
        for bad in ["", ":", "1:", ":a", "a:b", "-1:a", "1 :a", "1:a b", "1:\0", "***1234"] {
            assert!(!has_form_of_token(bad), "{bad}");
        }
        assert!(!has_form_of_token(&format!("1:{}", "a".repeat(255))));
    }
}
