//! The map: which crate may use which. `ARCHITECTURE.md` draws it; this is its enforcement.

use anyhow::Result;

use super::finding::Finding;
use super::metadata::{self, Edge};
use super::tree::Tree;

/// Every crate of the workspace with the crates of ours that it may use when it runs.
const ARROWS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("store", &["model"]),
    ("channels", &["model"]),
    // Shares no encoder or decoder with `channels`, so that it can catch its faults.
    ("sandbox", &["model"]),
    // The only crate that opens outgoing connections.
    ("transport", &["model", "channels"]),
    ("app", &["model", "store", "channels", "transport"]),
    ("engine", &["model", "store", "channels", "transport"]),
    ("api", &["model", "store", "channels", "app"]),
    ("mcp", &["model", "store", "app"]),
    ("jina-connect", EVERYTHING),
    ("bench", EVERYTHING),
    ("testkit", EVERYTHING),
    ("xtask", &[]),
];
const EVERYTHING: &[&str] =
    &["model", "store", "channels", "sandbox", "transport", "app", "engine", "api", "mcp", "jina-connect"];
const DRIVERS: [&str; 4] = ["rusqlite", "tokio-postgres", "deadpool", "refinery"];

pub fn edges(_: &Tree) -> Result<Vec<Finding>> {
    Ok(metadata::edges()?.iter().filter_map(forbidden).collect())
}

pub fn drivers(_: &Tree) -> Result<Vec<Finding>> {
    Ok(metadata::edges()?.iter().filter_map(foreign_driver).collect())
}

fn forbidden(edge: &Edge) -> Option<Finding> {
    if !edge.is_ours || edge.is_for_tests && may_use_in_tests(edge) {
        return None;
    }
    let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == edge.from) else {
        let words = format!("the map does not know the crate {}; add it to xtask/src/tidy/crates.rs", edge.from);
        return Some(Finding::new(&edge.manifest, 1, words));
    };
    let words = || match edge.to.as_str() {
        "testkit" => "testkit is for tests; move it to [dev-dependencies]".to_owned(),
        to => format!("{} must not use {to} (it may use: {}); see ARCHITECTURE.md", edge.from, allowed.join(", ")),
    };
    (!allowed.contains(&edge.to.as_str())).then(|| Finding::new(&edge.manifest, 1, words()))
}

/// A test may look at anything, except that the sandbox stays independent even there.
fn may_use_in_tests(edge: &Edge) -> bool {
    edge.from != "sandbox" || edge.to != "channels"
}

fn foreign_driver(edge: &Edge) -> Option<Finding> {
    let is_driver = DRIVERS.contains(&edge.to.as_str());
    let may = ["store", "bench"].contains(&edge.from.as_str());
    (is_driver && !may)
        .then(|| Finding::new(&edge.manifest, 1, format!("{} is a driver; only store may use it", edge.to)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(from: &str, to: &str) -> Edge {
        let manifest = format!("crates/{from}/Cargo.toml");
        Edge { from: from.into(), to: to.into(), manifest, is_ours: true, ..Edge::default() }
    }

    #[test]
    fn allowed_arrows_pass() {
        for (from, to) in
            [("api", "channels"), ("engine", "transport"), ("jina-connect", "sandbox"), ("testkit", "api")]
        {
            assert_eq!(forbidden(&edge(from, to)), None, "{from} → {to}");
        }
    }

    #[test]
    fn forbidden_arrows_are_found() {
        for (from, to) in
            [("model", "store"), ("engine", "app"), ("sandbox", "channels"), ("mcp", "channels"), ("api", "testkit")]
        {
            assert!(forbidden(&edge(from, to)).is_some(), "{from} → {to}");
        }
        let words = "crates/engine/Cargo.toml:1: engine must not use app (it may use: model, store, channels, transport); see ARCHITECTURE.md";
        assert_eq!(forbidden(&edge("engine", "app")).unwrap().to_string(), words);
    }

    #[test]
    fn tests_may_look_at_anything_but_the_sandbox_stays_independent() {
        let in_tests = |from, to| forbidden(&Edge { is_for_tests: true, ..edge(from, to) });
        assert_eq!(in_tests("store", "testkit"), None);
        assert!(in_tests("sandbox", "channels").is_some());
    }

    #[test]
    fn a_crate_that_the_map_does_not_know_is_found() {
        assert!(forbidden(&edge("billing", "model")).is_some());
    }

    #[test]
    fn drivers_belong_to_the_store() {
        assert_eq!(foreign_driver(&edge("store", "rusqlite")), None);
        assert!(foreign_driver(&edge("app", "tokio-postgres")).is_some());
    }
}
