//! A crate names only what it uses: every other dependency costs build time and audits for nothing.

use anyhow::Result;

use super::finding::Finding;
use super::metadata::{self, Edge};
use super::source;
use super::tree::{File, Tree};

pub fn rule(tree: &Tree) -> Result<Vec<Finding>> {
    Ok(metadata::edges()?.iter().filter(|edge| !edge.is_for_features).filter_map(|edge| unused(edge, tree)).collect())
}

fn unused(edge: &Edge, tree: &Tree) -> Option<Finding> {
    let folder = edge.manifest.strip_suffix("Cargo.toml")?;
    // What only tests use belongs to the dependencies of tests, so theirs are no evidence for the others.
    let folder = if edge.is_for_tests { folder.to_owned() } else { format!("{folder}src/") };
    let build_script = edge.manifest.replace("Cargo.toml", "build.rs");
    let mut sources = tree.files.iter().filter(|file| file.is(&["rs"]));
    let is_used =
        sources.any(|file| (file.path.starts_with(&folder) || file.path == build_script) && names(file, edge));
    let words =
        format!("{} is not used; remove it (or list it under cargo-machete's `ignored`, with the reason)", edge.to);
    (!is_used).then(|| Finding::new(&edge.manifest, 1, words))
}

fn names(file: &File, edge: &Edge) -> bool {
    let lines = file.text.as_deref().map(source::lines).unwrap_or_default();
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    lines.iter().any(|line| line.code.split(|character| !is_word(character)).any(|word| word == edge.name_in_code))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(is_for_tests: bool) -> Edge {
        Edge {
            from: "app".into(),
            to: "serde-json".into(),
            name_in_code: "serde_json".into(),
            manifest: "crates/app/Cargo.toml".into(),
            is_for_tests,
            ..Edge::default()
        }
    }

    #[test]
    fn a_dependency_that_no_source_names_is_found() {
        let tree = Tree::with("crates/app/src/lib.rs", "// serde_json\nuse serde_json_path::x;")
            .and("crates/api/src/lib.rs", "use serde_json::Value;");
        let words = "crates/app/Cargo.toml:1: serde-json is not used; remove it (or list it under cargo-machete's `ignored`, with the reason)";
        assert_eq!(unused(&edge(false), &tree).unwrap().to_string(), words);
    }

    #[test]
    fn tests_may_use_what_is_for_tests() {
        let tree = Tree::with("crates/app/tests/send.rs", "let x = serde_json::json!(1);");
        assert_eq!(unused(&edge(true), &tree), None);
        assert!(unused(&edge(false), &tree).is_some());
    }
}
