//! Searching lists that are short enough to be read: by words of a name.

use super::patterns::pattern;
use crate::db::Arg;

/// How many words are looked for apart; the rest must follow each other as typed.
const WORDS: usize = 3;

/// Of each word, the pattern as it was typed and in lower case.
const PATTERNS: usize = 2 * WORDS;

/// The condition that each word that was typed is in one of the columns, with the numbers of its arguments:
/// `words_are_in!(("shortcut", "text") 5 6 7 8 9 10)`. Databases differ in what `LOWER` does with letters beyond ASCII,
/// so that what is written as it was typed is found on all.
macro_rules! words_are_in {
    ($columns:tt $raw:literal $lower:literal $($rest:literal)*) => {
        concat!(
            $crate::search::word_is_in!($columns $raw $lower),
            $crate::search::words_are_in!($columns $($rest)*)
        )
    };
    ($columns:tt) => { "" };
}
pub(crate) use words_are_in;

/// The condition of one word.
macro_rules! word_is_in {
    (($($column:literal),+) $raw:literal $lower:literal) => {
        concat!(
            " AND (CAST($", $raw, " AS TEXT) IS NULL",
            $(" OR ", $column, " LIKE $", $raw, " ESCAPE '\\' OR LOWER(", $column, ") LIKE $", $lower, " ESCAPE '\\'",)+
            ")"
        )
    };
}
pub(crate) use word_is_in;

/// A list's arguments with those of `words_are_in!` after them.
pub(crate) fn with_words(args: &[Arg], typed: Option<&str>) -> Vec<Arg> {
    args.iter().cloned().chain(words(typed).map(Arg::from)).collect()
}

/// What was typed, word by word. All `None` when nothing was, which finds everything.
fn words(typed: Option<&str>) -> [Option<String>; PATTERNS] {
    let typed =
        typed.unwrap_or_default().trim().trim_start_matches('@').split_whitespace().collect::<Vec<_>>().join(" ");
    let mut patterns = typed
        .splitn(WORDS, ' ')
        .filter(|word| !word.is_empty())
        .flat_map(|word| [pattern(word), pattern(&word.to_lowercase())]);
    std::array::from_fn(|_| patterns.next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_looked_for_as_typed_and_in_lower_case() {
        let shown = |typed| words(Some(typed)).into_iter().flatten().collect::<Vec<_>>().join(" ");
        assert_eq!(shown(" Über  UNS"), "%Über% %über% %UNS% %uns%");
        assert_eq!(shown("@my_bot"), "%my\\_bot% %my\\_bot%");
        assert_eq!(shown("a b c d"), "%a% %a% %b% %b% %c d% %c d%");
        assert_eq!(words(Some("  ")), words(None));
    }

    #[test]
    fn each_word_must_be_in_one_of_the_columns() {
        let one = word_is_in!(("a", "b") 5 6);
        assert_eq!(
            one,
            " AND (CAST($5 AS TEXT) IS NULL OR a LIKE $5 ESCAPE '\\' OR LOWER(a) LIKE $6 ESCAPE '\\' \
             OR b LIKE $5 ESCAPE '\\' OR LOWER(b) LIKE $6 ESCAPE '\\')"
        );
        assert_eq!(words_are_in!(("a", "b") 5 6), one);
    }
}
