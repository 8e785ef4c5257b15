//! Results as agents read them: structured when all is well, else sentences that say what to do.

use model::{Error, Result};
use rmcp::model::{CallToolResult, ContentBlock};
use serde_json::Value;

/// A result, or a tool error. The latter has no structured part, which would have to fit the tool's output schema.
pub(crate) fn of(done: Result<Value>) -> CallToolResult {
    match done {
        Ok(value) => CallToolResult::structured(value),
        Err(error) => CallToolResult::error(vec![ContentBlock::text(words(&error))]),
    }
}

fn words(error: &Error) -> String {
    let mut lines = vec![error.message().to_owned()];
    let fields = error.field_errors().iter();
    lines.extend(fields.map(|(name, sentences)| format!("- {name}: {}", sentences.join(" "))));
    if let Some(ms) = error.retry_after_ms() {
        // Rounded up: who comes back a moment too early is refused again.
        lines.push(format!("Try again in {} seconds.", (ms.max(1) + 999) / 1_000));
    }
    lines.push(format!("(code: {})", error.code()));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_says_what_is_wrong_where_and_when_to_come_again() {
        let error = Error::field("to", "No contact has the username @ada.").with_retry_after(1_001);
        let said = "Some fields are invalid.\n- to: No contact has the username @ada.\nTry again in 2 seconds.\n(code: invalid_input)";
        assert_eq!(words(&error), said);
        let result = of(Err(error));
        assert_eq!((result.is_error, result.structured_content), (Some(true), None));
    }
}
