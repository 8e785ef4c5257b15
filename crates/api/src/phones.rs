//! `/sandbox/` in a demo: the customers' phones under the app's own address, so that its page needs no other origin.
//!
//! The sandbox itself knows nobody and answers anybody on its own port. Here its control API stands behind the same door as
//! everything else: who may talk to people may play them.

use app::App;
use axum::{
    Router,
    extract::Request,
    http::{StatusCode, Uri},
    response::{IntoResponse, Response},
    routing::any,
};
use tower::ServiceExt;

use crate::extract::MayConverse;

/// Hands requests under `/sandbox/` on to the sandbox's own routes.
pub(crate) fn routes(phones: Option<Router>) -> Router<App> {
    let Some(phones) = phones else { return Router::new() };
    let hand_on = move |MayConverse(_): MayConverse, request: Request| async move { answer(phones, request).await };
    Router::new().route("/sandbox/{*path}", any(hand_on))
}

async fn answer(phones: Router, mut request: Request) -> Response {
    let Some(uri) = bare(request.uri()) else { return StatusCode::NOT_FOUND.into_response() };
    *request.uri_mut() = uri;
    // Our own path's parameters would be counted to the sandbox's.
    request.extensions_mut().clear();
    let Ok(answer) = phones.oneshot(request).await;
    answer
}

/// The sandbox's addresses have no slash at the end; ours have.
fn bare(uri: &Uri) -> Option<Uri> {
    let path = uri.path().trim_end_matches('/');
    match uri.query() {
        Some(query) => format!("{path}?{query}").parse().ok(),
        None => path.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slash_at_the_end_goes_and_the_query_stays() {
        let of = |uri: &'static str| bare(&Uri::from_static(uri)).unwrap().to_string();
        assert_eq!(of("/sandbox/users/7/send/"), "/sandbox/users/7/send");
        assert_eq!(of("/sandbox/calls/?since=4"), "/sandbox/calls?since=4");
        assert_eq!(of("/sandbox/bots"), "/sandbox/bots");
    }
}
