//! Variables in a broadcast's text: `{{first_name}}`, `{{first_name|default:"there"}}`. A few lines of grammar of our own,
//! because no template engine escapes for Telegram's parse modes.

use crate::{Error, Result};

/// A parsed text with variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Variable { name: String, default: Option<String> },
}

/// Names that every contact has; others are custom attributes.
pub const BUILT_IN: [&str; 6] = ["first_name", "last_name", "full_name", "phone", "company_name", "today_date"];

impl Template {
    /// Reads a text; a malformed variable is an error that names the place.
    pub fn parse(text: &str) -> Result<Self> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(open) = rest.find("{{") {
            if open > 0 {
                pieces.push(Piece::Text(rest[..open].to_owned()));
            }
            let after = &rest[open + 2..];
            let close = after.find("}}").ok_or_else(|| unclosed(after))?;
            pieces.push(variable(&after[..close])?);
            rest = &after[close + 2..];
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        Ok(Self { pieces })
    }

    /// The names of all variables, in order, repeated ones too.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Variable { name, .. } => Some(name.as_str()),
            Piece::Text(_) => None,
        })
    }

    /// The names of variables that have neither a value nor a default, each once.
    pub fn missing(&self, value: impl Fn(&str) -> Option<String>) -> impl Iterator<Item = &str> {
        let mut seen = std::collections::BTreeSet::new();
        self.pieces.iter().filter_map(move |piece| match piece {
            Piece::Variable { name, default: None } if seen.insert(name) => {
                value(name).is_none_or(|found| found.is_empty()).then_some(name.as_str())
            }
            _ => None,
        })
    }

    /// Fills the variables in. `value` gives a variable's value, `escape` makes it safe for the parse mode. A variable
    /// without a value takes its default, and without a default nothing.
    pub fn render(&self, value: impl Fn(&str) -> Option<String>, escape: impl Fn(&str) -> String) -> String {
        let mut out = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Variable { name, default } => {
                    let found = value(name).filter(|v| !v.is_empty()).or_else(|| default.clone());
                    out.push_str(&escape(&found.unwrap_or_default()));
                }
            }
        }
        out
    }
}

fn variable(inside: &str) -> Result<Piece> {
    let (name, default) = match inside.split_once('|') {
        None => (inside.trim(), None),
        Some((name, filter)) => (name.trim(), Some(default_of(filter.trim())?)),
    };
    let legal = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-'));
    if !legal {
        return Err(Error::invalid(format!("\"{{{{{inside}}}}}\" is no variable; write {{{{first_name}}}}.")));
    }
    Ok(Piece::Variable { name: name.to_owned(), default })
}

fn default_of(filter: &str) -> Result<String> {
    let quoted = filter.strip_prefix("default:").map(str::trim);
    quoted
        .and_then(|q| {
            q.strip_prefix('"')
                .and_then(|q| q.strip_suffix('"'))
                .or_else(|| q.strip_prefix('\'').and_then(|q| q.strip_suffix('\'')))
        })
        .map(str::to_owned)
        .ok_or_else(|| Error::invalid(format!("\"|{filter}\" is not understood; write |default:\"there\".")))
}

fn unclosed(after: &str) -> Error {
    let shown: String = after.chars().take(20).collect();
    Error::invalid(format!("The variable \"{{{{{shown}\" is not closed by }}}}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn render(text: &str) -> String {
        let value = |name: &str| (name == "first_name").then(|| "Ada <3".to_owned());
        Template::parse(text).unwrap().render(value, |v| v.replace('<', "&lt;"))
    }

    #[test]
    fn values_are_escaped_and_defaults_stand_in() {
        assert_eq!(render("Hi {{first_name}}!"), "Hi Ada &lt;3!");
        assert_eq!(render("Hi {{ last_name | default:\"there\" }}, {{last_name}}."), "Hi there, .");
        assert_eq!(render("No {variables} here }}"), "No {variables} here }}");
    }

    #[test]
    fn a_malformed_variable_is_named() {
        for text in ["{{first_name", "{{}}", "{{a b}}", "{{a|upper}}", "{{a|default:there}}"] {
            assert!(Template::parse(text).is_err(), "{text}");
        }
    }
}
