//! `Prefer: wait=10`: the caller wants to know the outcome in the same answer.

use axum::http::HeaderMap;
use model::Timestamp;

/// The longest wait that is granted.
const WAIT_SECONDS_MAX: i64 = 60;

/// Until when the caller wants to wait; None: not at all.
pub(crate) fn wait_until(headers: &HeaderMap, now: Timestamp) -> Option<Timestamp> {
    let preferences = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
    let mut waits = preferences.flat_map(|value| value.split([',', ';'])).filter_map(|preference| {
        let (name, value) = preference.split_once('=')?;
        name.trim().eq_ignore_ascii_case("wait").then(|| value.trim().trim_matches('"').parse::<i64>().ok())?
    });
    waits.next().filter(|seconds| *seconds > 0).map(|seconds| now + seconds.min(WAIT_SECONDS_MAX) * 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(value: &str) -> Option<i64> {
        let mut headers = HeaderMap::new();
        headers.insert("prefer", value.parse().unwrap());
        wait_until(&headers, Timestamp::from_ms(0)).map(Timestamp::as_ms)
    }

    #[test]
    fn the_wait_is_read_and_bounded() {
        assert_eq!(wait("wait=10"), Some(10_000));
        assert_eq!(wait("respond-async, Wait=\"5\""), Some(5_000));
        assert_eq!(wait("wait=100000"), Some(60_000));
        for other in ["", "wait", "wait=x", "wait=-1", "wait=0", "waiting=3"] {
            assert_eq!(wait(other), None, "{other}");
        }
    }
}
