//! Encryption to PostgreSQL, asked for with `sslmode=require` in the URL. The server's certificate is always checked:
//! against the authorities that browsers trust, or those in the file `sslrootcert=…`.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use futures::{TryFutureExt, future::MapOk};
use model::{Error, Result};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, InvalidDnsNameError, ServerName, pem::PemObject},
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::{
    Socket,
    config::{Config, SslMode},
    tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream},
};
use tokio_rustls::{Connect, TlsConnector, client};

/// Makes encrypted connections; without `sslmode=require` it is never called.
#[derive(Clone)]
pub(super) struct Tls {
    config: Arc<ClientConfig>,
}

impl Tls {
    /// Settles the mode of `config`, for a URL from which [`take_root_cert`] took `root_cert`.
    pub(super) fn new(config: &mut Config, root_cert: Option<&str>) -> Result<Self> {
        if root_cert.is_some() {
            config.ssl_mode(SslMode::Require);
        } else if config.get_ssl_mode() != SslMode::Require {
            // "prefer" would fail on servers that offer a certificate of their own making, as Debian's do.
            config.ssl_mode(SslMode::Disable);
        }
        let provider = Arc::new(ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| Error::internal(format!("set up TLS: {error}")))?;
        let config = builder.with_root_certificates(roots(root_cert)?).with_no_client_auth();
        Ok(Self { config: Arc::new(config) })
    }
}

fn roots(file: Option<&str>) -> Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    let Some(file) = file else {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        return Ok(roots);
    };
    let failed =
        |error: String| Error::invalid(format!("The file {file}, named by sslrootcert, cannot be used: {error}."));
    for certificate in CertificateDer::pem_file_iter(file).map_err(|error| failed(error.to_string()))? {
        let certificate = certificate.map_err(|error| failed(error.to_string()))?;
        roots.add(certificate).map_err(|error| failed(error.to_string()))?;
    }
    if roots.is_empty() { Err(failed("it holds no certificate".to_owned())) } else { Ok(roots) }
}

/// Takes `sslrootcert` out of a URL, because the driver does not know it; also spells the verifying modes `require`.
pub(super) fn take_root_cert(url: &str) -> (String, Option<String>) {
    let Some((address, query)) = url.split_once('?') else { return (url.to_owned(), None) };
    let mut root_cert = None;
    let kept: Vec<&str> = query
        .split('&')
        .filter_map(|pair| match pair.split_once('=') {
            Some(("sslrootcert", file)) => {
                root_cert = Some(file.to_owned());
                None
            }
            Some(("sslmode", "verify-ca" | "verify-full")) => Some("sslmode=require"),
            _ => Some(pair),
        })
        .collect();
    (format!("{address}?{}", kept.join("&")), root_cert)
}

impl MakeTlsConnect<Socket> for Tls {
    type Stream = Stream;
    type TlsConnect = Connector;
    type Error = InvalidDnsNameError;

    fn make_tls_connect(&mut self, host: &str) -> Result<Connector, InvalidDnsNameError> {
        let host = ServerName::try_from(host.to_owned())?;
        Ok(Connector { connector: self.config.clone().into(), host })
    }
}

pub(super) struct Connector {
    connector: TlsConnector,
    host: ServerName<'static>,
}

impl TlsConnect<Socket> for Connector {
    type Stream = Stream;
    type Error = io::Error;
    type Future = MapOk<Connect<Socket>, fn(client::TlsStream<Socket>) -> Stream>;

    fn connect(self, socket: Socket) -> Self::Future {
        self.connector.connect(self.host, socket).map_ok(Stream)
    }
}

/// An encrypted connection.
pub(super) struct Stream(client::TlsStream<Socket>);

impl TlsStream for Stream {
    fn channel_binding(&self) -> ChannelBinding {
        // The certificate is checked, so nobody stands in between.
        ChannelBinding::none()
    }
}

impl AsyncRead for Stream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_certificate_is_taken_out_of_the_url() {
        let (url, file) = take_root_cert("postgres://h/d?sslmode=verify-full&sslrootcert=/a.pem&application_name=x");
        assert_eq!(url, "postgres://h/d?sslmode=require&application_name=x");
        assert_eq!(file.as_deref(), Some("/a.pem"));
        assert_eq!(take_root_cert("postgres://h/d"), ("postgres://h/d".to_owned(), None));
    }

    #[test]
    fn encryption_is_used_when_it_is_asked_for() {
        let mode = |url: &str, root_cert| {
            let mut config: Config = url.parse().unwrap();
            Tls::new(&mut config, root_cert).map(|_| config.get_ssl_mode())
        };
        assert_eq!(mode("postgres://h/d", None).unwrap(), SslMode::Disable);
        assert_eq!(mode("postgres://h/d?sslmode=require", None).unwrap(), SslMode::Require);
        let error = mode("postgres://h/d", Some("/nowhere.pem")).unwrap_err();
        assert!(error.message().contains("/nowhere.pem"), "{error}");
    }
}
