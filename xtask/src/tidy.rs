//! The rules of the house that a program can check. Each rule looks at the project's files and reports findings;
//! none knows of another.

mod crates;
mod finding;
mod forbidden;
mod lock;
mod metadata;
mod migrations;
mod shape;
mod source;
mod tree;
mod unused;
mod words;

use anyhow::Result;

use crate::report::Counts;
use finding::Finding;
use tree::Tree;

/// A rule: what it is called, and what it finds.
type Rule = (&'static str, fn(&Tree) -> Result<Vec<Finding>>);

const RULES: &[Rule] = &[
    ("crates use only what the map allows", crates::edges),
    ("drivers are dependencies of the store only", crates::drivers),
    ("crates name only what they use", unused::rule),
    ("SQL, drivers and the clock stay where they belong", forbidden::rule),
    ("modules say what they are for", shape::purpose),
    ("files are of a size that one can read", shape::size),
    ("nothing is left unfinished", words::unfinished),
    ("nothing tells of the machine it was made on", words::machine),
    ("both engines have the same migrations", migrations::rule),
    ("the web app's lock file is complete", lock::rule),
    ("no large binaries", tree::binaries),
];

/// Prints one line for each finding. Each rule counts as one check; remarks fail none.
pub fn step() -> Result<Counts> {
    let tree = Tree::of_the_project()?;
    let mut counts = Counts::default();
    for (name, rule) in RULES {
        let findings = rule(&tree)?;
        for finding in &findings {
            eprintln!("{finding}");
        }
        let good = findings.iter().all(|finding| finding.is_remark);
        if !good {
            eprintln!("tidy: broken rule: {name}");
        }
        counts += Counts::of(good);
    }
    Ok(counts)
}
