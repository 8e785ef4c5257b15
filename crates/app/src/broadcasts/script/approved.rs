//! An approved template of the channel, whose variables are filled in from the contact.

use model::{Error, Result, template::Template};
use serde_json::Value;
use store::broadcasts::ScriptTemplate;

use crate::send::Body;

/// A template with what stands in its variables, read.
#[derive(Debug, Clone)]
pub(super) struct Approved {
    given: ScriptTemplate,
    /// Every text of the variables, in the order in which they are walked.
    texts: Vec<Template>,
}

impl Approved {
    pub fn read(given: &ScriptTemplate) -> Result<Self> {
        let (mut texts, mut wrong) = (Vec::new(), None);
        walk(&mut given.variables.clone(), &mut |text| match Template::parse(text) {
            Ok(template) => texts.push(template),
            Err(error) => wrong = Some(error),
        });
        match wrong {
            Some(error) => Err(Error::field("template", error.message())),
            None => Ok(Self { given: given.clone(), texts }),
        }
    }

    /// The names of all variables of ours.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().flat_map(Template::names)
    }

    /// Those that would be empty.
    pub fn missing(&self, value: impl Fn(&str) -> Option<String>) -> Vec<&str> {
        self.texts.iter().flat_map(|text| text.missing(&value).collect::<Vec<_>>()).collect()
    }

    pub fn body(&self, value: impl Fn(&str) -> Option<String>) -> Body {
        let (mut variables, mut texts) = (self.given.variables.clone(), self.texts.iter());
        walk(&mut variables, &mut |text| {
            if let Some(template) = texts.next() {
                *text = template.render(&value, one_line);
            }
        });
        Body::Template { name: self.given.name.clone(), language: self.given.language.clone(), variables }
    }
}

/// Channels take no line breaks in a variable, and no row of spaces.
fn one_line(value: &str) -> String {
    value.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn walk(value: &mut Value, each: &mut impl FnMut(&mut String)) {
    match value {
        Value::String(text) => each(text),
        Value::Array(values) => values.iter_mut().for_each(|value| walk(value, each)),
        Value::Object(fields) => fields.values_mut().for_each(|value| walk(value, each)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(variables: Value) -> Result<Approved> {
        Approved::read(&ScriptTemplate { name: "sale".into(), language: "en".into(), variables })
    }

    #[test]
    fn variables_are_filled_in_wherever_they_stand() {
        let given =
            json!({"components": [{"type": "body", "parameters": [{"type": "text", "text": "{{first_name}}"}]}]});
        let approved = read(given).unwrap();
        assert_eq!(approved.names().collect::<Vec<_>>(), ["first_name"]);
        assert_eq!(approved.missing(|_| None), ["first_name"]);
        let Body::Template { variables, .. } = approved.body(|_| Some("Ada\n  Lovelace".into())) else { panic!() };
        assert_eq!(variables["components"][0]["parameters"][0]["text"], "Ada Lovelace");
    }

    #[test]
    fn a_malformed_variable_is_told() {
        assert!(read(json!(["{{first_name"])).is_err());
        assert!(read(json!(["Ann", 7])).is_ok());
    }
}
