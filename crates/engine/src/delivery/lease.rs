//! Who may send for a bot: the rules of leases, as functions of rows and times.
//!
//! Two clocks take part. The row's `until` is wall time, compared between nodes whose clocks may differ by
//! `clock_skew_ms`. The owner judges itself on a clock of its own machine that also counts while the machine is suspended:
//! it must look at that right before each write. The fencing token in every claim and settlement is the last guard: a
//! larger one was given to a later owner, and what shows a smaller one changes nothing.

use model::Timestamp;

/// How long leases last.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// From taking or renewing to the end.
    pub ttl_ms: i64,
    /// How often an owner renews.
    pub renew_ms: i64,
    /// The most by which two nodes' clocks differ.
    pub clock_skew_ms: i64,
}

impl Default for Terms {
    fn default() -> Self {
        Self { ttl_ms: 6_000, renew_ms: 2_000, clock_skew_ms: 1_000 }
    }
}

/// The lease as it is stored with a lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease<N> {
    pub owner: Option<N>,
    /// Grows with every taking.
    pub fence: i64,
    pub until: Timestamp,
}

impl<N: PartialEq> Lease<N> {
    /// Nobody's yet.
    pub fn free() -> Self {
        Self { owner: None, fence: 0, until: Timestamp::from_ms(0) }
    }

    /// Whether `node` may become the owner. A node that restarted under its old name may do so at once: it knows that
    /// nothing of its former life runs any more.
    pub fn may_take(&self, node: &N, now: Timestamp, terms: Terms) -> bool {
        match &self.owner {
            None => true,
            Some(owner) => owner == node || self.until + terms.clock_skew_ms <= now,
        }
    }

    /// The lease after `node` took it.
    pub fn taken(&self, node: N, now: Timestamp, terms: Terms) -> Self {
        Self { owner: Some(node), fence: self.fence + 1, until: now + terms.ttl_ms }
    }

    /// The lease after its owner renewed it; None when another one has it. Late is fine if nobody took it meanwhile.
    pub fn renewed(&self, node: N, fence: i64, now: Timestamp, terms: Terms) -> Option<Self> {
        let is_owner = self.owner.as_ref() == Some(&node) && self.fence == fence;
        is_owner.then(|| Self { owner: Some(node), fence, until: now + terms.ttl_ms })
    }

    /// The lease after its owner left: the next one need not wait. None when another one has it.
    pub fn released(&self, node: &N, fence: i64) -> Option<Self> {
        let is_owner = self.owner.as_ref() == Some(node) && self.fence == fence;
        is_owner.then(|| Self { owner: None, fence: self.fence, until: self.until })
    }

    /// The fencing check of every claim and settlement.
    pub fn admits(&self, fence: i64) -> bool {
        self.fence == fence
    }
}

/// The owner's own view of its lease, on a clock that counts suspended time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    pub fence: i64,
    deadline_ms: i64,
}

impl Held {
    /// `asked_ms` is the owner's clock *before* the taking or renewing was sent: the answer may have taken long.
    pub fn since(asked_ms: i64, fence: i64, terms: Terms) -> Self {
        Self { fence, deadline_ms: asked_ms + terms.ttl_ms }
    }

    /// Whether the owner may still write to the channel. To be asked right before each write.
    pub fn may_write(&self, clock_ms: i64) -> bool {
        clock_ms < self.deadline_ms
    }

    /// Whether it is time to renew.
    pub fn is_old(&self, clock_ms: i64, terms: Terms) -> bool {
        clock_ms >= self.deadline_ms - terms.ttl_ms + terms.renew_ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TERMS: Terms = Terms { ttl_ms: 6_000, renew_ms: 2_000, clock_skew_ms: 1_000 };

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_ms(ms)
    }

    #[test]
    fn a_lease_is_taken_only_after_its_end_and_the_largest_skew() {
        let lease = Lease::free().taken("a", at(0), TERMS);
        assert!(!lease.may_take(&"b", at(6_999), TERMS));
        assert!(lease.may_take(&"b", at(7_000), TERMS));
        assert!(lease.may_take(&"a", at(1), TERMS));
    }

    #[test]
    fn an_old_fence_is_refused() {
        let first = Lease::free().taken("a", at(0), TERMS);
        let second = first.taken("b", at(9_000), TERMS);
        assert!(second.admits(2) && !second.admits(1));
        assert_eq!(second.renewed("a", 1, at(9_001), TERMS), None);
        assert_eq!(second.released(&"a", 1), None);
    }

    #[test]
    fn a_suspended_owner_may_not_write() {
        let held = Held::since(500, 1, TERMS);
        assert!(held.may_write(6_499) && !held.may_write(6_500));
        assert!(!held.is_old(2_499, TERMS) && held.is_old(2_500, TERMS));
    }

    #[test]
    fn who_leaves_makes_room_at_once() {
        let lease = Lease::free().taken("a", at(0), TERMS);
        assert!(lease.released(&"a", 1).is_some_and(|free| free.may_take(&"b", at(1), TERMS)));
    }
}
