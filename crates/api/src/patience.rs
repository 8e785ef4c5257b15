//! How long a request's body may take: a sender that trickles must not hold a connection and what was read of it for ever.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::{
    BoxError,
    body::{Body, HttpBody},
};
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

/// Any body may take this long.
const GRACE: Duration = Duration::from_secs(30);
/// A longer one must come at least this fast on average: slower than the slowest mobile networks.
const BYTES_PER_SECOND_MIN: u64 = 1_024;

/// Said in place of the rest of a body that came too slowly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooSlow;

impl fmt::Display for TooSlow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "The body came too slowly: it may take {} s, and must then come at {BYTES_PER_SECOND_MIN} bytes a second.",
            GRACE.as_secs()
        )
    }
}

impl std::error::Error for TooSlow {}

/// Whether an error, or one of its causes, is [`TooSlow`].
pub fn is_too_slow(error: &(dyn std::error::Error + 'static)) -> bool {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.into_iter().any(<dyn std::error::Error>::is::<TooSlow>)
}

/// A body with that limit.
pub fn bounded(body: Body) -> Body {
    within(body, GRACE)
}

fn within(body: Body, grace: Duration) -> Body {
    if body.is_end_stream() {
        return body;
    }
    Body::new(Bounded { body, until: Instant::now() + grace, bytes: 0, end: None })
}

struct Bounded {
    body: Body,
    /// When the time is over for a body that has not begun.
    until: Instant,
    bytes: u64,
    /// When the time is over; made only once there is something to wait for, since most bodies come with their heads.
    end: Option<Pin<Box<Sleep>>>,
}

impl Bounded {
    fn ends_at(&self) -> Instant {
        self.until + Duration::from_secs(self.bytes / BYTES_PER_SECOND_MIN)
    }
}

impl HttpBody for Bounded {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) {
            if let Some(Ok(frame)) = &frame
                && let Some(data) = frame.data_ref()
            {
                self.bytes += data.len() as u64;
                self.end = None;
            }
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let ends_at = self.ends_at();
        let end = self.end.get_or_insert_with(|| Box::pin(sleep_until(ends_at)));
        ready!(end.as_mut().poll(context));
        Poll::Ready(Some(Err(TooSlow.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use futures::{StreamExt, stream};
    use http_body_util::BodyExt;

    use super::*;

    fn pieces(count: usize) -> impl futures::Stream<Item = Result<Bytes, TooSlow>> + Send {
        stream::iter((0..count).map(|_| Ok(Bytes::from(vec![b'x'; 1_024]))))
    }

    #[tokio::test]
    async fn a_body_that_never_ends_is_cut_off() {
        let stuck = Body::from_stream(pieces(0).chain(stream::pending()));
        assert!(is_too_slow(&within(stuck, Duration::from_millis(5)).collect().await.unwrap_err()));
    }

    #[tokio::test]
    async fn what_has_come_gives_time_for_more() {
        let mut body = Bounded {
            body: Body::from_stream(pieces(60).chain(stream::pending())),
            until: Instant::now(),
            bytes: 0,
            end: None,
        };
        for _ in 0..60 {
            body.frame().await.unwrap().unwrap();
        }
        assert!(body.ends_at() > Instant::now() + Duration::from_secs(58));
    }
}
