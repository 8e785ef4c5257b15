//! Templates: the variables of a send in Meta's form, and what the person will read.

use model::{Error, Result};
use serde_json::{Map, Value, json};

const VARIABLES_MAX: usize = 50;
const VARIABLE_CHARS_MAX: usize = 1_024;

/// The components of a send. `variables`: a list fills the body's `{{1}}`, `{{2}}` …, an object its names; an object with
/// `components` passes these on as Meta takes them, for headers and buttons.
pub fn components(variables: &Value) -> Result<Value> {
    if let Some(components) = variables.get("components") {
        let is_list =
            components.as_array().is_some_and(|list| list.len() <= VARIABLES_MAX && list.iter().all(Value::is_object));
        return if is_list { Ok(components.clone()) } else { Err(wrong()) };
    }
    let parameters: Vec<Value> = match variables {
        Value::Null => Vec::new(),
        Value::Array(values) => {
            values.iter().map(|value| Ok(json!({"type": "text", "text": text_of(value)?}))).collect::<Result<_>>()?
        }
        Value::Object(values) => values
            .iter()
            .map(|(name, value)| Ok(json!({"type": "text", "parameter_name": name, "text": text_of(value)?})))
            .collect::<Result<_>>()?,
        _ => return Err(wrong()),
    };
    match parameters.len() {
        0 => Ok(json!([])),
        1..=VARIABLES_MAX => Ok(json!([{"type": "body", "parameters": parameters}])),
        _ => Err(wrong()),
    }
}

fn wrong() -> Error {
    Error::field("template", "Enter variables as a list or an object of texts, or components as Meta takes them.")
}

fn text_of(value: &Value) -> Result<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return Err(wrong()),
    };
    let is_good = (1..=VARIABLE_CHARS_MAX).contains(&text.chars().count()) && !text.contains('\0');
    if is_good { Ok(text) } else { Err(Error::field("template", "A variable has 1 to 1024 characters.")) }
}

/// What the person reads: header, body and footer of a template as Meta has it, with the variables of the body.
pub fn text(template: &Value, variables: &Value) -> Result<String> {
    let named = named(variables);
    let mut lines = Vec::new();
    for component in template.as_array().into_iter().flatten() {
        let (Some(kind), Some(words)) = (component["type"].as_str(), component["text"].as_str()) else { continue };
        match kind.to_ascii_uppercase().as_str() {
            "BODY" => lines.push(filled(words, &named)?),
            "HEADER" | "FOOTER" => lines.push(words.to_owned()),
            _ => {}
        }
    }
    Ok(lines.join("\n\n"))
}

fn named(variables: &Value) -> Map<String, Value> {
    let body = |components: &Value| -> Option<Value> {
        let body = components.as_array()?.iter().find(|component| component["type"] == "body")?;
        Some(body["parameters"].clone())
    };
    let parameters = variables.get("components").map(|components| body(components).unwrap_or_default());
    match parameters.as_ref().unwrap_or(variables) {
        Value::Array(values) => (1..)
            .zip(values)
            .map(|(place, value)| {
                let name = value["parameter_name"].as_str().map_or_else(|| place.to_string(), str::to_owned);
                let text = value.get("text").unwrap_or(value).clone();
                (name, text)
            })
            .collect(),
        Value::Object(values) => values.clone(),
        _ => Map::new(),
    }
}

/// Every variable must have its value: Meta would refuse the message later.
fn filled(words: &str, values: &Map<String, Value>) -> Result<String> {
    let mut out = String::with_capacity(words.len());
    let mut rest = words;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, behind)) = after.split_once("}}") else { break };
        out.push_str(before);
        let value = values.get(name.trim()).ok_or_else(|| {
            Error::field("template", format!("The template's variable {{{{{}}}}} has no value.", name.trim()))
        })?;
        out.push_str(&text_of(value)?);
        rest = behind;
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_become_parameters_and_words() {
        let template = json!([{"type": "HEADER", "format": "TEXT", "text": "Hi"},
            {"type": "BODY", "text": "Dear {{1}}, order {{2}}."}, {"type": "BUTTONS", "buttons": []}]);
        let list = json!(["Ann", 7]);
        assert_eq!(text(&template, &list).unwrap(), "Hi\n\nDear Ann, order 7.");
        let sent =
            json!([{"type": "body", "parameters": [{"type": "text", "text": "Ann"}, {"type": "text", "text": "7"}]}]);
        assert_eq!(components(&list).unwrap(), sent);
        assert_eq!(text(&template, &json!({"components": sent})).unwrap(), "Hi\n\nDear Ann, order 7.");
        let named = json!([{"type": "BODY", "text": "Dear {{name}}"}]);
        assert_eq!(text(&named, &json!({"name": "Ann"})).unwrap(), "Dear Ann");
    }

    #[test]
    fn a_variable_without_a_value_is_told() {
        let template = json!([{"type": "BODY", "text": "Dear {{1}}"}]);
        for none in [json!(null), json!([]), json!({"name": "x"}), json!([[]]), json!([""])] {
            assert!(text(&template, &none).is_err(), "{none}");
        }
        for wrong in [json!(5), json!(["\u{0}"]), json!({"components": 5}), json!([null])] {
            assert!(components(&wrong).is_err(), "{wrong}");
        }
    }
}
