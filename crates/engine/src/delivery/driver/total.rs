//! The limit over all bots together. Where there is one, a single node sends for all of them: the one that has the duty
//! `total`. Each claim holds that duty, so that a new owner finds all that the last one began.

use store::nodes::Duty;

use super::{Driver, Note, load};
use crate::{delivery::limiter::Total, nodes::Share};

impl Driver {
    /// Whether lanes may be here, as far as the limit over all bots is concerned.
    pub(super) fn has_total(&self) -> bool {
        self.total.is_none()
            || self.deps.nodes.is_alone() && !self.is_restoring
            || self.total_duty.is_some() && self.total_duty == self.deps.total_share.duty()
    }

    /// Looks up which places are taken, before anything is sent. The limit so survives a restart as well.
    pub(super) fn restore_total(&mut self) {
        let Some(rate) = self.deps.total_rate else { return };
        let duty = self.deps.total_share.duty();
        if self.is_restoring || (duty.is_none() && !self.deps.nodes.is_alone()) {
            return;
        }
        self.is_restoring = true;
        let deps = self.deps.clone();
        self.spawn(async move { Note::TotalRestored(duty, load::all_uses(&deps, rate).await) });
    }

    pub(super) fn total_restored(&mut self, duty: Option<Duty>, uses: &[(model::Timestamp, u32)]) {
        self.is_restoring = false;
        self.total_duty = duty;
        let skew = self.deps.config.clock_skew_ms;
        self.total = self.deps.total_rate.map(Total::new);
        if let Some(total) = &mut self.total {
            uses.iter().for_each(|(at, weight)| total.remember(*weight, *at + skew));
        }
        self.look();
    }

    pub(super) fn total_may_have_moved(&mut self) {
        if self.deps.nodes.is_alone() || self.has_total() {
            return;
        }
        if self.lanes.is_empty() {
            self.restore_total();
        } else {
            self.nodes_changed();
        }
    }
}

impl Share {
    /// The duty, with the fence of its taking.
    fn duty(&self) -> Option<Duty> {
        self.fence().map(|fence| Duty { name: self.kind().to_owned(), fence })
    }
}
