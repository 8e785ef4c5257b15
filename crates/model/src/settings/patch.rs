//! Changing settings: what is written replaces what was there, part by part; what is not known is refused.

use serde_json::Value;

use super::{TenantSettings, automation};
use crate::{Error, FieldErrors, Result, template::Template};

/// Settings of one tenant are no larger.
const BYTES_MAX: usize = 256 * 1024;

impl TenantSettings {
    /// These settings with the given parts changed. Objects are merged, lists are replaced.
    pub fn patched(&self, patch: &Value) -> Result<TenantSettings> {
        let mut merged = to_json(self);
        merge(&mut merged, patch);
        let changed: TenantSettings = serde_path_to_error::deserialize(&merged)
            .map_err(|error| field(&error.path().to_string(), &error.inner().to_string()))?;
        let known = to_json(&changed);
        if let Some(path) = unknown(patch, &known, "") {
            return Err(field(&path, "This field is not known here."));
        }
        changed.check()?;
        if known.to_string().len() > BYTES_MAX {
            return Err(Error::invalid(format!("The settings are larger than {BYTES_MAX} bytes.")));
        }
        Ok(changed)
    }

    fn check(&self) -> Result<()> {
        let mut wrong = FieldErrors::new();
        let mut complain = |name: &str, words: String| wrong.entry(name.to_owned()).or_default().push(words);
        if let Some(words) = self.business_hours.complaint() {
            complain("business_hours", words);
        }
        if !(1..=10_080).contains(&self.inbox.wait_target_minutes) {
            complain("inbox", "wait_target_minutes: Enter a number from 1 to 10080.".into());
        }
        if self.inbox.round_robin_members.len() > 1_000 {
            complain("inbox", "round_robin_members: Enter at most 1000 people.".into());
        }
        if !(30..=3_650).contains(&self.activity.retention_days) {
            complain("activity", "retention_days: Enter a number from 30 to 3650.".into());
        }
        for words in self.automation.complaints() {
            complain("automation", words);
        }
        Error::fields(wrong).map_or(Ok(()), Err)
    }
}

impl super::Automation {
    fn complaints(&self) -> Vec<String> {
        let mut said = Vec::new();
        said.extend(text_complaint("greeting.text", &self.greeting.text, self.greeting.is_on));
        said.extend(text_complaint("away.text", &self.away.text, self.away.is_on));
        if !(1..=10_080).contains(&self.away.every_minutes) {
            said.push("away.every_minutes: Enter a number from 1 to 10080.".into());
        }
        for (name, count, most) in [
            ("keywords", self.keywords.len(), automation::RULES_MAX),
            ("assignment", self.assignment.len(), automation::RULES_MAX),
            ("commands", self.commands.len(), automation::COMMANDS_MAX),
        ] {
            if count > most {
                said.push(format!("{name}: Enter at most {most}."));
            }
        }
        for (index, rule) in self.keywords.iter().enumerate() {
            said.extend(text_complaint(&format!("keywords[{index}].text"), &rule.text, rule.is_on));
            if rule.is_on && rule.words.iter().all(|word| word.trim().is_empty()) {
                said.push(format!("keywords[{index}].words: Enter at least one word."));
            }
        }
        said.extend(self.commands.iter().enumerate().filter_map(|(index, one)| one.complaint(index)));
        said
    }
}

impl super::BotCommand {
    fn complaint(&self, index: usize) -> Option<String> {
        let is_letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if !(1..=32).contains(&self.command.len()) || !self.command.chars().all(is_letter) {
            return Some(format!("commands[{index}].command: Enter 1 to 32 of a-z, 0-9 and _, without the slash."));
        }
        let is_fine = (1..=256).contains(&self.description.chars().count());
        (!is_fine).then(|| format!("commands[{index}].description: Enter 1 to 256 characters."))
    }
}

fn text_complaint(name: &str, text: &str, is_needed: bool) -> Option<String> {
    if is_needed && text.trim().is_empty() {
        return Some(format!("{name}: Enter what to say."));
    }
    if text.chars().count() > automation::TEXT_CHARS_MAX {
        return Some(format!("{name}: Enter at most {} characters.", automation::TEXT_CHARS_MAX));
    }
    Template::parse(text).err().map(|error| format!("{name}: {}", error.message()))
}

fn to_json(settings: &TenantSettings) -> Value {
    serde_json::to_value(settings).expect("settings hold text, numbers and lists only")
}

fn merge(into: &mut Value, patch: &Value) {
    match (into, patch) {
        (Value::Object(into), Value::Object(patch)) => {
            for (name, value) in patch {
                merge(into.entry(name.clone()).or_insert(Value::Null), value);
            }
        }
        (into, patch) => *into = patch.clone(),
    }
}

/// The path of the first field that was written and did not arrive.
fn unknown(written: &Value, known: &Value, path: &str) -> Option<String> {
    match (written, known) {
        (Value::Object(written), Value::Object(known)) => written.iter().find_map(|(name, value)| {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            match known.get(name) {
                Some(known) => unknown(value, known, &path),
                None => Some(path),
            }
        }),
        (Value::Array(written), Value::Array(known)) => {
            let mut pairs = written.iter().zip(known).enumerate();
            pairs.find_map(|(index, (one, other))| unknown(one, other, &format!("{path}[{index}]")))
        }
        _ => None,
    }
}

/// A complaint under the first part of its path, with the rest in its words.
fn field(path: &str, words: &str) -> Error {
    let end = path.find(['.', '[']).unwrap_or(path.len());
    let (name, rest) = path.split_at(end);
    let rest = rest.trim_start_matches('.');
    let words = if rest.is_empty() { words.to_owned() } else { format!("{rest}: {words}") };
    Error::field(name, words)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn complaint(patch: Value) -> String {
        TenantSettings::default().patched(&patch).unwrap_err().to_string()
    }

    #[test]
    fn parts_change_and_the_rest_stays() {
        let first = TenantSettings::default().patched(&json!({"inbox": {"round_robin": true}})).unwrap();
        let then = first.patched(&json!({"automation": {"greeting": {"is_on": true, "text": "Hi {{first_name}}"}}}));
        let then = then.unwrap();
        assert!(then.inbox.round_robin && then.inbox.reopen_on_reply && then.automation.greeting.is_on);
        assert_eq!(then.patched(&json!({})).unwrap(), then);
    }

    #[test]
    fn what_is_wrong_is_named_where_it_stands() {
        assert!(complaint(json!({"inbox": {"round_robbin": true}})).contains("inbox: round_robbin: This field"));
        assert!(complaint(json!({"inbox": {"round_robin": 5}})).contains("inbox: round_robin: "));
        assert!(
            complaint(json!({"automation": {"keywords": [{"word": "x"}]}})).contains("keywords[0].word: This field")
        );
        assert!(
            complaint(json!({"automation": {"greeting": {"is_on": true}}}))
                .contains("greeting.text: Enter what to say")
        );
        assert!(complaint(json!({"automation": {"commands": [{"command": "/Help"}]}})).contains("commands[0].command"));
        assert!(complaint(json!({"business_hours": {"time_zone": "Nowhere"}})).contains("business_hours: time_zone"));
        assert!(complaint(json!({"automation": {"away": {"text": "{{x"}}})).contains("not closed"));
    }
}
