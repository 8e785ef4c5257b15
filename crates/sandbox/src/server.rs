//! Routes and the socket. The listener is served by hand, because a fault may have to break a connection.

use std::{io, pin::pin};

use axum::{
    Router,
    body::Body,
    http::{Request, Response},
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{net::TcpListener, sync::watch, task::JoinSet};
use tower::ServiceExt;

use crate::{Options, Sandbox, control, gateway, graph, page, state::Shared};

/// Why a server ended.
pub type Error = io::Error;

/// Marks an answer that must never be given: its connection is closed instead.
#[derive(Clone, Copy, Debug)]
pub struct Abort;

/// Serves a fresh sandbox on `listener` until `shutdown` completes.
pub async fn serve(
    listener: TcpListener,
    options: Options,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), Error> {
    Sandbox::new(options).serve(listener, shutdown).await
}

pub fn router(state: Shared) -> Router {
    let own = page::router().nest("/sandbox", control::router()).nest("/graph", graph::router());
    own.fallback(gateway::handle).with_state(state)
}

pub async fn run(state: Shared, listener: TcpListener, shutdown: impl Future<Output = ()> + Send) -> Result<(), Error> {
    let router = router(state.clone());
    let (stop, stopped) = watch::channel(());
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    loop {
        tokio::select! {
            () = &mut shutdown => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    // Small answers must not wait for each other; a socket that refuses is served all the same.
                    drop(stream.set_nodelay(true));
                    connections.spawn(connection(stream, router.clone(), stopped.clone()));
                }
                Err(error) => pause_after(&error).await,
            },
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
        }
    }
    state.stop();
    drop(stop);
    connections.shutdown().await;
    Ok(())
}

/// Out of file descriptors, accepting again at once would only burn the processor.
async fn pause_after(error: &io::Error) {
    tracing::warn!(%error, "cannot accept a connection");
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
}

async fn connection(stream: tokio::net::TcpStream, router: Router, mut stopped: watch::Receiver<()>) {
    let service = service_fn(move |request: Request<Incoming>| answer(router.clone(), request));
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .max_buf_size(256 << 10)
        .serve_connection(TokioIo::new(stream), service);
    // How a connection ends is the client's business: it may leave, and faults break it on purpose.
    tokio::select! {
        _ = serving => {}
        _ = stopped.changed() => {}
    }
}

async fn answer(router: Router, request: Request<Incoming>) -> Result<Response<Body>, Error> {
    let Ok(response) = router.oneshot(request.map(Body::new)).await;
    match response.extensions().get::<Abort>() {
        Some(Abort) => Err(io::ErrorKind::ConnectionAborted.into()),
        None => Ok(response),
    }
}
