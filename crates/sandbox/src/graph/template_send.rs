//! Sending a template: the one that is named, its parameters counted and filled in.

use serde_json::{Value, json};

use super::{
    error::{GraphError, Result},
    object::Object,
    outgoing,
    template_rules::variables,
    templates::Template,
    world::World,
};

/// A template with its variables filled in.
#[derive(Debug)]
pub struct Filled {
    pub shown: Value,
    pub category: String,
}

pub fn check(world: &World, number: &str, content: &Value) -> Result<Filled> {
    let given = Object::read(content, "template", &["name", "language", "components"])?;
    let name = given.text("name", 512)?;
    let language = Object::read(given.need("language")?, "template['language']", &["code", "policy"])?;
    let code = language.text("code", 10)?;
    let waba_id = world.numbers.get(number).map(|number| number.waba_id.as_str()).unwrap_or_default();
    let mut all = world.templates.values();
    let known = all.find(|one| one.waba_id == waba_id && one.name == name && one.language == code);
    let missing = || GraphError::because(132_001, format!("template name ({name}) does not exist in {code}"));
    let template = known.ok_or_else(missing)?;
    match template.status.as_str() {
        "APPROVED" => {}
        "PAUSED" => return Err(GraphError::new(132_015)),
        "DISABLED" => return Err(GraphError::new(132_016)),
        _ => return Err(missing()),
    }
    let components = given.get("components").and_then(Value::as_array).cloned().unwrap_or_default();
    let shown = fill(template, &components)?;
    Ok(Filled { shown, category: template.category.to_ascii_lowercase() })
}

fn fill(template: &Template, given: &[Value]) -> Result<Value> {
    for (at, component) in given.iter().enumerate() {
        let known = ["type", "parameters", "sub_type", "index"];
        let component = Object::read(component, format!("template['components'][{at}]"), &known)?;
        let kind = component.text("type", 20)?.to_ascii_lowercase();
        if !["header", "body", "button"].contains(&kind.as_str()) {
            return Err(GraphError::because(132_012, format!("component type {kind} is not known")));
        }
    }
    let mut shown = json!({"name": template.name, "language": template.language});
    if let Some(header) = template.component("HEADER") {
        shown["header"] = fill_header(template, header, parameters(given, "header"))?;
    }
    if let Some(body) = template.component("BODY") {
        shown["body"] = fill_text(template, &body["text"], parameters(given, "body"), "body")?.into();
    }
    if let Some(footer) = template.component("FOOTER") {
        shown["footer"] = footer["text"].clone();
    }
    if let Some(buttons) = template.component("BUTTONS") {
        shown["buttons"] = fill_buttons(buttons, given)?.into();
    }
    Ok(shown)
}

fn parameters<'a>(given: &'a [Value], kind: &str) -> &'a [Value] {
    let component = given.iter().find(|one| one["type"].as_str().is_some_and(|of| of.eq_ignore_ascii_case(kind)));
    component.and_then(|one| one["parameters"].as_array()).map(Vec::as_slice).unwrap_or_default()
}

fn fill_header(template: &Template, header: &Value, given: &[Value]) -> Result<Value> {
    let format = header["format"].as_str().unwrap_or_default().to_ascii_lowercase();
    if format == "text" {
        return Ok(json!({"type": "text", "text": fill_text(template, &header["text"], given, "header")?}));
    }
    let [parameter] = given else {
        return Err(GraphError::because(132_012, format!("header: expected one {format}, got {}", given.len())));
    };
    if parameter["type"].as_str() != Some(format.as_str()) {
        let got = parameter["type"].as_str().unwrap_or("nothing");
        return Err(GraphError::because(
            132_012,
            format!("header: Format mismatch, expected {format}, received {got}"),
        ));
    }
    if format != "location" {
        outgoing::media(&parameter[&format], &format)?;
    }
    Ok(json!({"type": format, &format: parameter[&format]}))
}

fn fill_text(template: &Template, text: &Value, given: &[Value], at: &str) -> Result<String> {
    let mut text = text.as_str().unwrap_or_default().to_owned();
    let names = variables(&text, template.is_named())?;
    if names.len() != given.len() {
        let (got, expected) = (given.len(), names.len());
        let details = format!(
            "{at}: number of localizable_params ({got}) does not match the expected number of params ({expected})"
        );
        return Err(GraphError::because(132_000, details));
    }
    for (at, name) in names.iter().enumerate() {
        let parameter = match template.is_named() {
            true => given.iter().find(|one| one["parameter_name"].as_str() == Some(name)),
            false => given.get(at),
        };
        let parameter =
            parameter.ok_or_else(|| GraphError::because(100, format!("Parameter name {name} is missing")))?;
        let value = value(parameter)?;
        text = text.replace(&format!("{{{{{name}}}}}"), &value);
    }
    Ok(text)
}

fn value(parameter: &Value) -> Result<String> {
    let kind = parameter["type"].as_str().unwrap_or_default();
    if kind != "text" {
        return Err(GraphError::because(132_012, format!("expected a text, received {kind}")));
    }
    let text = parameter["text"].as_str().unwrap_or_default();
    if text.is_empty() {
        return Err(GraphError::missing("template parameter text"));
    }
    if text.contains(['\n', '\t']) || text.contains("     ") {
        let details = "Param text cannot have new-line/tab characters or more than 4 consecutive spaces";
        return Err(GraphError::because(132_018, details));
    }
    if text.chars().count() > 1024 {
        return Err(GraphError::new(132_005));
    }
    Ok(text.to_owned())
}

fn fill_buttons(buttons: &Value, given: &[Value]) -> Result<Vec<Value>> {
    let mut shown = Vec::new();
    for (at, button) in buttons["buttons"].as_array().into_iter().flatten().enumerate() {
        let own = given.iter().find(|one| {
            let index = one["index"].as_str().and_then(|index| index.parse().ok()).or_else(|| one["index"].as_u64());
            one["type"].as_str().is_some_and(|of| of.eq_ignore_ascii_case("button")) && index == Some(at as u64)
        });
        let parameter = own.map(|one| &one["parameters"][0]);
        let kind = button["type"].as_str().unwrap_or_default().to_ascii_uppercase();
        let mut filled = json!({"type": kind, "text": button["text"]});
        match kind.as_str() {
            "URL" => filled["url"] = url(button["url"].as_str().unwrap_or_default(), parameter, at)?.into(),
            "QUICK_REPLY" => {
                let payload = parameter.and_then(|one| one["payload"].as_str());
                filled["payload"] = payload.map_or_else(|| button["text"].clone(), Into::into);
            }
            "COPY_CODE" | "OTP" => {
                let code = parameter.and_then(|one| one["coupon_code"].as_str().or_else(|| one["text"].as_str()));
                let code = code.ok_or_else(|| needs(at))?;
                filled["code"] = code.into();
            }
            _ => {}
        }
        shown.push(filled);
    }
    Ok(shown)
}

fn url(pattern: &str, parameter: Option<&Value>, at: usize) -> Result<String> {
    if !pattern.contains("{{1}}") {
        return Ok(pattern.to_owned());
    }
    let text = parameter.and_then(|one| one["text"].as_str()).filter(|text| !text.is_empty());
    Ok(pattern.replace("{{1}}", text.ok_or_else(|| needs(at))?))
}

fn needs(at: usize) -> GraphError {
    GraphError::because(131_008, format!("Button at index {at} requires a parameter"))
}
