//! What may stand only in certain folders: SQL in the store, drivers in its engine layer, the real clock at the edge.

use anyhow::Result;

use super::finding::Finding;
use super::source::{self, Line};
use super::tree::{File, Tree};

/// A pattern, where it may stand, and what to do when it stands elsewhere.
struct Ban {
    found: fn(&Line) -> bool,
    allowed: &'static [&'static str],
    words: &'static str,
}

const BANS: &[Ban] = &[
    Ban {
        found: is_sql,
        // The benchmarks' references are bare on purpose; the tests from outside take the database away as an operator may.
        allowed: &["crates/store/", "crates/server/tests/", "bench/"],
        words: "SQL outside the store; add a function to crates/store and call it",
    },
    Ban {
        found: |line| names_one_of(&line.code, &["rusqlite", "tokio_postgres", "deadpool", "refinery"]),
        allowed: &["crates/store/src/db/", "crates/store/src/db.rs", "bench/"],
        words: "a database driver outside crates/store/src/db; go through store::db",
    },
    Ban {
        found: |line| ["Timestamp::now(", "SystemTime::now("].iter().any(|call| line.code.contains(call)),
        allowed: &["crates/server/", "crates/sandbox/", "crates/testkit/", "bench/"],
        words: "reads the wall clock; take a model::Clock",
    },
];

pub fn rule(tree: &Tree) -> Result<Vec<Finding>> {
    // The rules themselves name what they look for.
    let sources = tree.files.iter().filter(|file| file.is(&["rs"]) && !file.is_under(&["xtask/src/tidy/"]));
    Ok(sources.flat_map(in_file).collect())
}

fn in_file(file: &File) -> Vec<Finding> {
    let lines = file.text.as_deref().map(source::lines).unwrap_or_default();
    let bans: Vec<&Ban> = BANS.iter().filter(|ban| !file.is_under(ban.allowed)).collect();
    let finding = |line: &Line, ban: &Ban| Finding::new(&file.path, line.number, ban.words);
    lines.iter().flat_map(|line| bans.iter().filter(|ban| (ban.found)(line)).map(|ban| finding(line, ban))).collect()
}

/// `sql!(`, or a statement's words in capitals, as every statement of ours is written.
fn is_sql(line: &Line) -> bool {
    const STATEMENTS: [(&str, &str); 4] =
        [("SELECT ", " FROM "), ("INSERT INTO ", ""), ("UPDATE ", " SET "), ("DELETE FROM ", "")];
    let statement = STATEMENTS.iter().any(|(start, middle)| {
        line.text.split_once(start).is_some_and(|(_, rest)| middle.is_empty() || format!(" {rest} ").contains(middle))
    });
    line.code.contains("sql!(") || statement
}

fn names_one_of(code: &str, names: &[&str]) -> bool {
    code.split(|character: char| !character.is_alphanumeric() && character != '_').any(|word| names.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, source: &str) -> Vec<String> {
        rule(&Tree::with(path, source)).unwrap().iter().map(Finding::to_string).collect()
    }

    #[test]
    fn sql_is_found_outside_the_store_only() {
        let source = "//! SELECT a FROM b\nlet x = query(\"SELECT id FROM bot WHERE id = $1\");";
        let words = "crates/api/src/bots.rs:2: SQL outside the store; add a function to crates/store and call it";
        assert_eq!(found("crates/api/src/bots.rs", source), [words]);
        assert!(found("crates/store/src/bots.rs", source).is_empty());
    }

    #[test]
    fn english_is_not_sql() {
        assert!(found("crates/api/src/a.rs", "let x = \"SELECT one of them; UPDATE later\";").is_empty());
    }

    #[test]
    fn drivers_are_found_in_code_but_not_in_words() {
        let found_in_code = found("crates/store/src/bots.rs", "use rusqlite::Connection;");
        assert_eq!(found_in_code.len(), 1, "{found_in_code:?}");
        assert!(found("crates/store/src/bots.rs", "let filter = \"tokio_postgres=warn\"; // rusqlite").is_empty());
        assert!(found("crates/store/src/db/sqlite.rs", "use rusqlite::Connection;").is_empty());
    }

    #[test]
    fn the_clock_is_read_at_the_edge_only() {
        let words = "crates/app/src/send.rs:1: reads the wall clock; take a model::Clock";
        assert_eq!(found("crates/app/src/send.rs", "let now = Timestamp::now();"), [words]);
        assert!(found("crates/server/src/clock.rs", "let now = Timestamp::now();").is_empty());
    }
}
