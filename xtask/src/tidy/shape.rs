//! How a file looks: it opens with its purpose, and it is short enough to be read.

use anyhow::Result;

use super::finding::Finding;
use super::tree::{File, Tree};

const REMARK_LINES: usize = 400;
const LINES_MAX: usize = 600;
const TEST_LINES_MAX: usize = 800;

pub fn purpose(tree: &Tree) -> Result<Vec<Finding>> {
    let silent = tree.files.iter().filter(|file| file.is(&["rs"]) && !opens_with_purpose(file));
    Ok(silent
        .map(|file| Finding::new(&file.path, 1, "open with `//!`: what it is for and what it must not know"))
        .collect())
}

fn opens_with_purpose(file: &File) -> bool {
    let first = file.lines().map(|(_, line)| line.trim()).find(|line| !line.is_empty());
    first.is_some_and(|line| line.strip_prefix("//!").is_some_and(|words| !words.trim().is_empty()))
}

pub fn size(tree: &Tree) -> Result<Vec<Finding>> {
    let code = tree.files.iter().filter(|file| file.is(&["rs", "py", "ts", "tsx", "css", "sh"]) && !is_generated(file));
    Ok(code.filter_map(too_long).collect())
}

fn is_generated(file: &File) -> bool {
    file.path.contains(".gen.") || file.path.contains("/generated/") || file.path == "web/src/lib/schema.d.ts"
}

fn too_long(file: &File) -> Option<Finding> {
    let lines = file.lines().count();
    let most = if file.is_test() { TEST_LINES_MAX } else { LINES_MAX };
    if lines > most {
        Some(Finding::new(&file.path, most + 1, format!("{lines} lines, at most {most}: split it by topic")))
    } else if lines > REMARK_LINES {
        Some(Finding::remark(&file.path, REMARK_LINES + 1, format!("{lines} lines: is it still one topic?")))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_without_purpose_is_found() {
        let found = |text| purpose(&Tree::with("crates/model/src/id.rs", text)).unwrap().len();
        assert_eq!(found("\n//! Ids.\nuse std::fmt;"), 0);
        assert_eq!(found("use std::fmt;\n//! Ids."), 1);
        assert_eq!(found("//!\nuse std::fmt;"), 1);
        assert_eq!(found(""), 1);
    }

    #[test]
    fn size_is_remarked_first_and_refused_later() {
        let found = |path, lines: usize| size(&Tree::with(path, &"x\n".repeat(lines))).unwrap().pop();
        assert_eq!(found("a/b.rs", 400), None);
        assert_eq!(found("a/b.rs", 600), Some(Finding::remark("a/b.rs", 401, "600 lines: is it still one topic?")));
        assert_eq!(
            found("a/b.rs", 601),
            Some(Finding::new("a/b.rs", 601, "601 lines, at most 600: split it by topic"))
        );
        assert!(found("a/tests/b.rs", 800).unwrap().is_remark);
        assert!(!found("a/tests/b.rs", 801).unwrap().is_remark);
        assert_eq!(found("web/src/api.gen.ts", 5000), None);
        assert_eq!(found("web/src/lib/schema.d.ts", 5000), None);
    }
}
