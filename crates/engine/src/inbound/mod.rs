//! The inbound processor: takes stored Updates, decodes them, and writes what they mean, one chat at a time in order.
//!
//! A batch is one transaction. When it fails, its events are tried one by one, so that a single bad one waits alone; it
//! holds back the later ones of its chat and nobody else's. On PostgreSQL, where a batch mostly waits for the database,
//! several workers have some of the chats each; SQLite has one writer, and so one worker.

mod album;
mod apply;
mod buttons;
mod consent;
mod member;
mod message;
mod place;
mod whatsapp;

use std::{collections::HashSet, ops::Range, sync::Arc};

use channels::{
    telegram::update::{self, Fact, Other, Update},
    whatsapp as graph,
};
use futures::future::{join_all, try_join_all};
use model::{Clock, Ids, Result, Timestamp, event::EventStatus};
use store::{
    db::{Db, Engine, Wake},
    events::{self, Open},
    wake,
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::nodes::{SHARES, Share, Shares};

pub use apply::CallbackAnswer;

/// Events in one transaction.
const BATCH_MAX: i64 = 128;

/// Batches at a time on PostgreSQL.
const WORKERS: usize = 4;

/// The bits of a chat's key that say which share it is in.
const SHARE_MASK: i64 = SHARES as i64 - 1;

/// How long to rest when nothing wakes us: other processes write to the same database file.
const REST_MS: i64 = 2_000;

/// The inbound processor.
#[derive(Debug)]
pub struct Inbound {
    db: Db,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    /// Pressed buttons whose spinner has to be stopped.
    answers: mpsc::Sender<CallbackAnswer>,
    /// Whose chats are this node's: each is worked on by one node at a time.
    share: Share,
}

/// An event with what it says.
#[derive(Debug, Clone)]
struct Decoded {
    open: Open,
    said: Said,
}

/// What an event says, in its channel's terms.
#[derive(Debug, Clone)]
enum Said {
    Telegram(Box<Update>),
    Whatsapp(graph::update::Fact),
}

impl Inbound {
    pub fn new(
        db: Db,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        answers: mpsc::Sender<CallbackAnswer>,
        share: Share,
    ) -> Self {
        Self { db, clock, ids, answers, share }
    }

    /// Works until `stop`, finishing the batches at hand.
    pub async fn run(self, stop: CancellationToken) {
        join_all(self.workers().map(|worker| self.run_one(worker, &stop))).await;
    }

    fn workers(&self) -> Range<usize> {
        match self.db.engine() {
            Engine::Sqlite => 0..1,
            Engine::Postgres => 0..WORKERS,
        }
    }

    async fn run_one(&self, worker: usize, stop: &CancellationToken) {
        let mut wakes = self.db.listen(wake::INBOUND);
        let mut share = self.share.clone();
        while !stop.is_cancelled() {
            match self.batch(worker).await {
                Ok(0) => {}
                Ok(_) => continue,
                Err(error) => tracing::error!(error = ?error, "Stored Updates could not be processed now; they wait."),
            }
            let rest = self.clock.sleep_until(self.clock.now() + REST_MS);
            tokio::select! {
                () = stop.cancelled() => break,
                Wake::Payload(_) | Wake::Missed = wakes.recv() => {}
                () = new_chats(&mut share) => {}
                () = rest => {}
            }
        }
    }

    /// Processes one batch of each worker; tells how many events they had.
    pub async fn work(&self) -> Result<usize> {
        Ok(try_join_all(self.workers().map(|worker| self.batch(worker))).await?.into_iter().sum())
    }

    async fn batch(&self, worker: usize) -> Result<usize> {
        let shares = self.share.shares();
        let open = self.take(&shares, worker).await?;
        let count = open.len();
        if count == 0 {
            return Ok(0);
        }
        let decoded: Vec<Decoded> = open.into_iter().map(decode).collect();
        match self.write(&shares, decoded.clone()).await {
            Ok(Some(answers)) => self.pass_on(answers).await,
            Ok(None) => return Ok(0),
            Err(error) => {
                tracing::warn!(error = ?error, events = count, "A batch of Updates failed; each is tried alone.");
                self.one_by_one(&shares, decoded).await?;
            }
        }
        Ok(count)
    }

    async fn take(&self, shares: &Shares, worker: usize) -> Result<Vec<Open>> {
        let now = self.clock.now();
        let workers = self.workers().len();
        if workers == 1 && *shares == Shares::All {
            return self.db.read(move |tx| events::take_open(tx, now, BATCH_MAX)).await;
        }
        let mine = (0..SHARES).filter(|share| share % workers == worker && shares.has(*share));
        let mine: Vec<i64> = mine.filter_map(|share| i64::try_from(share).ok()).collect();
        if mine.is_empty() {
            return Ok(Vec::new());
        }
        self.db.read(move |tx| events::take_open_of(tx, now, SHARE_MASK, &mine, BATCH_MAX)).await
    }

    async fn one_by_one(&self, shares: &Shares, decoded: Vec<Decoded>) -> Result<()> {
        let mut held = HashSet::new();
        for event in decoded {
            let chat = (event.open.bot, event.open.chat_key);
            if held.contains(&chat) {
                continue;
            }
            match self.write(shares, vec![event.clone()]).await {
                Ok(Some(answers)) => self.pass_on(answers).await,
                Ok(None) => return Ok(()),
                Err(error) => {
                    held.insert(chat);
                    self.fail(event.open, &error).await?;
                }
            }
        }
        Ok(())
    }

    /// `None`: another node has these chats by now, and finds their events as they were.
    async fn write(&self, shares: &Shares, decoded: Vec<Decoded>) -> Result<Option<Vec<CallbackAnswer>>> {
        let (ids, now, shares) = (self.ids.clone(), self.clock.now(), shares.clone());
        self.db
            .write(move |tx| {
                if !shares.hold(tx, decoded.iter().map(|event| share_of(event.open.chat_key)))? {
                    return Ok(None);
                }
                apply::batch(tx, &*ids, &decoded, now).map(Some)
            })
            .await
    }

    async fn fail(&self, open: Open, error: &model::Error) -> Result<()> {
        let (seq, message, now) = (open.seq, error.message().to_owned(), self.clock.now());
        let status = self.db.write(move |tx| events::mark_failed(tx, &open, &message, now)).await?;
        if status == EventStatus::Dead {
            tracing::error!(event.seq = seq, error = ?error, "An Update was given up; it can be retried by hand.");
        } else {
            tracing::warn!(event.seq = seq, error = ?error, "An Update could not be processed; it is tried again.");
        }
        Ok(())
    }

    /// A full queue drops the answer: the spinner on the person's phone stops by itself after a while.
    async fn pass_on(&self, answers: Vec<CallbackAnswer>) {
        for answer in answers {
            if self.answers.try_send(answer).is_err() {
                tracing::debug!("A pressed button's spinner was left to stop by itself.");
            }
        }
    }
}

/// Which share of all chats one belongs to.
fn share_of(chat_key: i64) -> usize {
    usize::try_from(chat_key & SHARE_MASK).unwrap_or(0)
}

/// Ends when other chats may have come here.
async fn new_chats(share: &mut Share) {
    let before = share.shares();
    while share.shares() == before {
        share.changed().await;
    }
}

fn decode(open: Open) -> Decoded {
    if graph::webhook::is_ours(&open.event_type) {
        let said = Said::Whatsapp(graph::update::decode(&open.payload));
        return Decoded { open, said };
    }
    let update = update::decode(&open.payload).unwrap_or_else(|error| {
        let other =
            Other { chat: None, user: None, date: None, summary: String::new(), unreadable: Some(error.to_string()) };
        Update { update_id: open.update_id, kind: "UNKNOWN", fact: Fact::Other(other) }
    });
    Decoded { open, said: Said::Telegram(Box::new(update)) }
}

/// When something happened, as the channel says, but never later than now.
fn happened(date: Option<Timestamp>, now: Timestamp) -> Timestamp {
    date.filter(|date| date.as_ms() > 0).map_or(now, |date| date.min(now))
}
