//! What a template must be to be taken for review.

use serde_json::{Value, json};

use super::{
    error::{GraphError, Result},
    object::Object,
    templates::Template,
};

const TOO_LONG: i64 = 2_388_040;
const HEADER: i64 = 2_388_047;
const BODY: i64 = 2_388_072;
const FOOTER: i64 = 2_388_073;
const VARIABLES_AT_EDGE: i64 = 2_388_299;

/// A template without an id and an account.
pub fn read(body: &Object<'_>) -> Result<Template> {
    let name = body.text("name", 512)?;
    if !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_') {
        return Err(GraphError::invalid("Param name may hold lower-case letters, digits and underscores only"));
    }
    let language = body.text("language", 10)?;
    if !is_language(language) {
        return Err(GraphError::invalid(format!("Param language: {language} is not one of the supported languages")));
    }
    let is_named = match body.optional_text("parameter_format", 20)?.map(str::to_ascii_uppercase).as_deref() {
        None | Some("POSITIONAL") => false,
        Some("NAMED") => true,
        Some(_) => return Err(GraphError::invalid("Param parameter_format must be one of {NAMED, POSITIONAL}")),
    };
    Ok(Template {
        id: String::new(),
        waba_id: String::new(),
        name: name.to_owned(),
        language: language.to_owned(),
        category: category(body.text("category", 40)?)?,
        parameter_format: if is_named { "NAMED" } else { "POSITIONAL" }.into(),
        status: "PENDING".into(),
        components: components(body.need("components")?, is_named)?,
        quality_score: json!({"score": "UNKNOWN"}),
        rejected_reason: None,
    })
}

/// `en`, `en_US`, `fil`.
fn is_language(code: &str) -> bool {
    let (language, country) =
        code.split_once('_').map_or((code, None), |(language, country)| (language, Some(country)));
    (2..=3).contains(&language.len())
        && language.bytes().all(|byte| byte.is_ascii_lowercase())
        && country.is_none_or(|country| country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase()))
}

pub fn category(name: &str) -> Result<String> {
    let name = name.to_ascii_uppercase();
    if ["MARKETING", "UTILITY", "AUTHENTICATION"].contains(&name.as_str()) {
        return Ok(name);
    }
    Err(GraphError::invalid("Param category must be one of {AUTHENTICATION, MARKETING, UTILITY}"))
}

pub fn components(given: &Value, is_named: bool) -> Result<Vec<Value>> {
    let list = given.as_array().ok_or_else(|| GraphError::invalid("Param components must be an array."))?;
    let mut seen = Vec::new();
    for (at, component) in list.iter().enumerate() {
        let at = format!("components[{at}]");
        let kind = component["type"].as_str().unwrap_or_default().to_ascii_uppercase();
        if seen.contains(&kind) {
            return Err(GraphError::invalid(format!("{at}: there is a {kind} already")));
        }
        match kind.as_str() {
            "HEADER" => header(component, &at, is_named)?,
            "BODY" => body(component, &at, is_named)?,
            "FOOTER" => footer(component, &at)?,
            "BUTTONS" => buttons(component, &at)?,
            _ => {
                return Err(GraphError::invalid(format!(
                    "{at}['type'] must be one of {{HEADER, BODY, FOOTER, BUTTONS}}"
                )));
            }
        }
        seen.push(kind);
    }
    if seen.iter().any(|kind| kind == "BODY") {
        Ok(list.clone())
    } else {
        Err(GraphError::template(BODY, "A template needs a body."))
    }
}

fn header(component: &Value, at: &str, is_named: bool) -> Result<()> {
    let header = Object::read(component, at, &["type", "format", "text", "example"])?;
    let format = header.text("format", 20)?.to_ascii_uppercase();
    match format.as_str() {
        "TEXT" => {
            let text = limited(header.text("text", usize::MAX)?, 60, "header")?;
            let variables = variables(text, is_named)?;
            if variables.len() > 1 {
                return Err(GraphError::template(HEADER, "A header has at most one variable."));
            }
            let example = &component["example"];
            let has_example = example["header_text"].is_array() || example["header_text_named_params"].is_array();
            examples(variables.is_empty() || has_example, HEADER)
        }
        "IMAGE" | "VIDEO" | "DOCUMENT" => examples(component["example"]["header_handle"][0].is_string(), HEADER),
        "LOCATION" => Ok(()),
        _ => Err(GraphError::template(HEADER, "format must be one of {TEXT, IMAGE, VIDEO, DOCUMENT, LOCATION}")),
    }
}

fn body(component: &Value, at: &str, is_named: bool) -> Result<()> {
    let known = ["type", "text", "example", "add_security_recommendation"];
    let body = Object::read(component, at, &known)?;
    let text = limited(body.text("text", usize::MAX)?, 1024, "body")?;
    let variables = variables(text, is_named)?;
    let trimmed = text.trim();
    if trimmed.starts_with("{{") || trimmed.ends_with("}}") {
        return Err(GraphError::template(VARIABLES_AT_EDGE, "Variables can't be at the start or end of the template."));
    }
    if text.contains("}}{{") || text.contains("}} {{") {
        return Err(GraphError::template(BODY, "Variables can't stand side by side."));
    }
    let example = &component["example"];
    let given = match is_named {
        true => example["body_text_named_params"].as_array().map_or(0, Vec::len),
        false => example["body_text"][0].as_array().map_or(0, Vec::len),
    };
    examples(given == variables.len(), BODY)
}

fn footer(component: &Value, at: &str) -> Result<()> {
    let known = ["type", "text", "code_expiration_minutes"];
    let footer = Object::read(component, at, &known)?;
    let text = limited(footer.text("text", usize::MAX)?, 60, "footer")?;
    if text.contains("{{") {
        return Err(GraphError::template(FOOTER, "A footer has no variables."));
    }
    Ok(())
}

fn buttons(component: &Value, at: &str) -> Result<()> {
    let list = Object::read(component, at, &["type", "buttons"])?.list("buttons", 1..=10)?;
    let kinds: Vec<_> = list.iter().map(|one| one["type"].as_str().unwrap_or_default().to_ascii_uppercase()).collect();
    let count = |kind: &str| kinds.iter().filter(|one| *one == kind).count();
    for (kind, most) in [("URL", 2), ("PHONE_NUMBER", 1), ("COPY_CODE", 1)] {
        if count(kind) > most {
            return Err(GraphError::template(2_388_047, format!("at most {most} buttons may be {kind}")));
        }
    }
    let replies: Vec<_> = kinds.iter().map(|kind| kind == "QUICK_REPLY").collect();
    if replies.windows(2).filter(|pair| pair[0] != pair[1]).count() > 1 {
        return Err(GraphError::template(2_388_047, "Quick replies must stand together."));
    }
    list.iter().zip(&kinds).try_for_each(|(button, kind)| self::button(button, kind, at))
}

fn button(button: &Value, kind: &str, at: &str) -> Result<()> {
    let at = format!("{at}['buttons']");
    let known = ["type", "text", "url", "example", "phone_number", "otp_type"];
    let button = Object::read(button, at.clone(), &known)?;
    match kind {
        "QUICK_REPLY" => button.text("text", 25).map(drop),
        "URL" => {
            button.text("text", 25)?;
            let url = button.text("url", 2000)?;
            let has_variable = url.contains("{{");
            if has_variable && !url.ends_with("{{1}}") {
                return Err(GraphError::template(2_388_047, "A URL's variable must be {{1}} at its end."));
            }
            examples(!has_variable || button.get("example").is_some(), 2_388_047)
        }
        "PHONE_NUMBER" => {
            button.text("text", 25)?;
            button.text("phone_number", 20).map(drop)
        }
        "COPY_CODE" => examples(button.get("example").is_some(), 2_388_047),
        "OTP" => button.text("otp_type", 20).map(drop),
        _ => Err(GraphError::invalid(format!("{at}['type'] is not one of the sandbox's"))),
    }
}

fn limited<'a>(text: &'a str, max: usize, what: &str) -> Result<&'a str> {
    if text.chars().count() > max {
        return Err(GraphError::template(TOO_LONG, format!("The {what} may have {max} characters.")));
    }
    Ok(text)
}

fn examples(are_given: bool, subcode: i64) -> Result<()> {
    if are_given {
        return Ok(());
    }
    Err(GraphError::template(
        subcode,
        "Each variable needs an example: component is missing expected field(s) (example).",
    ))
}

/// The names between `{{` and `}}`; positional ones count from 1 without a gap.
pub fn variables(text: &str, is_named: bool) -> Result<Vec<String>> {
    let mut names: Vec<String> = Vec::new();
    for part in text.split("{{").skip(1) {
        let name = part.split_once("}}").map(|(name, _)| name.trim());
        let name = name.ok_or_else(|| GraphError::template(BODY, "A variable is not closed."))?;
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    let is_right = |(at, name): (usize, &String)| match is_named {
        true => !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'),
        false => *name == (at + 1).to_string(),
    };
    if names.iter().enumerate().all(is_right) {
        Ok(names)
    } else {
        Err(GraphError::template(BODY, "Variables must be {{1}}, {{2}} … in order, or lower-case names."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subcode(text: &str, examples: &Value) -> Option<i64> {
        let body = json!([{"type": "BODY", "text": text, "example": {"body_text": [examples]}}]);
        components(&body, false).err().and_then(|error| error.subcode)
    }

    #[test]
    fn variables_are_counted_exemplified_and_not_at_the_edge() {
        assert_eq!(subcode("Hello {{1}}, order {{2}} is ready.", &json!(["Ada", "7"])), None);
        assert_eq!(subcode("Hello {{1}}, order {{2}} is ready.", &json!(["Ada"])), Some(BODY));
        assert_eq!(subcode("Hello {{2}}.", &json!(["Ada"])), Some(BODY));
        assert_eq!(subcode("{{1}}, hello.", &json!(["Ada"])), Some(VARIABLES_AT_EDGE));
        assert_eq!(subcode(&"x".repeat(1025), &json!([])), Some(TOO_LONG));
        assert!(is_language("en_US") && is_language("de") && !is_language("en-US") && !is_language("english"));
    }
}
