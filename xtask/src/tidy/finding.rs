//! What a rule has to say about one place.

use std::fmt;

/// Prints as `path:line: what is wrong and what to do`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    path: String,
    line: usize,
    words: String,
    /// Worth knowing, but no reason to fail.
    pub is_remark: bool,
}

impl Finding {
    pub fn new(path: &str, line: usize, words: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, words: words.into(), is_remark: false }
    }

    pub fn remark(path: &str, line: usize, words: impl Into<String>) -> Self {
        Self { is_remark: true, ..Self::new(path, line, words) }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let remark = if self.is_remark { "remark: " } else { "" };
        write!(f, "{}:{}: {remark}{}", self.path, self.line, self.words)
    }
}
