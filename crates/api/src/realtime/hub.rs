//! Where listeners and readers of this process meet: one reader for each tenant that has listeners, woken when its feed
//! grew, here or on another node.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

use app::App;
use model::{Error, ErrorKind, Id, Permission, Result, Tenant};
use store::{db::Wake, wake};
use tokio::sync::{Notify, broadcast};
use tokio_util::sync::CancellationToken;

use super::{
    event::{Audience, Event, Said},
    reader::Reader,
    signs::{self, Sign, Signs},
};
use crate::Options;

/// Stretches of the feed that a listener may be behind; then it is sent away to resume.
const BUFFER_STRETCHES: usize = 32;
/// Listeners of one tenant in this process.
const LISTENERS_MAX: usize = 1_000;
/// People present that a new listener is told of.
const SIGNS_TOLD_MAX: usize = 500;

/// The readers of this process; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Hub(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    app: App,
    build: String,
    stop: CancellationToken,
    feeds: Mutex<HashMap<Id<Tenant>, Feed>>,
    waker: OnceLock<()>,
    signs: Mutex<Signs>,
}

#[derive(Debug)]
struct Feed {
    said: broadcast::Sender<Arc<Said>>,
    woken: Arc<Notify>,
}

impl Hub {
    pub fn new(app: &App, options: &Options) -> Self {
        let build = options.commit.clone().unwrap_or_else(|| env!("CARGO_PKG_VERSION").to_owned());
        let (app, stop) = (app.clone(), options.stop.clone());
        Self(Arc::new(Inner {
            app,
            build,
            stop,
            feeds: Mutex::default(),
            waker: OnceLock::new(),
            signs: Mutex::default(),
        }))
    }

    pub(super) fn app(&self) -> &App {
        &self.0.app
    }

    /// Which build answers.
    pub(super) fn build(&self) -> &str {
        &self.0.build
    }

    /// Cancelled when every stream and socket is to end.
    pub(super) fn stop(&self) -> &CancellationToken {
        &self.0.stop
    }

    /// Hears all that the tenant's reader says from now on; the first listener starts it.
    pub(super) fn subscribe(&self, tenant: Id<Tenant>) -> Result<broadcast::Receiver<Arc<Said>>> {
        self.0.waker.get_or_init(|| drop(tokio::spawn(wake_readers(self.clone()))));
        let mut feeds = self.feeds();
        if let Some(feed) = feeds.get(&tenant) {
            if feed.said.receiver_count() >= LISTENERS_MAX {
                let words = format!("{LISTENERS_MAX} streams are open already. Close some.");
                return Err(Error::new(ErrorKind::RateLimited, "too_many_streams", words).with_retry_after(10_000));
            }
            return Ok(feed.said.subscribe());
        }
        let (said, listening) = broadcast::channel(BUFFER_STRETCHES);
        let woken = Arc::new(Notify::new());
        tokio::spawn(Reader::new(self.clone(), tenant, said.clone(), woken.clone()).run());
        feeds.insert(tenant, Feed { said, woken });
        Ok(listening)
    }

    /// Whether nobody listens any more; the reader is forgotten then, and must end.
    pub(super) fn is_deserted(&self, tenant: Id<Tenant>) -> bool {
        let mut feeds = self.feeds();
        let is_deserted = feeds.get(&tenant).is_none_or(|feed| feed.said.receiver_count() == 0);
        if is_deserted {
            feeds.remove(&tenant);
        }
        is_deserted
    }

    /// Whether others don't know this sign yet.
    pub(super) fn is_news(&self, sign: &Sign) -> bool {
        self.signs().is_news(sign, self.app().clock.now())
    }

    /// Who is present where this sign was given.
    pub(super) fn people(&self, sign: &Sign) -> Vec<serde_json::Value> {
        self.signs().people(sign.tenant, sign.conversation, self.app().clock.now())
    }

    /// The signs of a tenant that have not passed, for who begins to listen.
    pub(super) fn signs_of(&self, tenant: Id<Tenant>) -> Vec<Arc<Event>> {
        let signs = self.signs().of(tenant, self.app().clock.now(), SIGNS_TOLD_MAX);
        signs.iter().map(|sign| Arc::new(passing(sign))).collect()
    }

    /// Remembers a sign, wherever it was given, and tells those who listen here.
    pub(super) fn note(&self, sign: Sign) {
        let event = Arc::new(passing(&sign));
        let tenant = sign.tenant;
        self.signs().note(sign, self.app().clock.now());
        if let Some(feed) = self.feeds().get(&tenant) {
            // It fails when nobody listens, which is fine.
            let _ = feed.said.send(Arc::new(Said::Passing(event)));
        }
    }

    fn signs(&self) -> MutexGuard<'_, Signs> {
        self.0.signs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wake(&self, tenant: Id<Tenant>) {
        if let Some(feed) = self.feeds().get(&tenant) {
            feed.woken.notify_one();
        }
    }

    fn wake_all(&self) {
        self.feeds().values().for_each(|feed| feed.woken.notify_one());
    }

    fn feeds(&self) -> MutexGuard<'_, HashMap<Id<Tenant>, Feed>> {
        self.0.feeds.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn passing(sign: &Sign) -> Event {
    let (kind, about) = signs::told(sign);
    let audience = Audience { permission: Permission::Read, only_for: None };
    Event { seq: None, kind, tenant: sign.tenant, about, conversation: None, is_late: false, audience }
}

/// One subscription to the database's wake-ups for all readers, and to other people's signs.
async fn wake_readers(hub: Hub) {
    let (mut wakes, mut signs) = (hub.app().db.listen(wake::FEED), hub.app().db.listen(wake::SIGN));
    loop {
        let wake = tokio::select! {
            () = hub.stop().cancelled() => return,
            wake = wakes.recv() => wake,
            // Those that were missed while the connection was away are over by now.
            wake = signs.recv() => {
                if let Wake::Payload(text) = wake {
                    hear(&hub, &text);
                }
                continue;
            }
        };
        match wake {
            Wake::Payload(text) => {
                if let Ok(tenant) = text.parse() {
                    hub.wake(tenant);
                }
            }
            Wake::Missed => hub.wake_all(),
        }
    }
}

/// Of this node's own signs listeners were told already; a newer version's are passed over.
fn hear(hub: &Hub, text: &str) {
    if let Ok(sign) = serde_json::from_str::<Sign>(text)
        && hub.is_news(&sign)
    {
        hub.note(sign);
    }
}
