//! What Telegram's words about a webhook mean. Pure.

use channels::telegram::errors::WebhookInfo;
use model::Timestamp;

/// How long a delivery error is shown when nothing waits any more: Telegram never takes it back.
const RECENT_MS: i64 = 600_000;

/// What a look at a webhook found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Finding {
    Healthy,
    /// It is set as it should be, but deliveries fail, in Telegram's words.
    Trouble(String),
    /// It is set to something else: set it again, with the secret it has.
    Drifted,
    /// We refused a delivery after our last setting: the secret at Telegram is not ours.
    SecretLost,
}

/// Judges a webhook. `misses_kinds`: some kinds of Updates that we want are not delivered.
pub(super) fn judge(
    info: &WebhookInfo,
    url: &str,
    misses_kinds: bool,
    set_at: Option<Timestamp>,
    now: Timestamp,
) -> Finding {
    if info.url != url || misses_kinds {
        return Finding::Drifted;
    }
    let (Some(date), Some(message)) = (info.last_error_date, &info.last_error_message) else { return Finding::Healthy };
    let failed_at = Timestamp::from_seconds(date);
    let is_newer = set_at.is_none_or(|set_at| failed_at > set_at);
    if is_newer && is_refusal(message) {
        return Finding::SecretLost;
    }
    let is_current = info.pending_update_count > 0 || now.since(failed_at) < RECENT_MS;
    if is_newer && is_current {
        return Finding::Trouble(trouble(info, message, failed_at));
    }
    Finding::Healthy
}

/// Telegram writes "Wrong response from the webhook: 401 Unauthorized".
fn is_refusal(message: &str) -> bool {
    message.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == "401")
}

fn trouble(info: &WebhookInfo, message: &str, failed_at: Timestamp) -> String {
    let waiting = match info.pending_update_count {
        0 => String::new(),
        1 => " 1 Update waits.".into(),
        n => format!(" {n} Updates wait."),
    };
    format!("Telegram could not deliver at {failed_at}: {message}.{waiting}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://example.org/hook/";
    const NOW: Timestamp = Timestamp::from_seconds(10_000);

    fn info(error: Option<(i64, &str)>, pending: i64) -> WebhookInfo {
        WebhookInfo {
            url: URL.into(),
            has_custom_certificate: false,
            pending_update_count: pending,
            ip_address: None,
            last_error_date: error.map(|(date, _)| date),
            last_error_message: error.map(|(_, message)| message.into()),
            last_synchronization_error_date: None,
            max_connections: None,
            allowed_updates: None,
        }
    }

    fn judged(error: Option<(i64, &str)>, pending: i64) -> Finding {
        judge(&info(error, pending), URL, false, Some(Timestamp::from_seconds(9_000)), NOW)
    }

    #[test]
    fn another_address_or_fewer_kinds_are_a_drift() {
        let good = info(None, 0);
        assert_eq!(judge(&good, URL, false, None, NOW), Finding::Healthy);
        assert_eq!(judge(&good, URL, true, None, NOW), Finding::Drifted);
        assert_eq!(judge(&WebhookInfo { url: String::new(), ..good }, URL, false, None, NOW), Finding::Drifted);
    }

    #[test]
    fn only_a_401_after_our_setting_costs_the_secret() {
        let refusal = "Wrong response from the webhook: 401 Unauthorized";
        assert_eq!(judged(Some((9_001, refusal)), 1), Finding::SecretLost);
        assert_eq!(judged(Some((9_000, refusal)), 1), Finding::Healthy);
        let other = "Wrong response from the webhook: 500 Internal Server Error";
        assert!(matches!(judged(Some((9_001, other)), 1), Finding::Trouble(words) if words.contains(other)));
        assert!(matches!(judged(Some((9_001, "Connection refused on port 4401")), 1), Finding::Trouble(_)));
    }

    #[test]
    fn an_old_error_is_forgotten_once_nothing_waits() {
        assert_eq!(judged(Some((9_100, "Connection refused")), 0), Finding::Healthy);
        assert!(matches!(judged(Some((9_500, "Connection refused")), 0), Finding::Trouble(_)));
    }
}
