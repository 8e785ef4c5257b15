//! `serve`: the whole service, from the lock on its data to the last answer.

use std::{future::Future, net::SocketAddr, sync::Arc, time::Duration};

use app::{App, contacts::import::Importer};
use engine::{
    answers::{self, Answers},
    delivery::{
        driver::{Deps, Driver},
        planner::Config,
    },
    doctor::Doctor,
    inbound::Inbound,
    poller::Poller,
    retention::Retention,
    schedules::Schedules,
};
use model::{Error, Result};
use store::db::Engine;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::mpsc,
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

use crate::{commands::Context, feeder, settings::Settings};

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
    let api_stop = CancellationToken::new();
    let options = api::Options {
        commit: Some(env!("JINA_COMMIT").to_owned()),
        stop: api_stop.clone(),
        mcp: Some(mcp::routes(app)),
        metrics_token: settings.metrics_token.clone(),
        demo,
    };
    let service = axum::serve(
        listener,
        axum::ServiceExt::<axum::extract::Request>::into_make_service_with_connect_info::<SocketAddr>(api::router(
            app.clone(),
            options,
        )),
    );
    let service = service.with_graceful_shutdown(api_stop.clone().cancelled_owned());
    let mut tasks = engine(app, &stop);
    let retention = Retention { db: app.db.clone(), clock: app.clock.clone(), kept: settings.kept };
    tasks.spawn(retention.run(stop.clone()));
    tasks.spawn(async move {
        if let Err(error) = service.await {
            tracing::error!(error = %error, "The listener failed.");
        }
    });
    let failed = tokio::select! {
        () = stop.cancelled() => false,
        // A part that ends by itself has failed; the process ends, so that whoever watches it starts it anew.
        _ = tasks.join_next() => !stop.is_cancelled(),
    };
    stop.cancel();
    api_stop.cancel();
    let finished = tokio::time::timeout(STOP_MAX, async { while tasks.join_next().await.is_some() {} }).await;
    if finished.is_err() {
        tracing::warn!("Some connections were still open at the stop; they are cut.");
    }
    if failed { Err(Error::internal("a part of the service ended unexpectedly; see the log")) } else { Ok(()) }
}

/// Everything that runs by itself.
fn engine(app: &App, stop: &CancellationToken) -> JoinSet<()> {
    let (answer, waiting) = mpsc::channel(answers::WAITING_MAX);
    let mut tasks = JoinSet::new();
    tasks.spawn(Inbound::new(app.db.clone(), app.clock.clone(), app.ids.clone(), answer).run(stop.clone()));
    let answers = Answers { db: app.db.clone(), cipher: app.cipher.clone(), bot_api: app.bot_api.clone(), waiting };
    tasks.spawn(answers.run(stop.clone()));
    tasks.spawn(Driver::run(deps(app), stop.clone()));
    tasks.spawn(feeder::run(app.clone(), stop.clone()));
    tasks.spawn(feeder::automate(app.clone(), stop.clone()));
    tasks.spawn(Schedules { db: app.db.clone(), clock: app.clock.clone(), ids: app.ids.clone() }.run(stop.clone()));
    let doctor = Doctor {
        db: app.db.clone(),
        clock: app.clock.clone(),
        ids: app.ids.clone(),
        cipher: app.cipher.clone(),
        bot_api: app.bot_api.clone(),
        hooks: app.hooks.clone(),
        base_url: app.settings.base_url.clone(),
    };
    tasks.spawn(doctor.run(stop.clone()));
    let poller = Poller {
        db: app.db.clone(),
        clock: app.clock.clone(),
        cipher: app.cipher.clone(),
        bot_api: app.bot_api.clone(),
    };
    tasks.spawn(poller.run(stop.clone()));
    tasks.spawn(Importer(app.clone()).run(stop.clone()));
    tasks
}

fn deps(app: &App) -> Deps {
    let settings = &app.settings;
    let config = Config {
        bot_rate: settings.bot_rate,
        chat_rate: settings.chat_rate,
        group_rate: settings.group_rate,
        max_retries: settings.max_retries,
        ..Config::default()
    };
    Deps {
        db: app.db.clone(),
        clock: app.clock.clone(),
        bot_api: app.bot_api.clone(),
        cipher: app.cipher.clone(),
        feeder: Arc::new(feeder::Broadcasts(app.clone())),
        node: app.ids.next().to_string(),
        bot_rate: settings.bot_rate,
        total_rate: settings.total_rate,
        config,
        seed: u64::from_be_bytes(app.ids.random()),
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
