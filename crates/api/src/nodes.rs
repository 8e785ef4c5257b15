//! What operators are told of the nodes. The binary knows it, and is asked by a trait.

use std::{
    collections::BTreeSet,
    fmt,
    sync::{Mutex, PoisonError},
};

use model::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// Whoever knows how this node is.
pub trait NodeHealth: fmt::Debug + Send + Sync {
    fn node(&self) -> ThisNode;
}

/// This process among the nodes of the installation.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ThisNode {
    #[schema(example = "01939d5e-2b7c-7cc3-98c4-dc0c0c07398f")]
    pub id: String,
    #[schema(example = "node-0c07398f")]
    pub name: String,
    /// `api`, `engine`, or both.
    pub roles: Vec<String>,
    /// Whether it may work. Without its lease a node sends nothing: the database is away, or it was asleep.
    pub has_lease: bool,
    /// Bots whose messages leave from here at this moment.
    pub lanes: usize,
    /// What else it does for the installation; null on SQLite, where it does everything.
    pub duties: Option<Vec<String>>,
    /// The other nodes that it knows.
    pub others: Vec<OtherNode>,
}

/// Another process.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OtherNode {
    pub id: String,
    pub name: String,
    pub roles: Vec<String>,
    /// False when it only serves the API, or is about to leave.
    pub takes_work: bool,
    pub started_at: Timestamp,
}

/// Puts the same into the metrics.
pub(crate) fn measure(node: &ThisNode) {
    metrics::gauge!("jina_node_has_lease").set(f64::from(u8::from(node.has_lease)));
    metrics::gauge!("jina_node_lanes").set(node.lanes as f64);
    metrics::gauge!("jina_nodes").set((node.others.len() + 1) as f64);
    let Some(duties) = &node.duties else { return };
    // A duty that went elsewhere is 0 here, rather than 1 for ever.
    static KNOWN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    known.extend(duties.iter().cloned());
    for duty in known.iter() {
        let has = f64::from(u8::from(duties.contains(duty)));
        metrics::gauge!("jina_node_duty", "duty" => duty.clone()).set(has);
    }
}
