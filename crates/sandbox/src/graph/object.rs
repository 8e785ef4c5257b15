//! Reading a request's objects strictly: every key must be known, every text has a length.

use serde_json::{Map, Value};

use super::error::{GraphError, Result};

/// An object at a place of the request, which its refusals name.
#[derive(Debug)]
pub struct Object<'a> {
    at: String,
    map: &'a Map<String, Value>,
}

impl<'a> Object<'a> {
    /// `value` as an object that has no keys but `known`.
    pub fn read(value: &'a Value, at: impl Into<String>, known: &[&str]) -> Result<Self> {
        let at = at.into();
        let map = value.as_object();
        let map = map.ok_or_else(|| GraphError::invalid(format!("Param {at} must be a JSON object.")))?;
        if let Some(key) = map.keys().find(|key| !known.contains(&key.as_str())) {
            return Err(GraphError::invalid(format!("Unexpected key \"{key}\" on param \"{at}\".")));
        }
        Ok(Self { at, map })
    }

    pub fn name(&self, key: &str) -> String {
        if self.at.is_empty() { key.to_owned() } else { format!("{}['{key}']", self.at) }
    }

    pub fn get(&self, key: &str) -> Option<&'a Value> {
        self.map.get(key).filter(|value| !value.is_null())
    }

    pub fn need(&self, key: &str) -> Result<&'a Value> {
        self.get(key).ok_or_else(|| GraphError::missing(&self.name(key)))
    }

    pub fn optional_text(&self, key: &str, max: usize) -> Result<Option<&'a str>> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let name = self.name(key);
        let text = value.as_str().ok_or_else(|| GraphError::invalid(format!("Param {name} must be a string.")))?;
        if text.chars().count() > max {
            return Err(GraphError::invalid(format!("Param {name} must be at most {max} characters long.")));
        }
        Ok(Some(text))
    }

    /// A text that is there and not empty.
    pub fn text(&self, key: &str, max: usize) -> Result<&'a str> {
        let text = self.optional_text(key, max)?.filter(|text| !text.is_empty());
        text.ok_or_else(|| GraphError::missing(&self.name(key)))
    }

    pub fn list(&self, key: &str, count: std::ops::RangeInclusive<usize>) -> Result<&'a [Value]> {
        let name = self.name(key);
        let list = self.need(key)?.as_array();
        let list = list.ok_or_else(|| GraphError::invalid(format!("Param {name} must be an array.")))?;
        if !count.contains(&list.len()) {
            let (least, most) = (count.start(), count.end());
            return Err(GraphError::because(131_009, format!("{name} must have {least} to {most} items.")));
        }
        Ok(list)
    }

    pub fn flag(&self, key: &str) -> Result<bool> {
        match self.get(key) {
            None => Ok(false),
            Some(value) => value
                .as_bool()
                .ok_or_else(|| GraphError::invalid(format!("Param {} must be a boolean.", self.name(key)))),
        }
    }

    pub fn number(&self, key: &str, range: std::ops::RangeInclusive<f64>) -> Result<f64> {
        let value = self.need(key)?;
        let number = value.as_f64().or_else(|| value.as_str()?.parse().ok()).filter(|number| range.contains(number));
        number.ok_or_else(|| GraphError::because(131_009, format!("{} is not valid.", self.name(key))))
    }
}
