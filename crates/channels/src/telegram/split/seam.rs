//! Where to cut a text that is too long.

/// Characters that a hard cut goes back at most to keep what people see as one character whole.
const CLUSTER_MAX: usize = 32;

/// The first part of a text, at most `room` units (and at least one character) long.
pub(super) fn first_part(text: &str, room: usize) -> &str {
    let end = end_of(text, room);
    if end == text.len() {
        return text;
    }
    let seams = [paragraph(text, end), line(text, end), word(text, end)];
    // A seam close to the front would leave a stub; it is taken only when there is none better.
    let late = seams.iter().flatten().find(|at| **at >= end / 4);
    let cut = late.or_else(|| seams.iter().flatten().next()).copied().unwrap_or_else(|| between_characters(text, end));
    &text[..cut]
}

/// The byte at which `room` units end, within no character; the first character always fits.
fn end_of(text: &str, room: usize) -> usize {
    let mut units = 0;
    let beyond = text.char_indices().find(|(_, character)| {
        units += character.len_utf16();
        units > room
    });
    let first = text.chars().next().map_or(0, char::len_utf8);
    beyond.map_or(text.len(), |(at, _)| at.max(first))
}

/// After the last empty line before `end`, or at `end` itself.
fn paragraph(text: &str, end: usize) -> Option<usize> {
    if text[end..].starts_with("\n\n") {
        return Some(end);
    }
    after_last(text, end, "\n\n")
}

fn line(text: &str, end: usize) -> Option<usize> {
    if text[end..].starts_with('\n') {
        return Some(end);
    }
    after_last(text, end, "\n")
}

/// After the last break, unless nothing but space stands before it.
fn after_last(text: &str, end: usize, seam: &str) -> Option<usize> {
    let at = text[..end].rfind(seam)? + seam.len();
    (!text[..at].trim().is_empty()).then_some(at)
}

fn word(text: &str, end: usize) -> Option<usize> {
    if text[end..].starts_with(char::is_whitespace) {
        return Some(end);
    }
    let (at, space) = text[..end].char_indices().rfind(|(_, character)| character.is_whitespace())?;
    let at = at + space.len_utf8();
    (!text[..at].trim().is_empty()).then_some(at)
}

/// The last place at or before `end` that tears nothing which is seen as one character.
fn between_characters(text: &str, end: usize) -> usize {
    let places = text[..end].char_indices().rev().map(|(at, _)| at).take(CLUSTER_MAX);
    std::iter::once(end).chain(places).find(|at| *at > 0 && !tears(text, *at)).unwrap_or(end)
}

/// Whether a cut here goes through a cluster. An approximation of Unicode's rules, in which emoji are what matters.
fn tears(text: &str, at: usize) -> bool {
    let (before, after) = text.split_at(at);
    let Some(next) = after.chars().next() else { return false };
    let is_flag = |character: &char| matches!(character, '\u{1f1e6}'..='\u{1f1ff}');
    let flags_before = before.chars().rev().take_while(is_flag).take(CLUSTER_MAX).count();
    extends(next) || before.ends_with('\u{200d}') || (is_flag(&next) && flags_before % 2 == 1)
}

/// Characters that belong to the one before: joiners, combining marks, variation selectors, skin tones, tags.
fn extends(character: char) -> bool {
    matches!(character,
        '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5bd}' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{93a}'..='\u{93c}'
        | '\u{93e}'..='\u{94f}' | '\u{e31}' | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}' | '\u{1ab0}'..='\u{1aff}'
        | '\u{1dc0}'..='\u{1dff}' | '\u{200d}' | '\u{20d0}'..='\u{20ff}' | '\u{3099}'..='\u{309a}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{fe20}'..='\u{fe2f}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0020}'..='\u{e007f}')
}
