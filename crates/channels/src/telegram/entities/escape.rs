//! Values that are put into a source, made safe for its parse mode.

use super::ParseMode;

/// The value so that it shows as it is, wherever in the source it stands. Legacy Markdown knows no escape inside of its
/// entities, so that there a value with marks can only stand outside.
pub fn escape(mode: Option<ParseMode>, value: &str) -> String {
    match mode {
        None => value.to_owned(),
        Some(ParseMode::Html) => html(value),
        Some(ParseMode::MarkdownV2) => backslashes(value, "_*[]()~`>#+-=|{}.!\\"),
        Some(ParseMode::Markdown) => backslashes(value, "_*`["),
    }
}

fn html(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for character in value.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

fn backslashes(value: &str, reserved: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for character in value.chars() {
        if reserved.contains(character) {
            out.push('\\');
        }
        out.push(character);
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{parse, utf16_len};
    use super::*;

    proptest! {
        #[test]
        fn an_escaped_value_comes_out_as_it_was(value in "[^\0\r]{0,40}") {
            for mode in [ParseMode::Html, ParseMode::MarkdownV2, ParseMode::Markdown] {
                let parsed = parse(&escape(Some(mode), &value), Some(mode)).unwrap();
                if mode == ParseMode::Markdown && value.contains('\\') {
                    continue; // legacy Markdown can't escape the backslash itself
                }
                prop_assert_eq!(&parsed.text, &value);
                prop_assert!(parsed.entities.is_empty());
            }
        }

        #[test]
        fn an_escaped_value_stays_inside_of_its_entity(value in "[^\0\r\n]{1,40}") {
            for (mode, source) in [
                (ParseMode::Html, format!("<b>{}</b>", escape(Some(ParseMode::Html), &value))),
                (ParseMode::MarkdownV2, format!("*{}*", escape(Some(ParseMode::MarkdownV2), &value))),
            ] {
                let parsed = parse(&source, Some(mode)).unwrap();
                prop_assert_eq!(&parsed.text, &value);
                prop_assert_eq!(parsed.entities.len(), 1);
                prop_assert_eq!(parsed.entities[0].length as usize, utf16_len(&value));
            }
        }
    }
}
