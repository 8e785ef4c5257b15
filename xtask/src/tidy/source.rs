//! Rust source seen line by line, with what a rule must not look at taken out.
//!
//! Not a parser: it knows comments, strings and characters, which is all that the rules need.

/// One line. `code` has neither comments nor the insides of strings; `text` has no comments.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Line {
    pub number: usize,
    pub code: String,
    pub text: String,
}

pub fn lines(source: &str) -> Vec<Line> {
    let mut reader = Reader::new(source);
    while let Some(character) = reader.current() {
        reader.piece(character);
    }
    reader.lines
}

struct Reader {
    characters: Vec<char>,
    at: usize,
    lines: Vec<Line>,
}

impl Reader {
    fn new(source: &str) -> Self {
        let first = Line { number: 1, ..Line::default() };
        Self { characters: source.chars().collect(), at: 0, lines: vec![first] }
    }

    fn current(&self) -> Option<char> {
        self.characters.get(self.at).copied()
    }

    fn looks_at(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(offset, character)| self.characters.get(self.at + offset) == Some(&character))
    }

    /// Takes `count` characters; `code` and `text` say where they are kept.
    fn take(&mut self, count: usize, code: bool, text: bool) {
        for _ in 0..count {
            let Some(character) = self.current() else { return };
            self.at += 1;
            if character == '\n' {
                self.lines.push(Line { number: self.lines.len() + 1, ..Line::default() });
                continue;
            }
            let line = self.lines.last_mut().expect("there is always a line");
            if code {
                line.code.push(character);
            }
            if text {
                line.text.push(character);
            }
        }
    }

    fn piece(&mut self, character: char) {
        match character {
            '/' if self.looks_at("//") => self.line_comment(),
            '/' if self.looks_at("/*") => self.block_comment(),
            '"' => self.string(),
            'r' if self.starts_raw_string() => self.raw_string(),
            '\'' => self.quote(),
            _ => self.take(1, true, true),
        }
    }

    fn line_comment(&mut self) {
        while self.current().is_some_and(|character| character != '\n') {
            self.take(1, false, false);
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0;
        while self.current().is_some() {
            if self.looks_at("/*") {
                depth += 1;
                self.take(2, false, false);
            } else if self.looks_at("*/") {
                depth -= 1;
                self.take(2, false, false);
                if depth == 0 {
                    return;
                }
            } else {
                self.take(1, false, false);
            }
        }
    }

    fn string(&mut self) {
        self.take(1, true, true);
        while let Some(character) = self.current() {
            match character {
                '\\' => self.take(2, false, true),
                '"' => return self.take(1, true, true),
                _ => self.take(1, false, true),
            }
        }
    }

    fn starts_raw_string(&self) -> bool {
        let before = self.at.checked_sub(1).and_then(|index| self.characters.get(index));
        if before.is_some_and(|character| character.is_alphanumeric() && *character != 'b' || *character == '_') {
            return false;
        }
        let rest = &self.characters[self.at + 1..];
        rest.iter().find(|character| **character != '#') == Some(&'"')
    }

    fn raw_string(&mut self) {
        let hashes = self.characters[self.at + 1..].iter().take_while(|character| **character == '#').count();
        let end = format!("\"{}", "#".repeat(hashes));
        self.take(hashes + 2, true, true);
        while self.current().is_some() && !self.looks_at(&end) {
            self.take(1, false, true);
        }
        self.take(end.len(), true, true);
    }

    /// A character such as `'"'`, which must not open a string, or a lifetime.
    fn quote(&mut self) {
        let after = |offset: usize| self.characters.get(self.at + offset);
        if after(1) == Some(&'\\') {
            let rest = &self.characters[self.at + 3..];
            let length = rest.iter().position(|character| *character == '\'').map_or(1, |position| position + 4);
            self.take(length, false, true);
        } else if after(2) == Some(&'\'') {
            self.take(3, false, true);
        } else {
            self.take(1, true, true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(source: &str) -> Vec<String> {
        lines(source).into_iter().map(|line| line.code).collect()
    }

    fn text(source: &str) -> Vec<String> {
        lines(source).into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn comments_are_taken_out() {
        assert_eq!(code("a // b\nc /* d /* e */ f\n*/ g"), ["a ", "c ", " g"]);
    }

    #[test]
    fn the_insides_of_strings_are_text_but_not_code() {
        assert_eq!(code(r#"f("x \" // y") + 1"#), [r#"f("") + 1"#]);
        assert_eq!(text(r#"f("x // y") // z"#), [r#"f("x // y") "#]);
    }

    #[test]
    fn raw_strings_end_at_their_own_mark() {
        assert_eq!(code("r#\"a \"b\" // c\"# + d"), ["r#\"\"# + d"]);
        assert_eq!(code("attr\"x\""), ["attr\"\""]);
    }

    #[test]
    fn characters_and_lifetimes_open_no_string() {
        assert_eq!(code("'\"' 'a' '\\'' &'a str // c"), ["   &'a str "]);
        assert_eq!(code("'\\u{1b}' x"), [" x"]);
    }

    #[test]
    fn lines_keep_their_numbers_through_long_pieces() {
        let last = lines("\"one\ntwo\n\" /*\n*/ x").pop().unwrap();
        assert_eq!((last.number, last.code.as_str()), (4, " x"));
    }
}
