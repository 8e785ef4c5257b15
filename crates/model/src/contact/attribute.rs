//! Attributes that a tenant names: what type their values have.

use serde_json::{Number, Value};

use super::Custom;
use crate::{Error, FieldErrors, Id, Result, Timestamp, word::words};

const CHOICES_MAX: usize = 100;
const CHOICE_CHARS_MAX: usize = 200;

words! {
    pub enum AttributeType {
        Text = "text",
        Number = "number",
        Boolean = "boolean",
        /// A day, as `2026-11-25`.
        Date = "date",
        /// One of a list.
        Choice = "choice",
    }
}

/// An attribute of a tenant's contacts.
#[derive(Debug, Clone, PartialEq)]
pub struct Attribute {
    pub id: Id<Attribute>,
    /// The key in `custom`.
    pub name: String,
    pub kind: AttributeType,
    /// Of a choice; else empty.
    pub choices: Vec<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Attribute {
    /// Complains about what can't be so.
    pub fn check(&self) -> Result<()> {
        let mut wrong = FieldErrors::new();
        if !super::change::is_attribute_name(&self.name) {
            let words = "Enter 1 to 64 letters, digits, _, . and -.";
            wrong.insert("name".into(), vec![words.into()]);
        }
        let is_choice = self.kind == AttributeType::Choice;
        let is_good = |choice: &String| (1..=CHOICE_CHARS_MAX).contains(&choice.chars().count());
        let words = match self.choices.len() {
            0 if is_choice => Some("List the choices.".to_owned()),
            1.. if !is_choice => Some("Only an attribute of the type choice has choices.".to_owned()),
            count if count > CHOICES_MAX => Some(format!("List at most {CHOICES_MAX} choices.")),
            _ if !self.choices.iter().all(is_good) => Some(format!("A choice has 1 to {CHOICE_CHARS_MAX} characters.")),
            _ => None,
        };
        wrong.extend(words.map(|words| ("choices".into(), vec![words])));
        Error::fields(wrong).map_or(Ok(()), Err)
    }

    /// The value in the form in which it is kept. Texts are read as what they stand for, as files have them.
    pub fn read(&self, value: Value) -> Result<Value> {
        let words = match self.kind {
            AttributeType::Text => match value {
                Value::String(_) => return Ok(value),
                Value::Number(number) => return Ok(Value::String(number.to_string())),
                _ => "Enter a text.".to_owned(),
            },
            AttributeType::Number => match number(&value) {
                Some(number) => return Ok(Value::Number(number)),
                None => "Enter a number.".to_owned(),
            },
            AttributeType::Boolean => match truth(&value) {
                Some(truth) => return Ok(Value::Bool(truth)),
                None => "Enter true or false.".to_owned(),
            },
            AttributeType::Date => match value.as_str().and_then(day) {
                Some(day) => return Ok(Value::String(day)),
                None => "Enter a day, for example 2026-11-25.".to_owned(),
            },
            AttributeType::Choice => match value.as_str().filter(|text| self.choices.iter().any(|one| one == text)) {
                Some(text) => return Ok(Value::from(text)),
                None => format!("Enter one of {}.", self.choices.join(", ")),
            },
        };
        Err(Error::invalid(format!("{}: {words}", self.name)))
    }
}

/// Reads those values of `custom` that are other than `before` by their attributes, and names all that are wrong.
pub fn read_all(attributes: &[Attribute], before: &Custom, custom: &mut Custom) -> Result<()> {
    let mut complaints = Vec::new();
    for attribute in attributes {
        let Some(value) = custom.get_mut(&attribute.name) else { continue };
        if before.get(&attribute.name) == Some(value) {
            continue;
        }
        match attribute.read(value.clone()) {
            Ok(read) => *value = read,
            Err(error) => complaints.push(error.message().to_owned()),
        }
    }
    if complaints.is_empty() {
        return Ok(());
    }
    Err(Error::fields([("custom".to_owned(), complaints)].into()).unwrap_or_else(|| Error::internal("no complaint")))
}

/// A day in the form in which days are kept and compared, from a day or a time in RFC 3339.
pub fn day(text: &str) -> Option<String> {
    let text = text.trim();
    let day = text.parse::<jiff::civil::Date>().ok().filter(|_| text.len() == 10);
    let day = day.or_else(|| text.parse::<Timestamp>().ok().map(|at| at.civil().date()))?;
    // Others would not sort as text.
    (0..=9999).contains(&day.year()).then(|| day.to_string())
}

fn number(value: &Value) -> Option<Number> {
    match value {
        Value::Number(number) => Some(number.clone()),
        Value::String(text) => {
            let text = text.trim();
            let whole = text.parse::<i64>().ok().map(Number::from);
            whole.or_else(|| text.parse::<f64>().ok().and_then(Number::from_f64))
        }
        _ => None,
    }
}

fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(truth) => Some(*truth),
        Value::String(text) => super::import::truth(text).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn attribute(kind: AttributeType, choices: &[&str]) -> Attribute {
        Attribute {
            id: Id::from_bytes([1; 16]),
            name: "size".into(),
            kind,
            choices: choices.iter().map(|one| (*one).to_owned()).collect(),
            created_at: Timestamp::from_ms(0),
            updated_at: Timestamp::from_ms(0),
        }
    }

    #[test]
    fn values_are_read_as_their_type() {
        use AttributeType::{Boolean, Choice, Date, Number, Text};
        for (kind, given, kept) in [
            (Text, json!("a"), Some(json!("a"))),
            (Text, json!(4), Some(json!("4"))),
            (Text, json!([1]), None),
            (Number, json!("41"), Some(json!(41))),
            (Number, json!("4.5"), Some(json!(4.5))),
            (Number, json!("x"), None),
            (Number, json!("NaN"), None),
            (Number, json!(true), None),
            (Boolean, json!("yes"), Some(json!(true))),
            (Boolean, json!(false), Some(json!(false))),
            (Boolean, json!(1), None),
            (Date, json!("2026-02-28"), Some(json!("2026-02-28"))),
            (Date, json!("2026-02-30"), None),
            (Date, json!("2026-02-28T23:30:00-02:00"), Some(json!("2026-03-01"))),
            (Date, json!(5), None),
            (Choice, json!("M"), Some(json!("M"))),
            (Choice, json!("m"), None),
        ] {
            let choices: &[&str] = if kind == Choice { &["S", "M"] } else { &[] };
            assert_eq!(attribute(kind, choices).read(given.clone()).ok(), kept, "{kind} {given}");
        }
    }

    #[test]
    fn only_choices_have_choices() {
        assert!(attribute(AttributeType::Choice, &["S"]).check().is_ok());
        assert!(attribute(AttributeType::Choice, &[]).check().is_err());
        assert!(attribute(AttributeType::Text, &["S"]).check().is_err());
        assert!(Attribute { name: "a b".into(), ..attribute(AttributeType::Text, &[]) }.check().is_err());
    }
}
