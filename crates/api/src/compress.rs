//! Answers of JSON are compressed for whoever takes it: lists are large, and much in them repeats. Streams, files and the
//! app's own pages, which are compressed when it is built, pass as they are.

use axum::http::{Extensions, HeaderMap, StatusCode, Version, header::CONTENT_TYPE};
use tower_http::{CompressionLevel, compression::CompressionLayer};

type Predicate = fn(StatusCode, Version, &HeaderMap, &Extensions) -> bool;

pub(crate) fn layer() -> CompressionLayer<Predicate> {
    CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(is_json as Predicate)
}

fn is_json(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    content_type.starts_with("application/json")
}
