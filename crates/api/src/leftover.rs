//! What is left of a body that was refused before it was read. It is read and thrown away: closing a connection on which the
//! sender still writes would take the answer from it.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::body::{Body, HttpBody};
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt;
use tokio::runtime::Handle;

/// What is read of a leftover at most; whoever sends more loses the connection.
const BYTES_MAX: usize = 32 << 20;
/// How long it is read at most.
const TIME_MAX: Duration = Duration::from_secs(30);

/// A body that may be dropped halfway.
pub fn read_out(body: Body) -> Body {
    if body.is_end_stream() { body } else { Body::new(ReadOut(body)) }
}

struct ReadOut(Body);

impl Drop for ReadOut {
    fn drop(&mut self) {
        if self.0.is_end_stream() {
            return;
        }
        if let Ok(runtime) = Handle::try_current() {
            let rest = drain(std::mem::take(&mut self.0));
            runtime.spawn(async { tokio::time::timeout(TIME_MAX, rest).await });
        }
    }
}

async fn drain(mut body: Body) {
    let mut drained = 0;
    while let Some(Ok(frame)) = body.frame().await {
        drained += frame.data_ref().map_or(0, Bytes::len);
        if drained > BYTES_MAX {
            return;
        }
    }
}

impl HttpBody for ReadOut {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.0).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}
