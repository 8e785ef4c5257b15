//! Update kinds that this Bot API server does not know. An older server leaves them out of what it says it is set to,
//! which would look like a drift for ever.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use channels::telegram::{errors::WebhookInfo, update::ALLOWED_UPDATES};

/// Those that servers have known for years (Bot API 5.1, March 2021).
const KNOWN_TO_ALL: [&str; 13] = [
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "inline_query",
    "chosen_inline_result",
    "callback_query",
    "shipping_query",
    "pre_checkout_query",
    "poll",
    "poll_answer",
    "my_chat_member",
    "chat_member",
];

/// What was learnt. Clones share it.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    unknown: Arc<Mutex<BTreeSet<&'static str>>>,
}

impl Names {
    /// Which kinds we ask for, the server knows, and the webhook lacks.
    pub(super) fn missing(&self, info: &WebhookInfo) -> Vec<&'static str> {
        let unknown = self.unknown.lock().unwrap_or_else(PoisonError::into_inner);
        let lacks = |name: &&str| !info.allowed_updates.iter().flatten().any(|allowed| allowed == name);
        ALLOWED_UPDATES.into_iter().filter(lacks).filter(|name| !unknown.contains(name)).collect()
    }

    /// Takes for unknown to the server what is missing right after a setting of ours. What every server knows is missing
    /// because somebody else set the webhook meanwhile.
    pub(super) fn learn(&self, info: &WebhookInfo) {
        let missing: Vec<_> = self.missing(info).into_iter().filter(|name| !KNOWN_TO_ALL.contains(name)).collect();
        if !missing.is_empty() {
            tracing::info!(kinds = missing.join(", "), "This Bot API server doesn't know some kinds of Updates.");
        }
        self.unknown.lock().unwrap_or_else(PoisonError::into_inner).extend(missing);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(allowed: Option<&[&str]>) -> WebhookInfo {
        WebhookInfo {
            url: "https://example.org/".into(),
            has_custom_certificate: false,
            pending_update_count: 0,
            ip_address: None,
            last_error_date: None,
            last_error_message: None,
            last_synchronization_error_date: None,
            max_connections: None,
            allowed_updates: allowed.map(|names| names.iter().map(|name| (*name).to_owned()).collect()),
        }
    }

    #[test]
    fn what_an_older_server_does_not_know_is_missed_once() {
        let names = Names::default();
        let old = &ALLOWED_UPDATES[..ALLOWED_UPDATES.len() - 2];
        assert!(names.missing(&info(Some(&ALLOWED_UPDATES))).is_empty());
        assert_eq!(names.missing(&info(Some(old))), &ALLOWED_UPDATES[ALLOWED_UPDATES.len() - 2..]);
        names.clone().learn(&info(Some(old)));
        assert!(names.missing(&info(Some(old))).is_empty());
        assert_eq!(names.missing(&info(Some(&old[1..]))), &old[..1]);
        names.learn(&info(Some(&old[1..])));
        assert_eq!(names.missing(&info(Some(&old[1..]))), &old[..1], "every server knows the first kind");
        assert_eq!(names.missing(&info(None)).len(), old.len(), "Telegram's default is not what we ask for");
    }
}
