//! The nodes of an installation: whether this one may still work, which others there are, and whose turn what is.
//!
//! `lease` and `view` are pure. The keeper changes this node's beat and looks at the others'; everybody else only asks
//! [`Nodes`], which costs no call anywhere.

mod duties;
mod keeper;
pub mod lease;
mod view;

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

use model::Clock;
use tokio::sync::watch;

pub use duties::{Duties, SHARES, Share, Shares};
pub use keeper::{Keeper, Profile};
use lease::{Held, Terms};
pub use view::View;

/// What this process knows of itself and the other nodes. Clones share it.
#[derive(Debug, Clone)]
pub struct Nodes {
    is_alone: bool,
    clock: Arc<dyn Clock>,
    held: Arc<Mutex<Held>>,
    view: watch::Sender<Arc<View>>,
    lanes: Arc<AtomicUsize>,
}

impl Nodes {
    /// The only process that can serve from its database, for as long as it runs.
    pub fn alone(clock: Arc<dyn Clock>, id: &str) -> Self {
        Self { is_alone: true, ..Self::new(clock, Held::for_good(), View::of(id, vec![id.to_owned()])) }
    }

    /// One of several, which has no lease yet.
    pub(crate) fn one_of_several(clock: Arc<dyn Clock>, id: &str) -> Self {
        Self::new(clock, Held::none(), View::of(id, Vec::new()))
    }

    fn new(clock: Arc<dyn Clock>, held: Held, view: View) -> Self {
        Self {
            is_alone: false,
            clock,
            held: Arc::new(Mutex::new(held)),
            view: watch::Sender::new(Arc::new(view)),
            lanes: Arc::default(),
        }
    }

    /// Whether no other process can serve from the database.
    pub fn is_alone(&self) -> bool {
        self.is_alone
    }

    /// Names the present lease in a [`Permit`].
    pub fn epoch(&self) -> u64 {
        self.lock().epoch()
    }

    /// Whether the lease holds at this moment.
    pub fn is_held(&self) -> bool {
        self.lock().is_held(self.clock.running_ms())
    }

    /// For calls that were permitted in this epoch.
    pub fn permit(&self, epoch: u64) -> Permit {
        Permit { nodes: self.clone(), epoch }
    }

    /// The nodes as they were seen last.
    pub fn view(&self) -> Arc<View> {
        self.view.borrow().clone()
    }

    /// Tells of changes of the view.
    pub fn changes(&self) -> watch::Receiver<Arc<View>> {
        self.view.subscribe()
    }

    /// How many lanes are here, for operators.
    pub fn lanes(&self) -> usize {
        self.lanes.load(Ordering::Relaxed)
    }

    pub(crate) fn has_lanes(&self, count: usize) {
        self.lanes.store(count, Ordering::Relaxed);
    }

    fn renewed(&self, asked_ms: i64, terms: Terms) {
        let clock_ms = self.clock.running_ms();
        self.lock().renewed(asked_ms, clock_ms, terms);
    }

    /// Tells everybody, when something is different.
    fn saw(&self, view: View) {
        self.view.send_if_modified(|known| {
            let is_new = **known != view;
            if is_new {
                *known = Arc::new(view);
            }
            is_new
        });
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The leave to write to a channel, as long as the lease under which it was given has not ended once.
#[derive(Debug, Clone)]
pub struct Permit {
    nodes: Nodes,
    epoch: u64,
}

impl transport::Permit for Permit {
    fn is_given(&self) -> bool {
        self.nodes.lock().may_write(self.epoch, self.nodes.clock.running_ms())
    }
}
