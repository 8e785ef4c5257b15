//! Calls that are allowed for a while only: whoever makes them asks again at the last moment, when the connection stands and
//! the first byte is about to leave. Before that, waiting for a connection may have taken long.

use std::{
    fmt,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

/// Whether a call may still be made.
pub trait Permit: fmt::Debug + Send + Sync {
    fn is_given(&self) -> bool;
}

/// For calls that are always allowed.
#[derive(Debug, Clone, Copy)]
pub struct Always;

impl Permit for Always {
    fn is_given(&self) -> bool {
        true
    }
}

/// A request's body in one piece. The permit is asked for right before the request is written, head and all; when it is gone,
/// the connection is closed without a byte of it.
pub(crate) struct Guarded {
    bytes: Option<Bytes>,
    permit: Arc<dyn Permit>,
    refused: Arc<AtomicBool>,
}

/// The call is no longer allowed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Refused;

impl Guarded {
    /// Tells beside the body whether it has refused.
    pub(crate) fn new(bytes: Bytes, permit: Arc<dyn Permit>) -> (Self, Arc<AtomicBool>) {
        let refused = Arc::new(AtomicBool::new(false));
        let bytes = (!bytes.is_empty()).then_some(bytes);
        (Self { bytes, permit, refused: refused.clone() }, refused)
    }
}

impl Body for Guarded {
    type Data = Bytes;
    type Error = Refused;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Refused>>> {
        let Some(bytes) = self.bytes.take() else { return Poll::Ready(None) };
        if !self.permit.is_given() {
            self.refused.store(true, Ordering::SeqCst);
            return Poll::Ready(Some(Err(Refused)));
        }
        Poll::Ready(Some(Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the call is no longer allowed")
    }
}

impl std::error::Error for Refused {}
