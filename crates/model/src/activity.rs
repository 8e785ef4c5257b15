//! The activity log: what people, keys, agents and the installation did.

use serde_json::Value;
use uuid::Uuid;

use crate::{Id, Timestamp, message::AuthorType};

/// What is being done, to be noted.
#[derive(Debug, Clone, PartialEq)]
pub struct Deed {
    /// Such as `label.created`: the kind of object and what became of it.
    pub action: &'static str,
    pub object_type: &'static str,
    pub object: Option<Uuid>,
    pub name: Option<String>,
    /// Of an edit: what it changed. Never secrets.
    pub before: Option<Value>,
    pub after: Option<Value>,
}

impl Deed {
    /// Something happened to an object.
    pub fn new<T>(action: &'static str, object_type: &'static str, object: Id<T>) -> Self {
        Self { action, object_type, object: Some(object.as_uuid()), name: None, before: None, after: None }
    }

    /// Something happened to what the tenant has one of.
    pub const fn of_tenant(action: &'static str, object_type: &'static str) -> Self {
        Self { action, object_type, object: None, name: None, before: None, after: None }
    }

    pub fn named(mut self, name: &str) -> Self {
        self.name = Some(name.chars().take(200).collect());
        self
    }

    /// What stood there before and after. Of objects only the fields that differ are kept.
    pub fn changed(mut self, before: &Value, after: &Value) -> Self {
        let (before, after) = differences(before, after);
        (self.before, self.after) = (Some(before), Some(after));
        self
    }
}

fn differences(before: &Value, after: &Value) -> (Value, Value) {
    let (Value::Object(old), Value::Object(new)) = (before, after) else { return (before.clone(), after.clone()) };
    let (mut was, mut is) = (serde_json::Map::new(), serde_json::Map::new());
    for name in old.keys().chain(new.keys().filter(|name| !old.contains_key(*name))) {
        let (one, other) = (old.get(name).unwrap_or(&Value::Null), new.get(name).unwrap_or(&Value::Null));
        if one != other {
            let (one, other) = differences(one, other);
            was.insert(name.clone(), one);
            is.insert(name.clone(), other);
        }
    }
    (Value::Object(was), Value::Object(is))
}

/// One entry of the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Activity {
    pub id: Id<Activity>,
    pub actor_type: AuthorType,
    pub actor: Option<Uuid>,
    pub actor_name: Option<String>,
    pub action: String,
    pub object_type: String,
    pub object: Option<Uuid>,
    pub object_name: Option<String>,
    pub before: Option<Value>,
    pub after: Option<Value>,
    /// `http`, `mcp` or `internal`.
    pub origin: String,
    pub ip: Option<String>,
    pub created_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_differs_is_kept() {
        let before = json!({"name": "a", "inner": {"x": 1, "y": 2}, "gone": true});
        let after = json!({"name": "a", "inner": {"x": 1, "y": 3}, "new": []});
        let shown = differences(&before, &after);
        assert_eq!(shown.0, json!({"inner": {"y": 2}, "gone": true, "new": null}));
        assert_eq!(shown.1, json!({"inner": {"y": 3}, "gone": null, "new": []}));
    }
}
