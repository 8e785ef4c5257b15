//! Words that must not be committed: marks of unfinished work, and traces of the machine that the work was done on.

use anyhow::Result;

use super::finding::Finding;
use super::tree::{File, Tree};

const UNFINISHED: [&str; 6] = ["TODO", "FIXME", "XXX", "dbg!(", "todo!(", "unimplemented!("];
const MACHINE: [&str; 3] = ["/root/", "/work/", "/home/"];
/// A registry belongs to the machine's settings, so that the project builds behind any mirror.
const REGISTRY: [&str; 5] = ["index-url", "find-links", "replace-with", "\"resolved\": \"http", "registry=http"];

/// Whether a word that was found at a place in a line counts there.
type Counts = fn(line: &str, at: usize, word: &str) -> bool;

pub fn unfinished(tree: &Tree) -> Result<Vec<Finding>> {
    let code = tree.files.iter().filter(|file| file.is(&["rs", "py", "ts", "tsx", "css", "sh", "sql", "toml", "yaml"]));
    Ok(of_words(code, &UNFINISHED, is_whole_word, "finish it, or open an issue and remove the mark"))
}

pub fn machine(tree: &Tree) -> Result<Vec<Finding>> {
    let files = || tree.files.iter();
    let mut found =
        of_words(files(), &MACHINE, starts_a_path, "a path of one machine; name it relative to the project");
    found.extend(of_words(files(), &REGISTRY, |_, _, _| true, "names a registry; leave it to the machine's settings"));
    Ok(found)
}

fn of_words<'a>(files: impl Iterator<Item = &'a File>, words: &[&str], counts: Counts, advice: &str) -> Vec<Finding> {
    // The rules themselves name what they look for.
    let files = files.filter(|file| !file.is_under(&["xtask/src/tidy/"]));
    files.flat_map(|file| in_file(file, words, counts, advice)).collect()
}

fn in_file(file: &File, words: &[&str], counts: Counts, advice: &str) -> Vec<Finding> {
    let stands_in = |line: &str, word: &str| line.match_indices(word).any(|(at, _)| counts(line, at, word));
    let finding = |(number, line): (usize, &str)| {
        let word = words.iter().find(|word| stands_in(line, word))?;
        Some(Finding::new(&file.path, number, format!("`{word}`: {advice}")))
    };
    file.lines().filter_map(finding).collect()
}

fn is_whole_word(line: &str, at: usize, word: &str) -> bool {
    let after = line[at + word.len()..].chars().next();
    !line[..at].chars().next_back().is_some_and(is_of_a_name)
        && (word.ends_with('(') || !after.is_some_and(is_of_a_name))
}

/// Not the middle of a longer path, such as `crates/root/mod.rs`.
fn starts_a_path(line: &str, at: usize, _: &str) -> bool {
    let before = line[..at].chars().next_back();
    !before.is_some_and(|character| is_of_a_name(character) || ".-}~*".contains(character))
}

fn is_of_a_name(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(rule: fn(&Tree) -> Result<Vec<Finding>>, path: &str, text: &str) -> Vec<String> {
        rule(&Tree::with(path, text)).unwrap().iter().map(Finding::to_string).collect()
    }

    #[test]
    fn marks_of_unfinished_work_are_found() {
        let words = "a.rs:2: `TODO`: finish it, or open an issue and remove the mark";
        assert_eq!(found(unfinished, "a.rs", "fn f() {}\n// TODO: more\n"), [words]);
        assert_eq!(found(unfinished, "a.rs", "dbg!(x)").len(), 1);
        assert!(found(unfinished, "a.rs", "let MASTODON = \"AUTODOC\";").is_empty());
        assert!(found(unfinished, "STYLE.md", "No TODO in the tree.").is_empty());
    }

    #[test]
    fn paths_of_the_machine_are_found() {
        let words = "a.sh:1: `/root/`: a path of one machine; name it relative to the project";
        assert_eq!(found(machine, "a.sh", "cp x /root/y"), [words]);
        assert!(found(machine, "a.md", "crates/root/mod and web/work/x").is_empty());
    }

    #[test]
    fn registries_are_found() {
        assert_eq!(found(machine, "requirements.txt", "--index-url https://mirror.example/simple").len(), 1);
        assert_eq!(found(machine, "web/package-lock.json", "\"resolved\": \"https://mirror.example/x.tgz\",").len(), 1);
    }
}
