//! Whose turn what is, as far as one node knows. Two nodes may differ for a moment: whoever owns is settled by the
//! database, this only says who should try.

use store::nodes::Node;

/// The nodes of an installation as one of them sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// This node. It has a new name after the others have buried it.
    pub me: String,
    /// All nodes there are, without their beats.
    pub nodes: Vec<Node>,
    /// Those that take work, in an order that all nodes agree on.
    working: Vec<String>,
}

impl View {
    pub(super) fn of(me: &str, working: Vec<String>) -> Self {
        Self { me: me.to_owned(), nodes: Vec::new(), working }
    }

    pub(super) fn from_rows(me: &str, rows: &[Node]) -> Self {
        let mut working: Vec<String> = rows.iter().filter(|row| row.takes_work).map(|row| row.id.clone()).collect();
        working.sort_unstable();
        // The beat changes all the time: it would make every view a new one.
        let nodes = rows.iter().map(|row| Node { beat: 0, ..row.clone() }).collect();
        Self { me: me.to_owned(), nodes, working }
    }

    /// Whether this node takes work.
    pub fn is_working(&self) -> bool {
        self.working.contains(&self.me)
    }

    /// Whether something with this name should be done here. When a node comes or goes, only what was or will be its own
    /// changes hands.
    pub fn prefers_me(&self, name: &[u8]) -> bool {
        self.working.iter().max_by_key(|node| weight(node, name)) == Some(&self.me)
    }

    /// Whether the `index`th of a few equal shares should be done here: they are dealt out evenly.
    pub fn deals_me(&self, index: usize) -> bool {
        !self.working.is_empty() && self.working.get(index % self.working.len()) == Some(&self.me)
    }
}

/// FNV-1a and a finish that spreads it: the same in every process.
fn weight(node: &str, name: &[u8]) -> u64 {
    let bytes = node.as_bytes().iter().chain(name);
    let hash = bytes
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3));
    let hash = (hash ^ (hash >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    hash ^ (hash >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(nodes: &[&str]) -> Vec<usize> {
        let working: Vec<String> = nodes.iter().map(|node| (*node).to_owned()).collect();
        let count = |me: &&str| {
            let view = View::of(me, working.clone());
            (0..3_000_u32).filter(|name| view.prefers_me(&name.to_be_bytes())).count()
        };
        nodes.iter().map(count).collect()
    }

    #[test]
    fn everything_is_done_by_exactly_one_and_evenly() {
        let shares = shares(&["a", "b", "c"]);
        assert_eq!(shares.iter().sum::<usize>(), 3_000);
        assert!(shares.iter().all(|share| (850..1_150).contains(share)), "{shares:?}");
    }

    #[test]
    fn who_leaves_takes_nothing_of_the_others_along() {
        let of = |me: &str, working: &[&str]| View::of(me, working.iter().map(|node| (*node).to_owned()).collect());
        let (before, after) = (of("a", &["a", "b", "c"]), of("a", &["a", "b"]));
        let kept = |name: &u32| !before.prefers_me(&name.to_be_bytes()) || after.prefers_me(&name.to_be_bytes());
        assert!((0..1_000).all(|name| kept(&name)));
    }

    #[test]
    fn few_shares_are_dealt_evenly() {
        let dealt = |me: &str| (0..4).filter(|i| View::of(me, vec!["a".into(), "b".into()]).deals_me(*i)).count();
        assert_eq!((dealt("a"), dealt("b"), dealt("c")), (2, 2, 0));
    }
}
