//! What the crates' manifests say, as cargo reads them.

use anyhow::{Context, Result};
use serde_json::Value;

use crate::program::Program;

/// One dependency as a crate's manifest states it.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Edge {
    pub from: String,
    pub to: String,
    /// The name that the code uses.
    pub name_in_code: String,
    pub manifest: String,
    pub is_ours: bool,
    pub is_for_tests: bool,
    /// Said to be there for its features only: `package.metadata.cargo-machete.ignored`.
    pub is_for_features: bool,
}

pub fn edges() -> Result<Vec<Edge>> {
    let printed = Program::cargo().args(["metadata", "--no-deps", "--format-version", "1"]).capture()?;
    let metadata: Value = serde_json::from_str(&printed).context("cargo metadata printed no JSON")?;
    let root = metadata["workspace_root"].as_str().unwrap_or_default();
    let packages = metadata["packages"].as_array().context("cargo metadata names no packages")?;
    Ok(packages.iter().flat_map(|package| edges_of(package, root)).collect())
}

fn edges_of(package: &Value, root: &str) -> Vec<Edge> {
    let manifest = text(&package["manifest_path"]).trim_start_matches(root).trim_start_matches('/').to_owned();
    let dependencies = package["dependencies"].as_array().into_iter().flatten();
    dependencies.map(|dependency| edge(package, dependency, &manifest)).collect()
}

fn edge(package: &Value, dependency: &Value, manifest: &str) -> Edge {
    let to = text(&dependency["name"]);
    let ignored = package["metadata"]["cargo-machete"]["ignored"].as_array();
    Edge {
        from: text(&package["name"]),
        name_in_code: dependency["rename"].as_str().unwrap_or(&to).replace('-', "_"),
        manifest: manifest.to_owned(),
        is_ours: dependency["path"].is_string(),
        is_for_tests: dependency["kind"] == "dev",
        is_for_features: ignored.into_iter().flatten().any(|name| *name == *to),
        to,
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn manifests_are_read() {
        let package = serde_json::json!({"name": "app", "manifest_path": "/p/crates/app/Cargo.toml",
            "metadata": {"cargo-machete": {"ignored": ["ring-tls"]}},
            "dependencies": [{"name": "testkit", "path": "/p/crates/testkit", "kind": "dev"}, {"name": "ring-tls"}]});
        let testkit = Edge {
            from: "app".into(),
            to: "testkit".into(),
            name_in_code: "testkit".into(),
            manifest: "crates/app/Cargo.toml".into(),
            is_ours: true,
            is_for_tests: true,
            is_for_features: false,
        };
        let ring_tls = Edge {
            to: "ring-tls".into(),
            name_in_code: "ring_tls".into(),
            is_ours: false,
            is_for_tests: false,
            is_for_features: true,
            ..testkit.clone()
        };
        assert_eq!(edges_of(&package, "/p"), [testkit, ring_tls]);
    }
}
