//! Searching for parts of words in any script: what an index holds of a text, and where a text holds what was typed.
//!
//! A word is found by its runs of two and three characters, so a part of it of two characters or more is enough. Scripts
//! that write without spaces, and emoji, are found by single characters too.

use std::collections::BTreeSet;

use crate::contact::search_form;

/// How many words are looked for; what follows them is part of the last.
const WORDS_MAX: usize = 8;

/// How many characters of a text are shown before the first find, and in all.
const LEAD_CHARS: usize = 40;
const SNIPPET_CHARS: usize = 160;

/// The runs of characters that an index holds of a text, each once.
pub fn runs(text: &str) -> BTreeSet<String> {
    let mut runs = BTreeSet::new();
    for word in search_form(text).split(' ') {
        let chars: Vec<char> = word.chars().collect();
        for length in [2, 3] {
            runs.extend(chars.windows(length).map(|run| run.iter().collect::<String>()));
        }
        runs.extend(chars.iter().filter(|c| stands_alone(**c)).map(char::to_string));
    }
    runs
}

/// Chinese, Japanese and Korean characters, and emoji: each means something by itself.
fn stands_alone(c: char) -> bool {
    matches!(c, '\u{2600}'..='\u{27bf}' | '\u{2e80}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}' | '\u{1f000}'..)
}

/// What was typed, in the form in which texts are compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words(Vec<String>);

impl Words {
    pub fn new(typed: &str) -> Self {
        let form = search_form(typed);
        Self(form.split(' ').filter(|word| !word.is_empty()).take(WORDS_MAX).map(str::to_owned).collect())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The runs that a text must have to hold these words: the longest that each word offers. Empty: an index can't
    /// help, because single letters are all there is.
    pub fn runs(&self) -> BTreeSet<String> {
        let of = |word: &String| {
            let chars: Vec<char> = word.chars().collect();
            match chars.len() {
                1 if !stands_alone(chars[0]) => Vec::new(),
                length => chars.windows(length.min(3)).map(|run| run.iter().collect::<String>()).collect(),
            }
        };
        self.0.iter().flat_map(of).collect()
    }

    /// Whether a text holds them all.
    pub fn are_in(&self, text: &str) -> bool {
        let form = search_form(text);
        self.0.iter().all(|word| form.contains(word.as_str()))
    }

    /// The part of a text around the first find, with all finds in it.
    pub fn snippet(&self, text: &str) -> Snippet {
        let chars: Vec<char> = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
        let finds = self.finds(&chars);
        let first = finds.first().map_or(0, |(start, _)| *start);
        let mut from = first.saturating_sub(LEAD_CHARS).min(chars.len().saturating_sub(SNIPPET_CHARS));
        if chars.len() <= SNIPPET_CHARS {
            from = 0;
        }
        let to = (from + SNIPPET_CHARS).min(chars.len());
        let mut shown = String::new();
        if from > 0 {
            shown.push('…');
        }
        let lead = usize::from(from > 0);
        shown.extend(&chars[from..to]);
        if to < chars.len() {
            shown.push('…');
        }
        let highlights = finds.into_iter().filter(|(start, end)| *start >= from && *end <= to);
        let highlights = highlights.map(|(start, end)| Highlight {
            offset: units(&chars[from..start]) + lead,
            length: units(&chars[start..end]),
        });
        Snippet { highlights: highlights.collect(), text: shown }
    }

    /// Where the words stand, in characters, in order and without overlaps.
    fn finds(&self, chars: &[char]) -> Vec<(usize, usize)> {
        // Lower case may be longer than what it comes from, so each character remembers its origin.
        let folded: Vec<(char, usize)> =
            chars.iter().enumerate().flat_map(|(at, c)| c.to_lowercase().map(move |lower| (lower, at))).collect();
        let mut finds: Vec<(usize, usize)> = Vec::new();
        for word in &self.0 {
            let word: Vec<char> = word.chars().collect();
            let is_here = |run: &[(char, usize)]| run.iter().map(|(c, _)| c).eq(word.iter());
            let found = folded.windows(word.len()).filter(|run| is_here(run));
            finds.extend(found.map(|run| (run[0].1, run[run.len() - 1].1 + 1)));
        }
        finds.sort_unstable();
        let mut joined: Vec<(usize, usize)> = Vec::new();
        for (start, end) in finds {
            match joined.last_mut() {
                Some(last) if start <= last.1 => last.1 = last.1.max(end),
                _ => joined.push((start, end)),
            }
        }
        joined
    }
}

/// UTF-16 units, as offsets of entities count.
fn units(chars: &[char]) -> usize {
    chars.iter().map(|c| c.len_utf16()).sum()
}

/// A part of a text, and where in it the words stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snippet {
    pub text: String,
    pub highlights: Vec<Highlight>,
}

/// A stretch of a text, in UTF-16 units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Highlight {
    pub offset: usize,
    pub length: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_a_word_asks_for_runs_that_the_text_has() {
        let texts = ["Where is my ORDER?", "Где мой заказ?", "أين طلبي", "お茶を一つください", "İstanbul 🍵", "ab"];
        for text in texts {
            let held = runs(text);
            for word in search_form(text).split(' ') {
                let chars: Vec<char> = word.chars().collect();
                for start in 0..chars.len() {
                    for end in start + 1..=chars.len() {
                        let part: String = chars[start..end].iter().collect();
                        let words = Words::new(&part);
                        assert!(words.are_in(text), "{part} in {text}");
                        assert!(words.runs().is_subset(&held), "{part} in {text}");
                    }
                }
            }
        }
        assert_eq!(Words::new("a б").runs().len(), 0);
        assert_eq!(Words::new("茶").runs().len(), 1);
    }

    #[test]
    fn a_snippet_shows_the_first_find_and_marks_all() {
        let snippet = Words::new("order zak").snippet("My 🍵 Order, orders and ZAKAZ");
        assert_eq!(snippet.text, "My 🍵 Order, orders and ZAKAZ");
        let marked: Vec<_> = snippet.highlights.iter().map(|h| (h.offset, h.length)).collect();
        assert_eq!(marked, [(6, 5), (13, 5), (24, 3)]);
        let long = format!("{} needle {}", "hay ".repeat(100), "hay ".repeat(100));
        let snippet = Words::new("needle").snippet(&long);
        let Highlight { offset, length } = snippet.highlights[0];
        let shown: Vec<u16> = snippet.text.encode_utf16().collect();
        assert_eq!(String::from_utf16(&shown[offset..offset + length]).unwrap(), "needle");
        assert!(snippet.text.chars().count() <= SNIPPET_CHARS + 2 && snippet.text.starts_with('…'));
    }
}
