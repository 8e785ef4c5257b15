//! A tolerant reader of JSON: one pass, borrowed, bounded in depth. A field of the wrong type counts as absent, a
//! repeated key takes its last value, and nothing that is legal JSON fails.
//!
//! Not serde_json, because that refuses legal documents which must not be lost: lone surrogates in strings, deep
//! nesting, numbers beyond every type. It knows nothing of any channel.

mod scan;
mod text;

use std::borrow::Cow;

/// Levels that are kept; what is nested deeper is checked and left out.
const DEPTH_MAX: usize = 48;

/// A JSON value that borrows from the document.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value<'a> {
    Null,
    Bool(bool),
    /// As written: only the reader of a field knows which type it should fit.
    Number(&'a str),
    /// Between the quotes, escapes still in place.
    Text(&'a str),
    Array(Vec<Value<'a>>),
    Object(Object<'a>),
}

/// A JSON object; its accessors answer `None` for a missing field and for one of another type alike.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Object<'a>(Vec<(Cow<'a, str>, Value<'a>)>);

/// Reads a document whose root is an object; `None` when it is not JSON or has another root.
pub(crate) fn object(bytes: &[u8]) -> Option<Object<'_>> {
    outline(bytes, DEPTH_MAX)
}

/// Reads a document as [`object`] does, but keeps only its first `levels`.
pub(crate) fn outline(bytes: &[u8], levels: usize) -> Option<Object<'_>> {
    match scan::document(bytes, levels)? {
        Value::Object(object) => Some(object),
        _ => None,
    }
}

impl<'a> Object<'a> {
    pub(crate) fn get(&self, key: &str) -> Option<&Value<'a>> {
        self.0.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The field's value, taken out.
    pub(crate) fn take(&mut self, key: &str) -> Option<Value<'a>> {
        let at = self.0.iter().rposition(|(name, _)| name == key)?;
        Some(self.0.swap_remove(at).1)
    }

    /// Whether the field is there and says something.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.get(key).is_some_and(|value| !value.is_nothing())
    }

    /// Writes the object as JSON, as it was read.
    pub(crate) fn write(&self, out: &mut String) {
        out.push('{');
        for (index, (name, value)) in self.0.iter().enumerate() {
            comma(index, out);
            out.push_str(&serde_json::Value::from(name.as_ref()).to_string());
            out.push(':');
            value.write(out);
        }
        out.push('}');
    }

    pub(crate) fn fields(&self) -> impl Iterator<Item = (&str, &Value<'a>)> {
        self.0.iter().map(|(name, value)| (name.as_ref(), value))
    }

    pub(crate) fn object(&self, key: &str) -> Option<&Object<'a>> {
        match self.get(key)? {
            Value::Object(object) => Some(object),
            _ => None,
        }
    }

    pub(crate) fn array(&self, key: &str) -> &[Value<'a>] {
        match self.get(key) {
            Some(Value::Array(items)) => items,
            _ => &[],
        }
    }

    pub(crate) fn objects(&self, key: &str) -> impl Iterator<Item = &Object<'a>> {
        self.array(key).iter().filter_map(Value::as_object)
    }

    pub(crate) fn integer(&self, key: &str) -> Option<i64> {
        self.get(key)?.as_integer()
    }

    pub(crate) fn float(&self, key: &str) -> Option<f64> {
        match self.get(key)? {
            Value::Number(digits) => digits.parse().ok().filter(|n: &f64| n.is_finite()),
            _ => None,
        }
    }

    pub(crate) fn flag(&self, key: &str) -> bool {
        self.get(key) == Some(&Value::Bool(true))
    }

    /// A string, its NUL characters and lone surrogates made U+FFFD, which keeps its length in UTF-16 units.
    pub(crate) fn text(&self, key: &str) -> Option<String> {
        self.get(key)?.as_text()
    }
}

impl<'a> Value<'a> {
    /// Writes the value as JSON, as it was read.
    pub(crate) fn write(&self, out: &mut String) {
        match self {
            Value::Null => out.push_str("null"),
            Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Value::Number(digits) => out.push_str(digits),
            Value::Text(raw) => quoted(raw, out),
            Value::Array(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    comma(index, out);
                    item.write(out);
                }
                out.push(']');
            }
            Value::Object(object) => object.write(out),
        }
    }

    pub(crate) fn as_object(&self) -> Option<&Object<'a>> {
        match self {
            Value::Object(object) => Some(object),
            _ => None,
        }
    }

    /// Null and false say nothing.
    pub(crate) fn is_nothing(&self) -> bool {
        matches!(self, Value::Null | Value::Bool(false))
    }

    pub(crate) fn as_integer(&self) -> Option<i64> {
        match self {
            Value::Number(digits) => digits.parse().ok(),
            _ => None,
        }
    }

    pub(crate) fn as_text(&self) -> Option<String> {
        match self {
            Value::Text(raw) => Some(text::unescape(raw)),
            _ => None,
        }
    }
}

fn comma(index: usize, out: &mut String) {
    if index > 0 {
        out.push(',');
    }
}

/// A string with its escapes still in place.
fn quoted(raw: &str, out: &mut String) {
    out.push('"');
    out.push_str(raw);
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn legal_json_is_read_however_strange() {
        let object = object(br#" {"a":1,"a":2,"b":"\ud800x\u0000","\u0063":[{"d":-1.5e3}],"e":99999999999999999999} "#);
        let object = object.unwrap();
        assert_eq!(object.integer("a"), Some(2));
        assert_eq!(object.text("b").unwrap(), "\u{fffd}x\u{fffd}");
        assert_eq!(object.objects("c").next().unwrap().float("d"), Some(-1500.0));
        assert_eq!(object.integer("e"), None);
        assert_eq!(object.text("e"), None);
    }

    #[test]
    fn what_is_not_json_is_refused() {
        let wrong: [&[u8]; 20] = [
            b"",
            b"{",
            b"}",
            b"[]",
            b"1",
            b"{\"a\"}",
            b"{\"a\":}",
            b"{\"a\":1,}",
            b"{\"a\":01}",
            b"{\"a\":1.}",
            b"{\"a\":+1}",
            b"{\"a\":\"\n\"}",
            b"{\"a\":\"\\x\"}",
            b"{\"a\":\"\\u12g4\"}",
            b"{\"a\":tru}",
            b"{} x",
            b"{\"a\":\"\xff\"}",
            b"{\"a\":[1 2]}",
            b"{\"a\":1e}",
            b"{a:1}",
        ];
        for bytes in wrong {
            assert!(object(bytes).is_none(), "{}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn depth_costs_no_stack() {
        let deep =
            |open: &str, close: &str| format!("{{\"a\":{}1{},\"b\":7}}", open.repeat(200_000), close.repeat(200_000));
        assert_eq!(object(deep("[", "]").as_bytes()).unwrap().integer("b"), Some(7));
        assert_eq!(object(deep("{\"x\":", "}").as_bytes()).unwrap().integer("b"), Some(7));
        assert!(object(deep("[", "}").as_bytes()).is_none());
    }
}
