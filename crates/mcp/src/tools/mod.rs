//! The tools, one family a file. A new family adds its `tools` here.

mod approval;
mod bots;
mod broadcasts;
mod contacts;
mod conversations;
mod message;
mod reply;
mod segments;
mod send;
mod timeline;

use crate::tool::Tool;

/// Every tool, in the order in which clients list them.
pub(crate) fn all() -> Vec<Tool> {
    [
        send::tools(),
        message::tools(),
        contacts::tools(),
        conversations::tools(),
        timeline::tools(),
        reply::tools(),
        broadcasts::tools(),
        bots::tools(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;

    #[test]
    fn keys_can_be_limited_to_every_tool() {
        let names: BTreeSet<String> = all().iter().map(|tool| tool.listed.name.to_string()).collect();
        assert_eq!(names, model::key_limits::TOOLS.iter().map(|name| (*name).to_owned()).collect());
    }

    #[test]
    fn every_tool_says_what_it_is_takes_and_gives() {
        let mut names = BTreeSet::new();
        for Tool { listed, .. } in all() {
            assert!(names.insert(listed.name.clone()), "{} is there twice", listed.name);
            assert!(listed.description.is_some_and(|words| words.len() > 30), "{}", listed.name);
            assert!(listed.title.is_some() && listed.annotations.is_some(), "{}", listed.name);
            let schemas = [&listed.input_schema, listed.output_schema.as_ref().unwrap()];
            for schema in schemas {
                assert_eq!(schema["type"], "object", "{}", listed.name);
                assert!(!Value::Object((**schema).clone()).to_string().contains("$ref"), "{}", listed.name);
                assert!(schema["properties"].as_object().is_some_and(|all| !all.is_empty()), "{}", listed.name);
            }
            assert!(listed.input_schema["properties"].get("api_key").is_some(), "{}", listed.name);
            assert_eq!(listed.input_schema["additionalProperties"], false, "{}", listed.name);
        }
    }
}
