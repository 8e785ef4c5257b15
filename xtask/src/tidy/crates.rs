//! The map: which crate may use which. `ARCHITECTURE.md` draws it; this is its enforcement.

use anyhow::{Context, Result};
use serde_json::Value;

use super::finding::Finding;
use super::tree::Tree;
use crate::program::Program;

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
const DRIVERS: [&str; 4] = ["rusqlite", "tokio-postgres", "deadpool-postgres", "refinery"];

/// One dependency as a crate's manifest states it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Edge {
    from: String,
    to: String,
    manifest: String,
    is_ours: bool,
    is_for_tests: bool,
}

pub fn edges(_: &Tree) -> Result<Vec<Finding>> {
    Ok(all_edges()?.iter().filter_map(forbidden).collect())
}

pub fn drivers(_: &Tree) -> Result<Vec<Finding>> {
    Ok(all_edges()?.iter().filter_map(foreign_driver).collect())
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

fn all_edges() -> Result<Vec<Edge>> {
    let printed = Program::cargo().args(["metadata", "--no-deps", "--format-version", "1"]).capture()?;
    let metadata: Value = serde_json::from_str(&printed).context("cargo metadata printed no JSON")?;
    let root = metadata["workspace_root"].as_str().unwrap_or_default();
    let packages = metadata["packages"].as_array().context("cargo metadata names no packages")?;
    Ok(packages.iter().flat_map(|package| edges_of(package, root)).collect())
}

fn edges_of(package: &Value, root: &str) -> Vec<Edge> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let manifest = text(&package["manifest_path"]).trim_start_matches(root).trim_start_matches('/').to_owned();
    let edge = |dependency: &Value| Edge {
        from: text(&package["name"]),
        to: text(&dependency["name"]),
        manifest: manifest.clone(),
        is_ours: dependency["path"].is_string(),
        is_for_tests: dependency["kind"] == "dev",
    };
    package["dependencies"].as_array().into_iter().flatten().map(edge).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(from: &str, to: &str) -> Edge {
        let manifest = format!("crates/{from}/Cargo.toml");
        Edge { from: from.into(), to: to.into(), manifest, is_ours: true, is_for_tests: false }
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

    #[test]
    fn manifests_are_read() {
        let package = serde_json::json!({"name": "app", "manifest_path": "/p/crates/app/Cargo.toml",
            "dependencies": [{"name": "testkit", "path": "/p/crates/testkit", "kind": "dev"}]});
        let expected = Edge { is_for_tests: true, ..edge("app", "testkit") };
        assert_eq!(edges_of(&package, "/p"), [expected]);
    }
}
