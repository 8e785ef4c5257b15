//! Formatted text in WhatsApp's own markup, which has no entities: `*bold*`, `_italic_`, `~struck~`, backticks.

use model::content::Entity;

/// The mark on both sides of what an entity covers; `None`: WhatsApp has nothing like it.
fn mark(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "bold" => "*",
        "italic" => "_",
        "strikethrough" => "~",
        "code" => "`",
        "pre" => "```",
        _ => return None,
    })
}

/// The text with its marks. The address behind a word follows it in brackets, since words can't hide one.
pub(super) fn marked(text: &str, entities: &[Entity]) -> String {
    let mut inserts: Vec<(i64, bool, i64, String)> = Vec::new();
    for entity in entities {
        let (start, end) = (entity.offset, entity.offset.saturating_add(entity.length));
        if let Some(mark) = mark(&entity.kind) {
            inserts.push((start, true, entity.length, mark.to_owned()));
            inserts.push((end, false, entity.length, mark.to_owned()));
        }
        if let (Some(url), "text_link") = (&entity.url, entity.kind.as_str()) {
            inserts.push((end, false, entity.length, format!(" ({url})")));
        }
    }
    if inserts.is_empty() {
        return text.to_owned();
    }
    // At one place what ends comes first, the inner before the outer; of what begins, the outer before the inner.
    inserts.sort_by_key(|(at, begins, length, _)| (*at, *begins, if *begins { -length } else { *length }));
    let mut out = String::with_capacity(text.len() + 2 * inserts.len());
    let mut waiting = inserts.into_iter().peekable();
    let mut units = 0;
    for character in text.chars() {
        while let Some((_, _, _, mark)) = waiting.next_if(|(at, ..)| *at <= units) {
            out.push_str(&mark);
        }
        out.push(character);
        units += i64::try_from(character.len_utf16()).unwrap_or(1);
    }
    waiting.for_each(|(_, _, _, mark)| out.push_str(&mark));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_become_marks() {
        let link = Entity { url: Some("https://a.example/".into()), ..Entity::new("text_link", 10, 2) };
        let entities = [Entity::new("bold", 0, 5), Entity::new("italic", 3, 2), Entity::new("underline", 0, 2), link];
        assert_eq!(marked("😀 ab, de fg", &entities), "*😀 _ab_*, de fg (https://a.example/)");
        assert_eq!(marked("plain *x*", &[]), "plain *x*");
        assert_eq!(marked("ab", &[Entity::new("code", 1, 99)]), "a`b`");
    }
}
