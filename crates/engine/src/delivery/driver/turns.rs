//! Claims that wait for a free place among the calls. Tenants take turns, so that nobody's million keeps out another's ten.

use std::{
    collections::{BTreeMap, VecDeque},
    ops::Bound,
};

use model::{Id, Tenant, delivery::DeliveryKey};

use super::LaneRef;

type Claims = (LaneRef, Vec<DeliveryKey>);

#[derive(Debug, Default)]
pub(super) struct Turns {
    waiting: BTreeMap<Id<Tenant>, VecDeque<Claims>>,
    /// Whose turn was last.
    last: Option<Id<Tenant>>,
}

impl Turns {
    pub fn wait(&mut self, tenant: Id<Tenant>, lane: LaneRef, keys: Vec<DeliveryKey>) {
        self.waiting.entry(tenant).or_default().push_back((lane, keys));
    }

    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// The claims whose turn it is, unless there are more than `room`: they keep their turn.
    pub fn next(&mut self, room: usize) -> Option<Claims> {
        let tenant = self.next_tenant()?;
        let queue = self.waiting.get_mut(&tenant)?;
        if queue.front().is_some_and(|(_, keys)| keys.len() > room) {
            return None;
        }
        let claims = queue.pop_front();
        if queue.is_empty() {
            self.waiting.remove(&tenant);
        }
        self.last = Some(tenant);
        claims
    }

    fn next_tenant(&self) -> Option<Id<Tenant>> {
        let after = self.last.map_or(Bound::Unbounded, Bound::Excluded);
        let next = self.waiting.range((after, Bound::Unbounded)).next();
        next.or_else(|| self.waiting.iter().next()).map(|(tenant, _)| *tenant)
    }
}

#[cfg(test)]
mod tests {
    use model::bot::Bot;

    use super::*;

    fn tenant(n: u8) -> Id<Tenant> {
        Id::from_bytes([n; 16])
    }

    fn claim(turns: &mut Turns, of: u8, position: i64) {
        let bot: Id<Bot> = Id::from_bytes([of; 16]);
        turns.wait(tenant(of), (bot, 1), vec![DeliveryKey { bot, position }]);
    }

    #[test]
    fn a_tenant_with_many_waits_for_one_with_few() {
        let mut turns = Turns::default();
        (0..100).for_each(|position| claim(&mut turns, 1, position));
        claim(&mut turns, 2, 0);
        claim(&mut turns, 3, 0);
        let order: Vec<u8> = std::iter::from_fn(|| turns.next(1)).map(|((bot, _), _)| bot.as_bytes()[0]).collect();
        assert_eq!(order[..5], [1, 2, 3, 1, 1]);
        assert_eq!(order.len(), 102);
        assert!(turns.is_empty());
    }

    #[test]
    fn who_does_not_fit_keeps_the_turn() {
        let mut turns = Turns::default();
        claim(&mut turns, 1, 0);
        assert_eq!(turns.next(0), None);
        assert!(turns.next(1).is_some());
    }
}
