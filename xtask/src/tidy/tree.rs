//! The project's files as git sees them: committed, or new and not ignored.

use anyhow::Result;

use super::finding::Finding;
use crate::program::{self, Program};

const BINARY_BYTES_MAX: usize = 1 << 20;

/// One file. `text` is `None` for what is not UTF-8.
#[derive(Debug)]
pub struct File {
    pub path: String,
    pub bytes: usize,
    pub text: Option<String>,
}

impl File {
    pub fn is(&self, extensions: &[&str]) -> bool {
        self.path.rsplit_once('.').is_some_and(|(_, extension)| extensions.contains(&extension))
    }

    pub fn is_under(&self, folders: &[&str]) -> bool {
        folders.iter().any(|folder| self.path.starts_with(folder))
    }

    /// Whether the file holds nothing but tests.
    pub fn is_test(&self) -> bool {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        let stem = name.split('.').next().unwrap_or_default();
        let in_tests = self.path.split('/').any(|folder| folder == "tests" || folder == "e2e");
        in_tests || stem == "tests" || stem.ends_with("_tests") || name.contains(".test.")
    }

    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.iter().flat_map(|text| text.lines().enumerate().map(|(index, line)| (index + 1, line)))
    }
}

/// All files, by path.
#[derive(Debug, Default)]
pub struct Tree {
    pub files: Vec<File>,
}

impl Tree {
    pub fn of_the_project() -> Result<Self> {
        let list =
            Program::new("git").args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).capture()?;
        let mut paths: Vec<&str> = list.split('\0').filter(|path| !path.is_empty()).collect();
        paths.sort_unstable();
        paths.dedup();
        // What is removed but not yet committed is still in the list.
        let files = paths.into_iter().filter_map(|path| read(path).transpose()).collect::<Result<_>>()?;
        Ok(Self { files })
    }

    #[cfg(test)]
    pub fn with(path: &str, text: &str) -> Self {
        let file = File { path: path.to_owned(), bytes: text.len(), text: Some(text.to_owned()) };
        Self { files: vec![file] }
    }

    #[cfg(test)]
    pub fn and(mut self, path: &str, text: &str) -> Self {
        self.files.extend(Self::with(path, text).files);
        self
    }

    pub fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }
}

fn read(path: &str) -> Result<Option<File>> {
    let full = program::root().join(path);
    if !full.is_file() {
        return Ok(None);
    }
    let content = std::fs::read(full)?;
    let bytes = content.len();
    Ok(Some(File { path: path.to_owned(), bytes, text: String::from_utf8(content).ok() }))
}

/// What git can't show a change of weighs on every clone for ever.
pub fn binaries(tree: &Tree) -> Result<Vec<Finding>> {
    let large = tree.files.iter().filter(|file| file.text.is_none() && file.bytes > BINARY_BYTES_MAX);
    let words = |bytes| format!("a binary of {bytes} bytes; make it during the build, or get it under 1 MiB");
    Ok(large.map(|file| Finding::new(&file.path, 1, words(file.bytes))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_files_are_known_by_folder_or_name() {
        let is_test = |path: &str| Tree::with(path, "").files[0].is_test();
        assert!(is_test("crates/api/tests/bots.rs"));
        assert!(is_test("crates/model/src/rate/tests.rs"));
        assert!(is_test("crates/model/src/rate_tests.rs"));
        assert!(is_test("web/src/inbox.test.tsx"));
        assert!(!is_test("crates/model/src/latest.rs"));
        assert!(!is_test("crates/testkit/src/lib.rs"));
    }

    #[test]
    fn only_large_binaries_are_found() {
        let large = File { path: "logo.bin".into(), bytes: BINARY_BYTES_MAX + 1, text: None };
        let small = File { path: "icon.png".into(), bytes: 900, text: None };
        let found = binaries(&Tree { files: vec![large, small] }).unwrap();
        let words = "logo.bin:1: a binary of 1048577 bytes; make it during the build, or get it under 1 MiB";
        assert_eq!(found.iter().map(Finding::to_string).collect::<Vec<_>>(), [words]);
    }
}
