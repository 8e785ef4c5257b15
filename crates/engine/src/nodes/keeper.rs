//! The keeper: changes this node's beat, looks at the others', and buries those that are dead.

use std::sync::Arc;

use model::{Clock, Ids, Result};
use store::{
    db::{Db, Listener},
    nodes::{self, Node},
    wake,
};
use tokio_util::sync::CancellationToken;

use super::{
    Nodes, View,
    lease::{Terms, Watch},
};

/// What a node tells of itself.
#[derive(Debug, Clone)]
pub struct Profile {
    pub name: String,
    /// Comma-separated.
    pub roles: String,
    /// Whether it takes lanes and duties.
    pub takes_work: bool,
}

/// Keeps the lease of this process among several. It should have a connection of its own: who waits in a queue for one
/// loses its lease when the house is full.
#[derive(Debug)]
pub struct Keeper {
    db: Db,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    nodes: Nodes,
    me: Node,
    watch: Watch<String>,
    terms: Terms,
}

impl Keeper {
    /// Makes this process one of the nodes. Nothing is taken over before [`Keeper::run`] has renewed.
    pub fn new(db: Db, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>, profile: impl Fn(&str) -> Profile) -> Self {
        let (id, now) = (ids.next().to_string(), clock.now());
        let Profile { name, roles, takes_work } = profile(&id);
        let nodes = Nodes::one_of_several(clock.clone(), &id);
        let me = Node { id, name, roles, takes_work, beat: now.as_ms(), started_at: now };
        Self { db, clock, ids, nodes, me, watch: Watch::default(), terms: Terms::default() }
    }

    pub fn name(&self) -> &str {
        &self.me.name
    }

    pub fn nodes(&self) -> Nodes {
        self.nodes.clone()
    }

    /// Renews until `done`. From `stop` on this node takes no more work, and its others may; after `done` it is gone.
    pub async fn run(mut self, stop: CancellationToken, done: CancellationToken) {
        let mut wakes = self.db.listen(wake::NODE);
        let mut steps_back = false;
        while !done.is_cancelled() {
            if let Err(error) = self.turn().await {
                tracing::warn!(error = ?error, "The node's lease could not be renewed; it is tried again.");
            }
            tokio::select! {
                () = done.cancelled() => break,
                () = stop.cancelled(), if !steps_back => {
                    steps_back = true;
                    self.step_back().await;
                }
                () = self.rest(&mut wakes) => {}
            }
        }
        self.leave().await;
    }

    /// Until the next turn is due, somebody may be dead, or a node came or went.
    async fn rest(&self, wakes: &mut Listener) {
        let clock_ms = self.clock.running_ms();
        let end = self.watch.next_end(self.terms).filter(|end| *end > clock_ms);
        let wait_ms = end.map_or(self.terms.renew_ms, |end| (end - clock_ms).min(self.terms.renew_ms));
        tokio::select! {
            () = self.clock.sleep_until(self.clock.now() + wait_ms) => {}
            _ = wakes.recv() => {}
        }
    }

    async fn turn(&mut self) -> Result<()> {
        let rows = self.renew().await?;
        let clock_ms = self.clock.running_ms();
        let others = rows.iter().filter(|row| row.id != self.me.id);
        self.watch.look(others.map(|row| (row.id.clone(), row.beat)), clock_ms, self.terms);
        let rows = self.bury(rows, clock_ms).await?;
        self.nodes.saw(View::from_rows(&self.me.id, &rows));
        Ok(())
    }

    async fn renew(&mut self) -> Result<Vec<Node>> {
        let asked_ms = self.clock.running_ms();
        let id = self.me.id.clone();
        let (is_there, rows) = self.db.write(move |tx| Ok((nodes::beat(tx, &id)?, nodes::list(tx)?))).await?;
        if is_there {
            // Who used an old name hears of the new one before anything is permitted again.
            self.nodes.saw(View::from_rows(&self.me.id, &rows));
            self.nodes.renewed(asked_ms, self.terms);
            return Ok(rows);
        }
        self.join().await
    }

    /// Comes in under a new name: what the old one owned may have been given to others.
    async fn join(&mut self) -> Result<Vec<Node>> {
        if self.nodes.epoch() > 0 {
            tracing::warn!("The others took this node for dead; it begins anew.");
            self.me.id = self.ids.next().to_string();
        }
        self.me.beat = self.clock.now().as_ms();
        let (asked_ms, me) = (self.clock.running_ms(), self.me.clone());
        let rows = self
            .db
            .write(move |tx| {
                nodes::join(tx, &me)?;
                nodes::list(tx)
            })
            .await?;
        self.nodes.saw(View::from_rows(&self.me.id, &rows));
        self.nodes.renewed(asked_ms, self.terms);
        tracing::info!(node.id = self.me.id, node.name = self.me.name, "This node has joined.");
        Ok(rows)
    }

    async fn bury(&self, mut rows: Vec<Node>, clock_ms: i64) -> Result<Vec<Node>> {
        for (id, beat) in self.watch.dead(clock_ms, self.terms) {
            let name = id.clone();
            if self.db.write(move |tx| nodes::bury(tx, &name, beat)).await? {
                tracing::warn!(node.id = id, "A node is dead; the others take over what it owned.");
            }
            rows.retain(|row| row.id != id);
        }
        Ok(rows)
    }

    async fn step_back(&mut self) {
        self.me.takes_work = false;
        let id = self.me.id.clone();
        if let Err(error) = self.db.write(move |tx| nodes::step_back(tx, &id)).await {
            tracing::warn!(error = ?error, "The other nodes could not be told that this one leaves.");
        }
    }

    async fn leave(&self) {
        let id = self.me.id.clone();
        if let Err(error) = self.db.write(move |tx| nodes::leave(tx, &id)).await {
            tracing::warn!(error = ?error, "The node could not sign off; the others will find it dead.");
        }
    }
}
