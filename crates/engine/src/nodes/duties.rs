//! Duties: work of which each kind, or each share of a kind, is done by one node at a time.
//!
//! Whose turn it is follows from the view; that nobody else is at it, from a row with an owner and a fence. What must not
//! be done twice holds its duty in the transaction that writes it: see `store::nodes`.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use model::{Clock, Result};
use store::{
    db::{Db, Tx},
    nodes::{self, Duty},
};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{Nodes, View};

/// Into how many shares the chats, and the polling bots, are dealt. A power of two: a share is some bits of a number.
pub const SHARES: usize = 16;

/// How soon to try again for a duty that its last owner has not given back, and how often to look whether the lease holds.
const RETRY_MS: i64 = 500;

type Held = Arc<BTreeMap<String, i64>>;

/// The duties of this process.
#[derive(Debug)]
pub struct Duties {
    db: Db,
    clock: Arc<dyn Clock>,
    nodes: Nodes,
    names: Vec<String>,
    held: watch::Sender<Held>,
}

impl Duties {
    /// All duties there are: `whole` ones, and `shared` ones in shares.
    pub fn new(db: Db, clock: Arc<dyn Clock>, nodes: Nodes, whole: &[&str], shared: &[&str]) -> Self {
        let shares = shared.iter().flat_map(|kind| (0..SHARES).map(move |share| share_name(kind, share)));
        let names = whole.iter().map(|name| (*name).to_owned()).chain(shares).collect();
        Self { db, clock, nodes, names, held: watch::Sender::default() }
    }

    pub fn share(&self, kind: &'static str) -> Share {
        Share { kind, clock: self.clock.clone(), nodes: self.nodes.clone(), held: Some(self.held.subscribe()) }
    }

    /// What this node has now, for operators.
    pub fn held(&self) -> watch::Receiver<Held> {
        self.held.subscribe()
    }

    /// Takes and gives back until `stop`, then gives back all.
    pub async fn run(self, stop: CancellationToken) {
        let mut changes = self.nodes.changes();
        let mut owner = self.nodes.view().me.clone();
        let mut is_known = false;
        while !stop.is_cancelled() {
            let view = self.nodes.view();
            if view.me != owner {
                // What the old name had may be others' by now.
                self.held.send_replace(Held::default());
                owner.clone_from(&view.me);
            }
            let turn = async {
                if !is_known {
                    self.make_known().await?;
                }
                self.turn(&view).await
            };
            match turn.await {
                Ok(()) => is_known = true,
                Err(error) => {
                    tracing::warn!(error = ?error, "Duties could not be taken or given back; it is tried again.")
                }
            }
            tokio::select! {
                () = stop.cancelled() => {}
                // Its sender lives in `nodes`.
                _ = changes.changed() => {}
                () = self.clock.sleep_until(self.clock.now() + RETRY_MS) => {}
            }
        }
        if let Err(error) = self.give_back(|_| true).await {
            tracing::warn!(error = ?error, "Duties could not be given back; the others wait until this node is gone.");
        }
    }

    async fn make_known(&self) -> Result<()> {
        let names = self.names.clone();
        self.db.write(move |tx| nodes::add_duties(tx, &names)).await
    }

    async fn turn(&self, view: &View) -> Result<()> {
        if !self.nodes.is_held() {
            return Ok(());
        }
        let mine: Vec<String> =
            (0..).zip(&self.names).filter(|(index, _)| view.deals_me(*index)).map(|(_, name)| name.clone()).collect();
        self.give_back(|name| !mine.contains(name)).await?;
        let held = self.held.borrow().clone();
        let missing: Vec<String> = mine.into_iter().filter(|name| !held.contains_key(name)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let me = view.me.clone();
        let taken = self.db.write(move |tx| nodes::take_duties(tx, &me, &missing)).await?;
        if !taken.is_empty() {
            self.held.send_modify(|held| {
                Arc::make_mut(held).extend(taken.iter().map(|duty| (duty.name.clone(), duty.fence)));
            });
        }
        Ok(())
    }

    /// Who works on them hears of it first.
    async fn give_back(&self, is_over: impl Fn(&String) -> bool) -> Result<()> {
        let held = self.held.borrow().clone();
        let over: Vec<Duty> = held
            .iter()
            .filter(|(name, _)| is_over(name))
            .map(|(name, fence)| Duty { name: name.clone(), fence: *fence })
            .collect();
        if over.is_empty() {
            return Ok(());
        }
        self.held.send_modify(|held| Arc::make_mut(held).retain(|name, _| !is_over(name)));
        self.db.write(move |tx| nodes::drop_duties(tx, &over)).await
    }
}

/// One kind of duty, as whoever does it sees it.
#[derive(Debug, Clone)]
pub struct Share {
    kind: &'static str,
    clock: Arc<dyn Clock>,
    nodes: Nodes,
    /// None: this process is alone, and all is its.
    held: Option<watch::Receiver<Held>>,
}

/// The shares of a kind that this node has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shares {
    All,
    Some(BTreeMap<usize, Duty>),
}

impl Share {
    /// Of a process that is alone.
    pub fn whole(kind: &'static str, clock: Arc<dyn Clock>, nodes: Nodes) -> Self {
        Self { kind, clock, nodes, held: None }
    }

    /// Whether a duty that is not dealt out in shares is this node's.
    pub fn is_mine(&self) -> bool {
        match &self.held {
            None => true,
            Some(held) => self.nodes.is_held() && held.borrow().contains_key(self.kind),
        }
    }

    pub(crate) fn kind(&self) -> &'static str {
        self.kind
    }

    /// The fence of a duty that is this node's.
    pub(crate) fn fence(&self) -> Option<i64> {
        let held = self.held.as_ref().filter(|_| self.nodes.is_held())?.borrow();
        held.get(self.kind).copied()
    }

    /// Ends when it is this node's.
    pub async fn mine(&mut self) {
        while !self.is_mine() {
            self.changed().await;
        }
    }

    /// Which shares are this node's.
    pub fn shares(&self) -> Shares {
        let Some(held) = &self.held else { return Shares::All };
        if !self.nodes.is_held() {
            return Shares::Some(BTreeMap::new());
        }
        let held = held.borrow();
        let mine = (0..SHARES).filter_map(|share| {
            let name = share_name(self.kind, share);
            held.get(&name).map(|fence| (share, Duty { name, fence: *fence }))
        });
        Shares::Some(mine.collect())
    }

    /// Ends when something may be different; now and then by itself, because a lease ends without a word.
    pub async fn changed(&mut self) {
        let Some(held) = &mut self.held else { return std::future::pending().await };
        let mut later = self.clock.sleep_until(self.clock.now() + RETRY_MS);
        tokio::select! {
            // An error: the one that takes duties has ended, and nothing will be different.
            changed = held.changed() => if changed.is_err() { later.await },
            () = &mut later => {}
        }
    }
}

impl Shares {
    pub fn has(&self, share: usize) -> bool {
        match self {
            Shares::All => true,
            Shares::Some(mine) => mine.contains_key(&share),
        }
    }

    /// Holds some shares until the transaction ends; `false` when one of them is no longer this node's.
    pub fn hold(&self, tx: &mut Tx, shares: impl IntoIterator<Item = usize>) -> Result<bool> {
        let Shares::Some(mine) = self else { return Ok(true) };
        let wanted: BTreeSet<usize> = shares.into_iter().collect();
        let duties: Vec<Duty> = wanted.iter().filter_map(|share| mine.get(share)).cloned().collect();
        Ok(duties.len() == wanted.len() && nodes::hold_duties(tx, &duties)?.len() == wanted.len())
    }
}

fn share_name(kind: &str, share: usize) -> String {
    format!("{kind}/{share}")
}
