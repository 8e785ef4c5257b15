//! The web app's lock file: what `npm ci` needs to install exactly what was tested.

use anyhow::{Context, Result};
use serde_json::{Map, Value};

use super::finding::Finding;
use super::tree::{File, Tree};

const PACKAGE: &str = "web/package.json";
const LOCK: &str = "web/package-lock.json";

pub fn rule(tree: &Tree) -> Result<Vec<Finding>> {
    let Some(package) = tree.file(PACKAGE) else { return Ok(Vec::new()) };
    let Some(lock) = tree.file(LOCK) else {
        return Ok(vec![Finding::new(PACKAGE, 1, format!("no {LOCK}; run `npm install` in web/ and commit it"))]);
    };
    let (package, lock) = (json(package)?, json(lock)?);
    let nothing = Map::new();
    let packages = lock["packages"].as_object().unwrap_or(&nothing);
    let mut found = differences(&package, packages.get("").unwrap_or(&Value::Null));
    found.extend(packages.iter().filter_map(|(path, entry)| incomplete(path, entry)));
    Ok(found)
}

fn json(file: &File) -> Result<Value> {
    serde_json::from_str(file.text.as_deref().unwrap_or_default()).with_context(|| file.path.clone())
}

fn differences(package: &Value, locked: &Value) -> Vec<Finding> {
    let different = ["dependencies", "devDependencies"].into_iter().filter(|kind| package[*kind] != locked[*kind]);
    let words = |kind| format!("its {kind} are not those of package.json; run `npm install` in web/");
    different.map(|kind| Finding::new(LOCK, 1, words(kind))).collect()
}

/// Every package under `node_modules` has its version and its checksum.
fn incomplete(path: &str, entry: &Value) -> Option<Finding> {
    let is_installed = path.contains("node_modules/") && entry["link"] != true && entry["inBundle"] != true;
    let is_complete = entry["version"].is_string() && entry["integrity"].is_string();
    (is_installed && !is_complete)
        .then(|| Finding::new(LOCK, 1, format!("{path} has no version or no integrity; run `npm install` in web/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(lock: &str) -> Vec<String> {
        let tree = Tree::with(PACKAGE, r#"{"dependencies": {"react": "19"}}"#).and(LOCK, lock);
        rule(&tree).unwrap().iter().map(Finding::to_string).collect()
    }

    #[test]
    fn a_complete_lock_file_is_good() {
        let lock = r#"{"packages": {"": {"dependencies": {"react": "19"}},
            "node_modules/react": {"version": "19.0.0", "integrity": "sha512-x"}}}"#;
        assert!(found(lock).is_empty());
    }

    #[test]
    fn a_missing_checksum_and_a_missing_dependency_are_found() {
        let lock = r#"{"packages": {"": {}, "node_modules/react": {"version": "19.0.0"}}}"#;
        assert_eq!(found(lock).len(), 2);
    }

    #[test]
    fn without_a_web_app_there_is_nothing_to_find() {
        assert!(rule(&Tree::default()).unwrap().is_empty());
        assert_eq!(rule(&Tree::with(PACKAGE, "{}")).unwrap().len(), 1);
    }
}
