//! What the webhook endpoint must know of a bot, kept in memory, because each delivery asks for it.
//!
//! An entry is forgotten when its bot changes (here or on another node), and read anew after a few seconds in any case,
//! for changes by other processes on one SQLite file. A secret that does not match is judged by a fresh entry.

use std::{
    collections::HashMap,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
};

use model::{Clock, Id, Platform, Result, Tenant, Timestamp, bot::Bot};
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

use super::secrets::WEBHOOK_SECRET;
use crate::{
    Cipher, args, columns,
    db::{Db, Tx, Wake},
    wake,
};

/// How long an entry is good.
const GOOD_MS: i64 = 3_000;

/// How old an entry may be to refuse a secret: it bounds what a guesser costs the database.
const REFUSAL_GOOD_MS: i64 = 250;

/// Bots in memory at most; beyond that, the memory begins anew.
const KNOWN_MAX: usize = 200_000;

/// How long after its last delivery a bot counts as busy.
const BUSY_MS: i64 = 3_600_000;

/// A bot as the webhook endpoint sees it.
#[derive(Debug)]
pub struct Hook {
    pub tenant: Id<Tenant>,
    pub is_active: bool,
    pub platform: Platform,
    secrets: Vec<SecretString>,
}

impl Hook {
    /// Whether `given` is the bot's secret, old or new, found out in a time that tells nothing about it.
    pub fn accepts(&self, given: &[u8]) -> bool {
        let equal = self.secrets.iter().map(|secret| secret.expose_secret().as_bytes().ct_eq(given));
        equal.fold(subtle::Choice::from(0), |any, one| any | one).into()
    }

    /// Whether one of the secrets passes a test, such as of a signature that was made with it.
    pub fn any(&self, test: impl Fn(&[u8]) -> bool) -> bool {
        self.secrets.iter().any(|secret| test(secret.expose_secret().as_bytes()))
    }
}

/// The memory. Clones share it.
#[derive(Debug, Clone)]
pub struct Hooks {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    db: Db,
    cipher: Arc<Cipher>,
    clock: Arc<dyn Clock>,
    known: RwLock<HashMap<Id<Bot>, Known>>,
    /// Counts what was forgotten, so that an answer that was read before is not remembered after.
    forgotten: AtomicU64,
}

#[derive(Debug, Clone)]
struct Known {
    hook: Arc<Hook>,
    read_at: Timestamp,
}

crate::statements! {
    hot FIND = "hooks.find", "
        SELECT tenant_id, is_active, webhook_secret, webhook_secret_new, platform FROM bot WHERE id = $1 AND removed_at IS NULL";
}

impl Hooks {
    /// Starts to listen for changes on the current runtime; that ends with the last clone.
    pub fn start(db: Db, cipher: Arc<Cipher>, clock: Arc<dyn Clock>) -> Self {
        let mut changes = db.listen(wake::BOT);
        let shared = Arc::new(Shared { db, cipher, clock, known: RwLock::default(), forgotten: AtomicU64::new(0) });
        let weak = Arc::downgrade(&shared);
        tokio::spawn(async move {
            loop {
                let change = changes.recv().await;
                let Some(shared) = weak.upgrade() else { return };
                match change {
                    Wake::Payload(id) => id.parse().into_iter().for_each(|id| shared.forget(id)),
                    Wake::Missed => shared.forget_all(),
                }
            }
        });
        Self { shared }
    }

    /// The bot, as it was at most a few seconds ago; `None` when there is no such bot.
    pub async fn find(&self, id: Id<Bot>) -> Result<Option<Arc<Hook>>> {
        self.shared.find(id, GOOD_MS).await
    }

    /// The bot as it is now, more or less, to judge a secret that did not match.
    pub async fn find_again(&self, id: Id<Bot>) -> Result<Option<Arc<Hook>>> {
        self.shared.find(id, REFUSAL_GOOD_MS).await
    }

    /// Reads the bot anew next time. For those who change a bot in this process and must see it at once.
    pub fn forget(&self, id: Id<Bot>) {
        self.shared.forget(id);
    }

    /// Bots that had a delivery lately, as far as this process knows.
    pub fn busy(&self) -> Vec<Id<Bot>> {
        let since = self.shared.clock.now() - BUSY_MS;
        let known = self.shared.known.read().unwrap_or_else(PoisonError::into_inner);
        known.iter().filter(|(_, known)| known.read_at >= since).map(|(id, _)| *id).collect()
    }
}

impl Shared {
    async fn find(&self, id: Id<Bot>, good_ms: i64) -> Result<Option<Arc<Hook>>> {
        let now = self.clock.now();
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner).get(&id).cloned();
        match known {
            Some(known) if (0..good_ms).contains(&now.since(known.read_at)) => Ok(Some(known.hook)),
            _ => self.read(id, now).await,
        }
    }

    async fn read(&self, id: Id<Bot>, now: Timestamp) -> Result<Option<Arc<Hook>>> {
        let before = self.forgotten.load(Ordering::SeqCst);
        let cipher = self.cipher.clone();
        let hook = self.db.read(move |tx| find(tx, &cipher, id)).await?.map(Arc::new);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        match &hook {
            None => drop(known.remove(&id)),
            Some(hook) if self.forgotten.load(Ordering::SeqCst) == before => {
                if known.len() >= KNOWN_MAX && !known.contains_key(&id) {
                    known.clear();
                }
                known.insert(id, Known { hook: hook.clone(), read_at: now });
            }
            Some(_) => {}
        }
        Ok(hook)
    }

    fn forget(&self, id: Id<Bot>) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        self.forgotten.fetch_add(1, Ordering::SeqCst);
        known.remove(&id);
    }

    fn forget_all(&self) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        self.forgotten.fetch_add(1, Ordering::SeqCst);
        known.clear();
    }
}

fn find(tx: &mut Tx, cipher: &Cipher, id: Id<Bot>) -> Result<Option<Hook>> {
    tx.query_opt(FIND, &args![id], |row| {
        let sealed: [Option<Vec<u8>>; 2] = [row.get(2)?, row.get(3)?];
        let secrets = sealed.iter().flatten().map(|sealed| cipher.open(WEBHOOK_SECRET, id, sealed));
        Ok(Hook {
            tenant: row.get(0)?,
            is_active: row.get(1)?,
            platform: columns::word(row, 4)?,
            secrets: secrets.collect::<Result<_>>()?,
        })
    })
}
