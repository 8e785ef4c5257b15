//! Each migration exists for both engines, under the same name.

use std::collections::BTreeSet;

use anyhow::Result;

use super::finding::Finding;
use super::tree::Tree;

const FOLDERS: [&str; 2] = ["crates/store/migrations/sqlite/", "crates/store/migrations/postgres/"];

pub fn rule(tree: &Tree) -> Result<Vec<Finding>> {
    let [sqlite, postgres] = FOLDERS.map(|folder| names(tree, folder));
    let mut found = missing(&sqlite, &postgres, FOLDERS[0], FOLDERS[1]);
    found.extend(missing(&postgres, &sqlite, FOLDERS[1], FOLDERS[0]));
    Ok(found)
}

fn names<'a>(tree: &'a Tree, folder: &str) -> BTreeSet<&'a str> {
    tree.files.iter().filter_map(|file| file.path.strip_prefix(folder)).collect()
}

fn missing(these: &BTreeSet<&str>, those: &BTreeSet<&str>, here: &str, there: &str) -> Vec<Finding> {
    let lonely = these.difference(those);
    lonely.map(|name| Finding::new(&format!("{here}{name}"), 1, format!("no {there}{name}; write it"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_migration_of_one_engine_only_is_found() {
        let tree = Tree::with("crates/store/migrations/sqlite/V1__start.sql", "")
            .and("crates/store/migrations/postgres/V1__start.sql", "")
            .and("crates/store/migrations/postgres/V2__tags.sql", "");
        let found: Vec<String> = rule(&tree).unwrap().iter().map(Finding::to_string).collect();
        let words =
            "crates/store/migrations/postgres/V2__tags.sql:1: no crates/store/migrations/sqlite/V2__tags.sql; write it";
        assert_eq!(found, [words]);
    }
}
