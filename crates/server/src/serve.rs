//! `serve`: the whole service, from the lock on its data to the last answer.

use std::{future::Future, net::SocketAddr, sync::Arc, time::Duration};

use app::App;
use model::{Error, Result};
use store::db::Engine;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

use crate::{commands::Context, engine_room, health::Health, node::Node, settings::Settings};

/// How long a stop may take before it is forced.
const STOP_MAX: Duration = Duration::from_secs(10);

/// Serves until the process is told to stop.
pub async fn run(context: &Context) -> Result<()> {
    let _lock = context.app.db.lock_for_serving()?;
    let (listener, address) = bind(context.settings.listen_addr).await?;
    hello(context, address).await?;
    let stop = CancellationToken::new();
    let told = stop.clone();
    tokio::spawn(async move {
        interrupted().await;
        tracing::info!("Stopping: what is under way is finished first.");
        told.cancel();
    });
    serve(&context.app, &context.settings, listener, stop, None).await
}

/// Runs the API and the engine until `stop`, then takes what is under way to its end. `demo` may sign in, as all may see.
pub async fn serve(
    app: &App,
    settings: &Settings,
    listener: TcpListener,
    stop: CancellationToken,
    demo: Option<api::Demo>,
) -> Result<()> {
    if app.db.engine() == Engine::Sqlite {
        // Nobody else serves from this file: requests that have no answer yet died with an earlier process.
        app.db.write(store::idempotency::free_all).await?;
    }
    let mut node = Node::new(app, settings).await?;
    let api_stop = CancellationToken::new();
    let mut tasks = JoinSet::new();
    tasks.spawn(answer(listener, router(app, settings, &node, demo, &api_stop), api_stop.clone()));
    let mut kept = node.keep(&stop);
    if node.roles.engine {
        engine_room::start(app, settings, node, &stop, &mut tasks);
    }
    let failed = tokio::select! {
        () = stop.cancelled() => false,
        // A part that ends by itself has failed; the process ends, so that whoever watches it starts it anew.
        _ = tasks.join_next() => !stop.is_cancelled(),
        () = kept.failed() => !stop.is_cancelled(),
    };
    stop.cancel();
    api_stop.cancel();
    let finished = tokio::time::timeout(STOP_MAX, async { while tasks.join_next().await.is_some() {} }).await;
    if finished.is_err() {
        tracing::warn!("Some connections were still open at the stop; they are cut.");
    }
    kept.leave().await;
    if failed { Err(Error::internal("a part of the service ended unexpectedly; see the log")) } else { Ok(()) }
}

fn router(
    app: &App,
    settings: &Settings,
    node: &Node,
    demo: Option<api::Demo>,
    stop: &CancellationToken,
) -> axum::Router {
    let options = api::Options {
        commit: Some(env!("JINA_COMMIT").to_owned()),
        stop: stop.clone(),
        demo,
        mcp: node.roles.api.then(|| mcp::routes(app)),
        metrics_token: settings.metrics_token.clone(),
        health: Some(Arc::new(Health::of(node))),
    };
    if node.roles.api { api::router(app.clone(), options) } else { api::operations(app.clone(), options) }
}

async fn answer(listener: TcpListener, router: axum::Router, stop: CancellationToken) {
    let service = axum::ServiceExt::<axum::extract::Request>::into_make_service_with_connect_info::<SocketAddr>(router);
    if let Err(error) = axum::serve(listener, service).with_graceful_shutdown(stop.cancelled_owned()).await {
        tracing::error!(error = %error, "The listener failed.");
    }
}

/// Listens, or says in one line why not.
pub async fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(address).await.map_err(|e| {
        Error::invalid(format!("Can't listen on {address}: {e}. Choose another address with LISTEN_ADDR."))
    })?;
    let bound = listener.local_addr().map_err(|e| Error::internal("the socket has no address").with_source(e))?;
    Ok((listener, bound))
}

async fn hello(context: &Context, address: SocketAddr) -> Result<()> {
    let url = format!("http://{address}");
    tracing::info!(address = %address, base_url = context.app.settings.base_url, "Jina Connect listens.");
    let tenants = app::accounts::tenants(&context.app).await?;
    context.output.done(&serde_json::json!({"url": url}), || {
        let mut lines =
            vec![format!("Jina Connect listens on {url}: the app at {url}/app/, the API described at {url}/docs/.")];
        if tenants.is_empty() {
            let hint = "There is no tenant yet. Open the app to make one, or: jina-connect tenant create --name Acme";
            lines.push(hint.into());
        }
        lines
    })
}

/// Ends when the process is asked to stop, by SIGTERM or Ctrl-C.
pub fn interrupted() -> impl Future<Output = ()> + Send {
    let mut terminate = signal(SignalKind::terminate()).ok();
    async move {
        let terminated = async {
            match &mut terminate {
                Some(signal) => drop(signal.recv().await),
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = terminated => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    }
}
