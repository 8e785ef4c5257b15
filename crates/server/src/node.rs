//! This process as one of the nodes: alone on SQLite, one of several on PostgreSQL.

use std::time::Duration;

use app::App;
use engine::nodes::{Duties, Keeper, Nodes, Profile, Share};
use model::Result;
use store::{
    db::{Db, Engine, Options},
    nodes,
};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::settings::{Roles, Settings};

/// What one node at a time does as a whole, and what is dealt out among them in shares.
const WHOLE: [&str; 5] = ["automation", "broadcasts", "doctor", "schedules", "total"];
const SHARED: [&str; 2] = ["inbound", "poll"];

/// How long signing off may take.
const LEAVE_MAX: Duration = Duration::from_secs(3);

/// This process among the nodes.
#[derive(Debug)]
pub struct Node {
    pub nodes: Nodes,
    pub roles: Roles,
    pub name: String,
    pub duties: Option<Duties>,
    keeper: Option<Keeper>,
    app: App,
}

impl Node {
    pub async fn new(app: &App, settings: &Settings) -> Result<Self> {
        let roles = settings.roles;
        if app.db.engine() == Engine::Sqlite {
            // Nobody else serves from this file: whatever lanes have owners, their owners are dead.
            app.db.write(nodes::clear).await?;
            let id = app.ids.next().to_string();
            let name = name(settings, &id);
            let nodes = Nodes::alone(app.clock.clone(), &id);
            return Ok(Self { nodes, roles, name, duties: None, keeper: None, app: app.clone() });
        }
        let db = Db::open(&settings.database_url, connection()).await?;
        let profile =
            |id: &str| Profile { name: name(settings, id), roles: roles.to_string(), takes_work: roles.engine };
        let keeper = Keeper::new(db, app.clock.clone(), app.ids.clone(), profile);
        let nodes = keeper.nodes();
        let duties = Duties::new(app.db.clone(), app.clock.clone(), nodes.clone(), &WHOLE, &SHARED);
        let name = keeper.name().to_owned();
        Ok(Self { nodes, roles, name, duties: Some(duties), keeper: Some(keeper), app: app.clone() })
    }

    /// One kind of work, as whoever does it sees it.
    pub fn share(&self, kind: &'static str) -> Share {
        match &self.duties {
            Some(duties) => duties.share(kind),
            None => Share::whole(kind, self.app.clock.clone(), self.nodes.clone()),
        }
    }

    /// Keeps the lease from now on, until the answer is told to end.
    pub fn keep(&mut self, stop: &CancellationToken) -> Kept {
        let done = CancellationToken::new();
        let task = self.keeper.take().map(|keeper| tokio::spawn(keeper.run(stop.clone(), done.clone())));
        Kept { done, task }
    }
}

/// The lease that is being kept.
#[derive(Debug)]
pub struct Kept {
    done: CancellationToken,
    task: Option<JoinHandle<()>>,
}

impl Kept {
    /// Ends when the lease is not kept any more, which nobody asked for.
    pub async fn failed(&mut self) {
        let Some(task) = &mut self.task else { return std::future::pending().await };
        drop(task.await);
        self.task = None;
    }

    /// Signs off: the last thing that a node does.
    pub async fn leave(self) {
        self.done.cancel();
        if let Some(task) = self.task
            && tokio::time::timeout(LEAVE_MAX, task).await.is_err()
        {
            tracing::warn!("The node could not sign off in time; the others will find it dead.");
        }
    }
}

/// A connection of its own, which waits for nobody.
fn connection() -> Options {
    let short = Duration::from_secs(3);
    Options {
        pool_size: 1,
        statement_timeout: short,
        lock_timeout: short,
        connect_timeout: short,
        ..Options::default()
    }
}

fn name(settings: &Settings, id: &str) -> String {
    // The last characters are the random ones.
    let from = id.len().saturating_sub(8);
    settings.node_name.clone().unwrap_or_else(|| format!("node-{}", &id[from..]))
}
