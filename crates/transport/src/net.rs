//! What all outgoing connections share: TCP and TLS, with certificates of the web's authorities.

use std::time::Duration;

use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use model::{Error, Result};

/// A pooled connection is dropped before servers usually close it, because a request that meets a closing connection
/// has an unknown outcome.
const IDLE_MAX: Duration = Duration::from_secs(15);

/// A client of http and https with pooled connections. `connect_max` bounds the making of one.
pub(crate) fn client<B>(connect_max: Duration) -> Result<Client<HttpsConnector<HttpConnector>, B>>
where
    B: hyper::body::Body<Data: Send> + Send,
{
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_connect_timeout(Some(connect_max));
    let https = HttpsConnectorBuilder::new()
        .with_provider_and_webpki_roots(rustls::crypto::ring::default_provider())
        .map_err(|e| Error::internal("TLS could not be set up").with_source(e))?
        .https_or_http()
        .enable_http1()
        .wrap_connector(tcp);
    let client =
        Client::builder(TokioExecutor::new()).pool_timer(TokioTimer::new()).pool_idle_timeout(IDLE_MAX).build(https);
    Ok(client)
}
