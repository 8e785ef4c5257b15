//! Which lanes are here: taking them, giving them back, and letting go of those that were lost.

use model::{Id, Result, bot::Bot};

use super::{Driver, Event, LaneRef, Note, Seat, open::Opening};

/// How soon to ask again for a lane that another node has not given back yet.
const ASK_AGAIN_MS: i64 = 500;

impl Driver {
    /// Whether this node should try to take a lane. That it gets it, the database says.
    pub(super) fn may_open(&self, bot: Id<Bot>) -> bool {
        let is_free = !self.is_stopping && !self.refused.contains(&bot);
        is_free && self.deps.nodes.is_held() && self.should_be_here(bot)
    }

    fn should_be_here(&self, bot: Id<Bot>) -> bool {
        match self.total {
            None => self.deps.nodes.view().prefers_me(bot.as_bytes()),
            Some(_) => self.has_total(),
        }
    }

    pub(super) fn opened(&mut self, bot: Id<Bot>, opening: Result<Opening>) {
        self.opening.remove(&bot);
        match opening {
            Ok(Opening::Done(opened)) if opened.taker == self.me && !self.is_stopping => {
                let (fence, is_leaving) = (opened.seat.fence, !self.should_be_here(bot));
                self.lanes.insert(bot, Seat { is_leaving, ..opened.seat });
                self.step((bot, fence), Event::Restore(opened.restore));
                self.wake(bot);
            }
            // Taken under a name that is no more, or too late: it is given back, or free already.
            Ok(Opening::Done(opened)) => self.outbox.release((bot, opened.seat.fence), true),
            Ok(Opening::Elsewhere) => self.ask_again(bot),
            Ok(Opening::Never) => {}
            Err(error) => {
                tracing::error!(bot.id = %bot, error = ?error, "A bot's lane could not be opened; it is tried again.");
                self.ask_again(bot);
            }
        }
    }

    fn ask_again(&mut self, bot: Id<Bot>) {
        if self.refused.insert(bot) {
            let sleep = self.deps.clock.sleep_until(self.deps.clock.now() + ASK_AGAIN_MS);
            self.spawn(async move {
                sleep.await;
                Note::AskAgain(bot)
            });
        }
    }

    /// Nodes came or went: some lanes should be elsewhere, and others here.
    pub(super) fn nodes_changed(&mut self) {
        self.follow_name();
        let bots: Vec<Id<Bot>> = self.lanes.keys().copied().collect();
        for bot in bots {
            let is_leaving = !self.should_be_here(bot);
            let Some(seat) = self.lanes.get_mut(&bot) else { continue };
            seat.is_leaving = is_leaving;
            self.claim_kept(bot);
            self.let_go(bot);
        }
        self.look();
    }

    /// Under a new name nothing that the old one owned may be used: others may have it. What came of its calls is still
    /// written, for those lanes that nobody has taken.
    pub(super) fn follow_name(&mut self) {
        let view = self.deps.nodes.view();
        if view.me == self.me {
            return;
        }
        self.me.clone_from(&view.me);
        self.outbox.forget_claims(|_| true);
        let bots: Vec<Id<Bot>> = self.lanes.keys().copied().collect();
        for bot in bots {
            self.abandon(bot);
        }
        self.look();
    }

    /// The database says that lanes have other owners now.
    pub(super) fn lost(&mut self, lanes: &[LaneRef]) {
        for (bot, fence) in lanes {
            self.outbox.forget_claims(|lane| lane == (*bot, *fence));
            if self.lanes.get(bot).is_some_and(|seat| seat.fence == *fence) {
                tracing::warn!(bot.id = %bot, "A bot's lane was taken over by another node.");
                self.abandon(*bot);
                // It may also be that only the limit over all bots has a new owner.
                self.outbox.release((*bot, *fence), true);
                self.ask_again(*bot);
            }
        }
    }

    /// Claims that were kept while they could not go out.
    pub(super) fn claim_kept(&mut self, bot: Id<Bot>) {
        let Some(seat) = self.lanes.get_mut(&bot).filter(|seat| seat.may_send && !seat.is_leaving) else { return };
        let (fence, kept) = (seat.fence, std::mem::take(&mut seat.kept_claims));
        if !kept.is_empty() {
            self.claim((bot, fence), kept);
        }
    }

    /// A lane without work costs nothing: it is forgotten. One that should be elsewhere goes when nothing of it is under
    /// way.
    pub(super) fn let_go(&mut self, bot: Id<Bot>) {
        let now = self.now;
        let Some(seat) = self.lanes.get_mut(&bot).filter(|seat| seat.owed == 0) else { return };
        let is_handed_over = seat.is_leaving;
        let is_idle = seat.kept_claims.is_empty() && seat.lane.is_idle(now);
        if (is_handed_over || is_idle)
            && let Some(fence) = self.abandon(bot)
            && !self.deps.nodes.is_alone()
        {
            self.outbox.release((bot, fence), is_handed_over);
        }
    }

    /// At the stop, all lanes are given back, also those of which something is still under way: it ends as unknown.
    pub(super) fn release_all(&mut self) {
        let bots: Vec<Id<Bot>> = self.lanes.keys().copied().collect();
        for bot in bots {
            if let Some(fence) = self.abandon(bot) {
                self.outbox.release((bot, fence), true);
            }
        }
    }

    /// Forgets a lane; answers the fence that it had.
    fn abandon(&mut self, bot: Id<Bot>) -> Option<i64> {
        let Seat { lane, fence, wake_at, .. } = self.lanes.remove(&bot)?;
        if let Some(at) = wake_at {
            self.timers.remove(&(at, bot));
        }
        lane.abandon(self.now, self.total.as_mut());
        Some(fence)
    }

    /// Something that a lane owed is done.
    pub(super) fn paid(&mut self, (bot, fence): LaneRef, count: usize) {
        if let Some(seat) = self.lanes.get_mut(&bot).filter(|seat| seat.fence == fence) {
            seat.owed = seat.owed.saturating_sub(count);
        }
    }
}
