//! Posts to addresses that tenants choose. Never into a private network, unless the operator allows it: names are resolved
//! here, every address is judged, and the connection goes to an address that was judged.

use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, header};
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, client::conn::http1};
use hyper_util::rt::TokioIo;
use model::{Error, Result};
use rustls::{ClientConfig, RootCertStore, pki_types::ServerName};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, lookup_host},
    select,
    time::{Instant, error::Elapsed, timeout, timeout_at},
};
use tokio_rustls::{TlsConnector, client::TlsStream};
use url::{Host, Url};

/// From the beginning of a request to the head of its answer.
const REQUEST_MAX: Duration = Duration::from_secs(15);
/// For the part of the answer that is kept.
const EXCERPT_MAX: Duration = Duration::from_secs(2);
const CONNECT_MAX: Duration = Duration::from_secs(5);
/// Addresses of one name that are tried.
const ADDRESSES_MAX: usize = 3;
/// How much of an answer is kept.
const EXCERPT_BYTES: usize = 1_024;
/// The longest address that is taken.
const URL_BYTES_MAX: usize = 2_048;

/// A way out to tenants' own systems.
#[derive(Clone)]
pub struct Outbound {
    allows_private: bool,
    tls: TlsConnector,
}

/// A complete answer's head and beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reached {
    pub status: u16,
    /// What the other end asked to wait.
    pub retry_after_ms: Option<i64>,
    pub excerpt: String,
}

enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Outbound {
    /// `allows_private`: also into the operator's own network.
    pub fn new(allows_private: bool) -> Result<Self> {
        let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| Error::internal("TLS could not be set up").with_source(error))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { allows_private, tls: TlsConnector::from(Arc::new(config)) })
    }

    /// Reads an address, and refuses what can be told to be wrong without resolving its name.
    pub fn check(&self, text: &str) -> Result<Url> {
        let wrong = |words: &str| Err(Error::invalid(words));
        if text.len() > URL_BYTES_MAX {
            return wrong("The address is too long.");
        }
        let Ok(url) = Url::parse(text) else { return wrong("Enter an address such as https://example.com/hooks.") };
        if url.scheme() != "https" && !(url.scheme() == "http" && self.allows_private) {
            return wrong("The address must begin with https://.");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return wrong("An address with a user name or password in it is not taken.");
        }
        let ip = match url.host() {
            None => return wrong("The address has no host."),
            Some(Host::Domain(name)) if name == "localhost" || name.ends_with(".localhost") => {
                Some(IpAddr::V4(Ipv4Addr::LOCALHOST))
            }
            Some(Host::Domain(_)) => None,
            Some(Host::Ipv4(ip)) => Some(IpAddr::V4(ip)),
            Some(Host::Ipv6(ip)) => Some(IpAddr::V6(ip)),
        };
        if ip.is_some_and(|ip| !self.allows(ip)) {
            return wrong("The address leads into a private network.");
        }
        Ok(url)
    }

    /// Posts JSON. Redirects are not followed: they are answers like others. `Err`: why there was no answer.
    pub async fn post(&self, url: &Url, headers: &[(&'static str, String)], body: Bytes) -> Result<Reached, String> {
        let request = request(url, headers, body)?;
        let until = Instant::now() + REQUEST_MAX;
        match timeout_at(until, self.stream(url)).await.map_err(late)?? {
            Stream::Plain(tcp) => talk(tcp, request, until).await,
            Stream::Tls(tls) => talk(*tls, request, until).await,
        }
    }

    async fn stream(&self, url: &Url) -> Result<Stream, String> {
        let tcp = self.connect(url).await?;
        if url.scheme() == "http" {
            return Ok(Stream::Plain(tcp));
        }
        let name = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let name = ServerName::try_from(name).map_err(|_| "The host's name can't have a certificate.".to_owned())?;
        let tls = self.tls.connect(name, tcp).await.map_err(|error| format!("No secure connection: {error}"))?;
        Ok(Stream::Tls(Box::new(tls)))
    }

    async fn connect(&self, url: &Url) -> Result<TcpStream, String> {
        let port = url.port_or_known_default().unwrap_or(443);
        let found: Vec<SocketAddr> = match url.host() {
            None => return Err("The address has no host.".to_owned()),
            Some(Host::Ipv4(ip)) => vec![(ip, port).into()],
            Some(Host::Ipv6(ip)) => vec![(ip, port).into()],
            Some(Host::Domain(name)) => {
                let found = timeout(CONNECT_MAX, lookup_host((name, port))).await;
                let found = found.map_err(|_| "The host's name could not be resolved in time.".to_owned())?;
                found.map_err(|_| "The host's name could not be resolved.".to_owned())?.collect()
            }
        };
        let allowed = found.iter().filter(|address| self.allows(address.ip())).take(ADDRESSES_MAX);
        let mut why = "The address leads into a private network.".to_owned();
        for address in allowed {
            match timeout(CONNECT_MAX, TcpStream::connect(address)).await {
                Ok(Ok(tcp)) => return Ok(tcp),
                Ok(Err(error)) => why = format!("No connection: {error}"),
                Err(_) => why = format!("No connection within {} s.", CONNECT_MAX.as_secs()),
            }
        }
        Err(why)
    }

    fn allows(&self, ip: IpAddr) -> bool {
        self.allows_private || is_public(ip)
    }
}

impl std::fmt::Debug for Outbound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outbound").field("allows_private", &self.allows_private).finish_non_exhaustive()
    }
}

fn request(url: &Url, headers: &[(&'static str, String)], body: Bytes) -> Result<Request<Full<Bytes>>, String> {
    let target = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    let host = match url.port() {
        Some(port) => format!("{}:{port}", url.host_str().unwrap_or_default()),
        None => url.host_str().unwrap_or_default().to_owned(),
    };
    let mut request = Request::builder()
        .method(Method::POST)
        .uri(target)
        .header(header::HOST, host)
        .header(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))
        .header(header::USER_AGENT, concat!("jina-connect/", env!("CARGO_PKG_VERSION")));
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    request.body(Full::new(body)).map_err(|_| "The address can't be written as a request.".to_owned())
}

fn late(_: Elapsed) -> String {
    format!("No answer within {} s.", REQUEST_MAX.as_secs())
}

/// Sends the request and reads the answer, whose head has to come by `until`.
async fn talk<S>(stream: S, request: Request<Full<Bytes>>, until: Instant) -> Result<Reached, String>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let broke = |error: hyper::Error| format!("The connection broke: {error}");
    let shake = timeout_at(until, http1::handshake(TokioIo::new(stream)));
    let (mut sender, connection) = shake.await.map_err(late)?.map_err(broke)?;
    let answer = async {
        let response = timeout_at(until, sender.send_request(request)).await.map_err(late)?.map_err(broke)?;
        let status = response.status().as_u16();
        let retry_after_ms = retry_after_ms(response.headers());
        Ok(Reached { status, retry_after_ms, excerpt: excerpt(response.into_body()).await })
    };
    // However the connection ends, the answer tells of it. It is no task of its own, so that it ends with this call.
    let carry = async {
        let _ = connection.await;
        std::future::pending::<Infallible>().await
    };
    select! {
        answer = answer => answer,
        never = carry => match never {},
    }
}

fn retry_after_ms(headers: &HeaderMap) -> Option<i64> {
    let seconds = headers.get(header::RETRY_AFTER)?.to_str().ok()?.parse::<i64>().ok()?;
    (seconds > 0).then(|| seconds.saturating_mul(1_000))
}

/// The beginning of a body, as far as it comes in time; the head has said what counts.
async fn excerpt(mut body: Incoming) -> String {
    let (mut bytes, until) = (Vec::new(), Instant::now() + EXCERPT_MAX);
    while bytes.len() < EXCERPT_BYTES
        && let Ok(Some(Ok(frame))) = timeout_at(until, body.frame()).await
    {
        if let Some(data) = frame.data_ref() {
            bytes.extend_from_slice(&data[..data.len().min(EXCERPT_BYTES - bytes.len())]);
        }
    }
    String::from_utf8_lossy(&bytes).replace('\0', "\u{fffd}")
}

/// Whether an address belongs to nobody's private network, as far as can be told from it.
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let is_special = ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_multicast()
        || ip.is_documentation()
        || a == 0
        // Shared by providers, for protocols, for benchmarks, reserved.
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b == 18 || b == 19))
        || a >= 240;
    !is_special
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let segments = ip.segments();
    // Addresses that carry one of the old kind lead there.
    if let Some(inner) = ip.to_ipv4_mapped() {
        return is_public_v4(inner);
    }
    let inner = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match segments {
        [0x0064, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => inner(high, low),
        // Teredo, documentation.
        [0x2001, 0, ..] | [0x2001, 0x0db8, ..] => false,
        // Only this part is given out to the public net.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_are_told_in_every_spelling() {
        let outbound = Outbound::new(false).unwrap();
        for private in [
            "https://127.0.0.1/",
            "https://10.1.2.3/",
            "https://172.16.0.1/",
            "https://192.168.1.1/",
            "https://169.254.169.254/latest/meta-data",
            "https://100.64.0.1/",
            "https://0.0.0.0/",
            "https://224.0.0.1/",
            "https://255.255.255.255/",
            "https://[::1]/",
            "https://[::]/",
            "https://[fd00::1]/",
            "https://[fe80::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[64:ff9b::a00:1]/",
            "https://[2002:7f00:1::]/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://127.1/",
            "https://localhost/",
            "https://a.localhost/",
            "https://[2001:0:1::1]/",
            "https://[::7f00:1]/",
        ] {
            assert!(outbound.check(private).is_err(), "{private}");
            assert!(Outbound::new(true).unwrap().check(private).is_ok(), "{private}");
        }
        for public in ["https://93.184.216.34/", "https://[2606:4700::1111]/", "https://example.com/hooks?a=b"] {
            assert!(outbound.check(public).is_ok(), "{public}");
        }
        for wrong in ["", "x", "http://example.com/", "ftp://example.com/", "https://a:b@example.com/", "https:///"] {
            assert!(outbound.check(wrong).is_err(), "{wrong}");
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_into_a_private_network_is_not_called() {
        let url = Url::parse("https://localhost:1/").unwrap();
        let error = Outbound::new(false).unwrap().post(&url, &[], Bytes::new()).await.unwrap_err();
        assert_eq!(error, "The address leads into a private network.");
    }
}
