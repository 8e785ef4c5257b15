//! Searches for parts of words: what was typed as patterns for `LIKE … ESCAPE '\'`.

use model::contact::search_form;

/// How many words are looked for apart; the rest must follow each other as typed.
const WORDS: usize = 3;

/// What was typed, in the form in which texts are kept.
pub(crate) fn form(typed: &str) -> String {
    phone_form(typed).unwrap_or_else(|| search_form(typed.trim_start_matches('@')))
}

/// Up to three patterns that must all match; `None` matches everything.
pub(crate) fn patterns(typed: &str) -> [Option<String>; WORDS] {
    let form = form(typed);
    let mut words = form.splitn(WORDS, ' ').filter(|word| !word.is_empty()).map(pattern);
    std::array::from_fn(|_| words.next())
}

/// A number typed with spaces, dashes or brackets is meant as one.
fn phone_form(typed: &str) -> Option<String> {
    let is_number = typed.chars().all(|c| c.is_ascii_digit() || "+ -()./".contains(c));
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    (is_number && !digits.is_empty()).then_some(digits)
}

pub(super) fn pattern(word: &str) -> String {
    let mut pattern = String::from("%");
    for c in word.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(typed: &str) -> String {
        patterns(typed).into_iter().flatten().collect::<Vec<_>>().join(" & ")
    }

    #[test]
    fn words_are_looked_for_apart_and_signs_for_themselves() {
        assert_eq!(shown("  Ada   LOVE "), "%ada% & %love%");
        assert_eq!(shown("@ada_l"), "%ada\\_l%");
        assert_eq!(shown("100% \\"), "%100\\%% & %\\\\%");
        assert_eq!(shown("a b c d"), "%a% & %b% & %c d%");
        assert_eq!(shown("+1 (415) 555-01"), "%141555501%");
        assert_eq!(shown(" "), "");
    }
}
