//! Conditions that people put together: a tree of listed pieces of SQL, so that no text of theirs ever becomes SQL.

use std::fmt::Write;

use super::{Arg, Engine, Sql};

/// One piece: a condition on a row, with its arguments as `$1`, `$2`, …
#[derive(Debug, Clone, Copy)]
pub struct Piece {
    #[doc(hidden)]
    pub condition: Sql,
    /// A whole statement with the condition in it, for the test that prepares every statement.
    #[doc(hidden)]
    pub whole: Sql,
}

/// A condition. It takes the place of the mark `{where}` of a statement.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    Is(Piece, Vec<Arg>),
    /// What is unknown (NULL) counts as not being so.
    Not(Box<Condition>),
    /// Of nothing: true.
    All(Vec<Condition>),
    /// Of nothing: false.
    Any(Vec<Condition>),
}

impl PartialEq for Piece {
    fn eq(&self, other: &Self) -> bool {
        self.condition.name == other.condition.name
    }
}

impl Condition {
    pub fn negated(self) -> Self {
        Condition::Not(Box::new(self))
    }

    /// Writes the condition; its arguments join `args`, and are numbered on from there.
    pub(super) fn render(&self, engine: Engine, text: &mut String, args: &mut Vec<Arg>) {
        match self {
            Condition::Is(piece, own) => {
                text.push('(');
                push_renumbered(text, piece.condition.text(engine), args.len());
                text.push(')');
                args.extend_from_slice(own);
            }
            Condition::Not(inner) => {
                text.push_str("NOT COALESCE(");
                inner.render(engine, text, args);
                text.push_str(", FALSE)");
            }
            Condition::All(parts) => push_joined(parts, (" AND ", "TRUE"), engine, text, args),
            Condition::Any(parts) => push_joined(parts, (" OR ", "FALSE"), engine, text, args),
        }
    }
}

fn push_joined(
    parts: &[Condition],
    (word, of_nothing): (&str, &str),
    engine: Engine,
    text: &mut String,
    args: &mut Vec<Arg>,
) {
    if parts.is_empty() {
        return text.push_str(of_nothing);
    }
    text.push('(');
    for (index, part) in parts.iter().enumerate() {
        text.push_str(if index == 0 { "" } else { word });
        part.render(engine, text, args);
    }
    text.push(')');
}

/// Copies a text whose placeholders count from 1 so that they count on after `before` others.
fn push_renumbered(text: &mut String, piece: &str, before: usize) {
    let mut rest = piece;
    while let Some(at) = rest.find(['$', '?']) {
        let (plain, after) = rest.split_at(at + 1);
        text.push_str(plain);
        let digits = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
        match after[..digits].parse::<usize>() {
            Ok(number) => write!(text, "{}", number + before).expect("writing to a String cannot fail"),
            Err(_) => text.push_str(&after[..digits]),
        }
        rest = &after[digits..];
    }
    text.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args;

    const EQUAL: Piece = piece(crate::sql!("test.equal", "a = $1"));
    const BETWEEN: Piece = piece(crate::sql_by_engine!("test.between", "b > $1 AND b < $2", "b BETWEEN $1 AND $2"));

    const fn piece(condition: Sql) -> Piece {
        Piece { condition, whole: condition }
    }

    #[test]
    fn a_tree_becomes_one_condition_with_its_arguments_in_order() {
        let equal = |value: i64| Condition::Is(EQUAL, args![value].into());
        let between = Condition::Is(BETWEEN, args![3_i64, 4_i64].into());
        let tree = Condition::All(vec![
            equal(1),
            Condition::Any(vec![equal(2).negated(), between]),
            Condition::All(Vec::new()),
            Condition::Any(Vec::new()),
        ]);
        let rendered = |engine| {
            let (mut text, mut args) = (String::new(), vec![Arg::Null]);
            tree.render(engine, &mut text, &mut args);
            (text, args.len())
        };
        let postgres = "((a = $2) AND (NOT COALESCE((a = $3), FALSE) OR (b > $4 AND b < $5)) AND TRUE AND FALSE)";
        assert_eq!(rendered(Engine::Postgres), (postgres.to_owned(), 5));
        assert!(rendered(Engine::Sqlite).0.contains("(b BETWEEN ?4 AND ?5)"));
    }
}
