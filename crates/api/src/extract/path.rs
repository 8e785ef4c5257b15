//! Parameters in a path. What can't be read there names nothing, so it is 404 and not 400.

use axum::{extract::FromRequestParts, http::request::Parts};
use model::Error;
use serde::de::DeserializeOwned;

use crate::problem::Failure;

/// The parameters of a path: `Path<Id<Bot>>`, or a tuple of several.
#[derive(Debug, Clone, Copy)]
pub struct Path<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let path = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        path.map(|axum::extract::Path(value)| Self(value)).map_err(|_| Error::not_found("object").into())
    }
}
