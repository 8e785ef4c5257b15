//! The poller: fetches the Updates of bots without a webhook, by long polls, into the same store as the webhook does.
//!
//! One loop starts the polls and decides when each bot's next one is due. There are only so many at the same time; with
//! more bots than that, polls get shorter, so that every bot has its turn.

mod poll;
mod roster;

use std::{collections::HashMap, sync::Arc};

use model::{Clock, Id, bot::Bot};
use store::{
    Cipher,
    bots::polling,
    db::{Db, Wake},
    wake,
};
use tokio::task::{AbortHandle, JoinSet};
use tokio_util::sync::CancellationToken;
use transport::BotApi;

use roster::{Roster, Wait};

use crate::nodes::{SHARES, Share, Shares};

/// Long polls at the same time.
pub const POLLS_MAX: usize = 100;

/// How long a poll waits when there is a place for every bot.
const LONG_S: usize = 25;

/// How often to look for changes that nobody tells us: other processes write to the same database file.
const LOOK_MS: i64 = 5_000;

/// What the poller needs. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Poller {
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub cipher: Arc<Cipher>,
    pub bot_api: BotApi,
    /// Whose bots are this node's: each is polled by one node at a time.
    pub share: Share,
}

impl Poller {
    /// Works until `stop`. What a poll that is cut short has not stored, Telegram gives again.
    pub async fn run(self, stop: CancellationToken) {
        tokio::select! {
            () = self.work() => {}
            () = stop.cancelled() => {}
        }
    }

    async fn work(&self) {
        let mut changes = self.db.listen(wake::BOT);
        let mut roster = Roster::default();
        let mut polls = Polls::default();
        let mut look_at = self.clock.now();
        let mut share = self.share.clone();
        let mut listed = Vec::new();
        loop {
            if self.clock.now() >= look_at {
                self.look(&mut listed).await;
                look_at = self.clock.now() + LOOK_MS;
            }
            let shares = share.shares();
            let mine: Vec<Id<Bot>> = listed.iter().filter(|id| shares.has(share_of(**id))).copied().collect();
            // The polls of those that are not, or not any more, this node's end at once.
            roster.set(&mine).into_iter().for_each(|id| polls.stop(id));
            self.start(&mut roster, &mut polls, &shares);
            let until = roster.next_due().map_or(look_at, |due| due.min(look_at));
            tokio::select! {
                Some((id, wait)) = polls.next() => roster.ended(id, wait, self.clock.now()),
                change = changes.recv() => {
                    if let Wake::Payload(id) = &change
                        && let Ok(id) = id.parse()
                    {
                        roster.hurry(id);
                    }
                    look_at = self.clock.now();
                }
                () = share.changed() => {}
                () = self.clock.sleep_until(until) => {}
            }
        }
    }

    /// Learns which bots poll.
    async fn look(&self, listed: &mut Vec<Id<Bot>>) {
        match self.db.read(polling::list).await {
            Ok(ids) => *listed = ids,
            Err(error) => tracing::warn!(error = ?error, "The poller can't read the database; it tries again."),
        }
    }

    fn start(&self, roster: &mut Roster, polls: &mut Polls, shares: &Shares) {
        while polls.count() < POLLS_MAX
            && let Some(id) = roster.take(self.clock.now())
        {
            let seconds = long_poll_seconds(roster.len());
            let (poller, shares) = (self.clone(), shares.clone());
            polls.start(id, async move { poller.poll(id, seconds, &shares).await });
        }
    }
}

/// Which share of all bots one belongs to.
fn share_of(bot: Id<Bot>) -> usize {
    bot.as_bytes().last().map_or(0, |byte| usize::from(*byte) % SHARES)
}

/// How long a poll waits, so that the places go round among `bots` in about the time of one long poll.
fn long_poll_seconds(bots: usize) -> u32 {
    let seconds = if bots <= POLLS_MAX { LONG_S } else { (LONG_S * POLLS_MAX / bots).max(1) };
    u32::try_from(seconds).unwrap_or(1)
}

/// The polls under way.
#[derive(Debug, Default)]
struct Polls {
    tasks: JoinSet<(Id<Bot>, Wait)>,
    handles: HashMap<Id<Bot>, AbortHandle>,
}

impl Polls {
    fn start(&mut self, id: Id<Bot>, poll: impl Future<Output = Wait> + Send + 'static) {
        let handle = self.tasks.spawn(async move { (id, poll.await) });
        self.handles.insert(id, handle);
    }

    fn stop(&mut self, id: Id<Bot>) {
        if let Some(handle) = self.handles.remove(&id) {
            handle.abort();
        }
    }

    /// The next poll that ended by itself; never, while there is none.
    async fn next(&mut self) -> Option<(Id<Bot>, Wait)> {
        loop {
            match self.tasks.join_next().await {
                None => return std::future::pending().await,
                // It was stopped. A panic is told by the runtime, and its bot is found again when the list is read.
                Some(Err(error)) => {
                    if let Some(id) = self.handles.iter().find(|(_, h)| h.id() == error.id()).map(|(id, _)| *id) {
                        self.handles.remove(&id);
                        return Some((id, Wait::AfterFailure));
                    }
                }
                Some(Ok((id, wait))) => {
                    self.handles.remove(&id);
                    return Some((id, wait));
                }
            }
        }
    }

    fn count(&self) -> usize {
        self.tasks.len()
    }
}

#[cfg(test)]
mod tests {
    use super::long_poll_seconds;

    #[test]
    fn more_bots_than_places_poll_shorter() {
        assert_eq!([1, 100, 200, 1_000, 100_000].map(long_poll_seconds), [25, 25, 12, 2, 1]);
    }
}
