//! Interactive messages and their limits.

use std::collections::HashSet;

use serde_json::Value;

use super::{
    error::{GraphError, Result},
    object::Object,
    outgoing,
};

const BODY_MAX: usize = 1024;
const LIST_BODY_MAX: usize = 4096;
const BUTTONS_MAX: usize = 3;
const ROWS_MAX: usize = 10;

pub fn check(content: &Value) -> Result<()> {
    let known = ["type", "header", "body", "footer", "action"];
    let message = Object::read(content, "interactive", &known)?;
    let kind = message.text("type", 40)?;
    let body_max = if kind == "list" { LIST_BODY_MAX } else { BODY_MAX };
    let body = Object::read(message.need("body")?, "interactive['body']", &["text"])?;
    body.text("text", body_max)?;
    if let Some(footer) = message.get("footer") {
        Object::read(footer, "interactive['footer']", &["text"])?.text("text", 60)?;
    }
    if let Some(given) = message.get("header") {
        header(given, kind)?;
    }
    let action = message.need("action")?;
    match kind {
        "button" => buttons(action),
        "list" => list(action),
        "cta_url" => cta_url(action),
        "location_request_message" => named(action, "send_location"),
        "request_contact_info" => named(action, "request_contact_info"),
        _ => Err(GraphError::because(131_009, format!("interactive['type'] {kind} is not one of the sandbox's"))),
    }
}

fn header(given: &Value, kind: &str) -> Result<()> {
    let header = Object::read(given, "interactive['header']", &["type", "text", "image", "video", "document"])?;
    match (header.text("type", 20)?, kind) {
        ("text", _) => header.text("text", 60).map(drop),
        (media @ ("image" | "video" | "document"), "button" | "cta_url") => outgoing::media(header.need(media)?, media),
        _ => Err(GraphError::because(131_009, "interactive['header']['type'] is not valid here")),
    }
}

fn buttons(action: &Value) -> Result<()> {
    let action = Object::read(action, "interactive['action']", &["buttons"])?;
    let (mut ids, mut titles) = (HashSet::new(), HashSet::new());
    for button in action.list("buttons", 1..=BUTTONS_MAX)? {
        let button = Object::read(button, "interactive['action']['buttons']", &["type", "reply"])?;
        if button.text("type", 20)? != "reply" {
            return Err(GraphError::because(131_009, "a button's type must be reply"));
        }
        let reply = Object::read(button.need("reply")?, "interactive['action']['buttons']['reply']", &["id", "title"])?;
        let is_new = ids.insert(reply.text("id", 256)?) & titles.insert(reply.text("title", 20)?);
        if !is_new {
            return Err(GraphError::because(131_009, "buttons must differ in id and title"));
        }
    }
    Ok(())
}

fn list(action: &Value) -> Result<()> {
    let action = Object::read(action, "interactive['action']", &["button", "sections"])?;
    action.text("button", 20)?;
    let sections = action.list("sections", 1..=10)?;
    let mut ids = HashSet::new();
    for section in sections {
        let at = "interactive['action']['sections']";
        let section = Object::read(section, at, &["title", "rows"])?;
        if section.optional_text("title", 24)?.is_none() && sections.len() > 1 {
            return Err(GraphError::missing(&section.name("title")));
        }
        for row in section.list("rows", 1..=ROWS_MAX)? {
            let row = Object::read(row, format!("{at}['rows']"), &["id", "title", "description"])?;
            row.text("title", 24)?;
            row.optional_text("description", 72)?;
            if !ids.insert(row.text("id", 200)?) {
                return Err(GraphError::because(131_009, "rows must differ in id"));
            }
        }
    }
    if ids.len() > ROWS_MAX {
        return Err(GraphError::because(131_009, "Total row count exceed max allowed count: 10"));
    }
    Ok(())
}

fn cta_url(action: &Value) -> Result<()> {
    let action = Object::read(action, "interactive['action']", &["name", "parameters"])?;
    if action.text("name", 40)? != "cta_url" {
        return Err(GraphError::because(131_009, "interactive['action']['name'] must be cta_url"));
    }
    let at = "interactive['action']['parameters']";
    let parameters = Object::read(action.need("parameters")?, at, &["display_text", "url"])?;
    parameters.text("display_text", 20)?;
    let url = parameters.text("url", 2000)?;
    if url.starts_with("https://") || url.starts_with("http://") {
        Ok(())
    } else {
        Err(GraphError::because(131_009, format!("{at}['url'] is not a valid URL")))
    }
}

fn named(action: &Value, name: &str) -> Result<()> {
    let action = Object::read(action, "interactive['action']", &["name", "parameters"])?;
    if action.text("name", 40)? == name {
        Ok(())
    } else {
        Err(GraphError::because(131_009, format!("interactive['action']['name'] must be {name}")))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn code(content: &Value) -> Option<i64> {
        check(content).err().map(|error| error.code)
    }

    #[test]
    fn buttons_are_few_short_and_different() {
        let with = |titles: &[&str]| {
            let buttons: Vec<_> = titles
                .iter()
                .enumerate()
                .map(|(id, title)| json!({"type": "reply", "reply": {"id": id.to_string(), "title": title}}))
                .collect();
            json!({"type": "button", "body": {"text": "Well?"}, "action": {"buttons": buttons}})
        };
        assert_eq!(code(&with(&["Yes", "No"])), None);
        assert_eq!(code(&with(&["a", "b", "c", "d"])), Some(131_009));
        assert_eq!(code(&with(&["Yes", "Yes"])), Some(131_009));
        assert_eq!(code(&with(&["This title is far too long"])), Some(100));
        assert_eq!(code(&with(&[])), Some(131_009));
    }

    #[test]
    fn a_list_has_ten_rows_over_all_sections() {
        let with = |sections: usize, rows: usize| {
            let section = |s: usize| {
                let rows: Vec<_> = (0..rows).map(|r| json!({"id": format!("{s}-{r}"), "title": "Row"})).collect();
                json!({"title": format!("S{s}"), "rows": rows})
            };
            let sections: Vec<_> = (0..sections).map(section).collect();
            json!({"type": "list", "body": {"text": "Pick"}, "action": {"button": "Open", "sections": sections}})
        };
        assert_eq!(code(&with(2, 5)), None);
        assert_eq!(code(&with(2, 6)), Some(131_009));
        assert_eq!(code(&with(11, 1)), Some(131_009));
    }
}
