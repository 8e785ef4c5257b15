//! The id of what a request under an Idempotency-Key makes.

use std::convert::Infallible;

use axum::{extract::FromRequestParts, http::request::Parts};
use model::Id;
use uuid::Uuid;

/// The id that a new `T` must get: the same one when the request is repeated after a crash, so that it finds what the first
/// try made. `None` without an Idempotency-Key: any fresh id.
#[derive(Debug, Clone, Copy)]
pub struct KeyedId<T>(pub Option<Id<T>>);

/// Set by the layer that knows the key.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MadeUnderKey(pub(crate) Uuid);

impl<S: Send + Sync, T> FromRequestParts<S> for KeyedId<T> {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(parts.extensions.get::<MadeUnderKey>().map(|MadeUnderKey(id)| Id::from_uuid(*id))))
    }
}
