//! Lines: where a text breaks, and in which order its pieces stand. Right-to-left words stand together and read right to
//! left; a line that begins with such a word is set from the right.

/// A stretch of one direction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    pub text: String,
    pub is_rtl: bool,
}

/// Breaks a paragraph into lines no wider than `width`; a word that is wider than that is broken anywhere.
pub(super) fn lines(text: &str, width: f32, measure: impl Fn(&str) -> f32) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        let joined = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if measure(&joined) <= width {
            line = joined;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        line = pieces(word, width, &measure, &mut lines);
    }
    lines.push(line);
    lines
}

/// Puts all but the last piece of a word that is too wide into `lines`.
fn pieces(word: &str, width: f32, measure: impl Fn(&str) -> f32, lines: &mut Vec<String>) -> String {
    let (mut piece, mut used) = (String::new(), 0.0);
    for character in word.chars() {
        let more = measure(character.encode_utf8(&mut [0; 4]));
        if used + more > width && !piece.is_empty() {
            lines.push(std::mem::take(&mut piece));
            used = 0.0;
        }
        piece.push(character);
        used += more;
    }
    piece
}

/// The stretches of a line in the order of reading; spaces and signs belong to what stands before them.
pub(super) fn runs(line: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for character in line.chars() {
        let direction = direction(character);
        match runs.last_mut() {
            Some(run) if direction.is_none_or(|is_rtl| is_rtl == run.is_rtl) => run.text.push(character),
            _ => runs.push(Run { text: character.to_string(), is_rtl: direction.unwrap_or(false) }),
        }
    }
    runs
}

/// Whether a line is set from the right: its first letter decides.
pub(super) fn is_rtl(line: &str) -> bool {
    line.chars().find_map(direction).unwrap_or(false)
}

/// Whether a character goes to the left; `None`: it goes with its neighbours.
fn direction(character: char) -> Option<bool> {
    let is_rtl = matches!(character, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1eeff}');
    (is_rtl || character.is_alphabetic()).then_some(is_rtl)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(text: &str) -> Vec<String> {
        lines(text, 10.0, |text| text.chars().count() as f32)
    }

    #[test]
    fn lines_break_between_words_and_only_then_within() {
        assert_eq!(broken("one two three"), ["one two", "three"]);
        assert_eq!(broken("a incomprehensible b"), ["a", "incomprehe", "nsible b"]);
        assert_eq!(broken(""), [""]);
    }

    #[test]
    fn directions_stand_apart() {
        let shown: Vec<_> = runs("Hi سلام, ok").into_iter().map(|run| (run.text, run.is_rtl)).collect();
        assert_eq!(shown, [("Hi ".into(), false), ("سلام, ".into(), true), ("ok".into(), false)]);
        assert!(is_rtl("1. שלום") && !is_rtl("Hi سلام") && !is_rtl("123"));
    }
}
