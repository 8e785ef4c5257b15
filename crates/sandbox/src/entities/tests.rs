//! Our parsers against the answers of Telegram's own (TDLib's `parseTextEntities`, recorded).

use serde_json::Value;

use super::{Entity, Formatted, Kind, html, markdown, markdown_v2};

fn extra(kind: &Kind) -> String {
    match kind {
        Kind::PreCode(text) | Kind::TextLink(text) => text.clone(),
        Kind::TextMention(id) | Kind::CustomEmoji(id) => id.to_string(),
        _ => String::new(),
    }
}

fn shown(entity: &Entity) -> Value {
    serde_json::json!([entity.kind.name(), entity.offset, entity.length, extra(&entity.kind)])
}

#[test]
fn sources_are_parsed_as_telegram_parses_them() {
    let cases: Vec<Value> = serde_json::from_str(include_str!("recorded.json")).unwrap();
    assert!(cases.len() > 100);
    for case in cases {
        let source = case["source"].as_str().unwrap();
        let parse = match case["mode"].as_str().unwrap() {
            "html" => html::parse,
            "md2" => markdown_v2::parse,
            _ => markdown::parse,
        };
        match parse(source) {
            Err(error) => assert_eq!(Some(error.as_str()), case["error"].as_str(), "{case}"),
            Ok(Formatted { text, entities }) => {
                let entities: Vec<Value> = entities.iter().map(shown).collect();
                assert_eq!(
                    (Some(text.as_str()), Value::from(entities)),
                    (case["text"].as_str(), case["entities"].clone()),
                    "{case}"
                );
            }
        }
    }
}
