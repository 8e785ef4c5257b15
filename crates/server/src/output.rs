//! What commands print: sentences for people, or exactly one JSON document. Logs go to standard error.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use model::{Error, Result};
use serde_json::{Value, json};

/// The code of errors that end the process with status 2.
const WRONG_USE: &str = "wrong_use";
/// Wrong use of a command or a setting.
pub const WRONG_USE_STATUS: u8 = 2;

/// The code of failures that the command has told of already, in its document.
const TOLD: &str = "told_already";

/// How to print.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    pub json: bool,
}

impl Output {
    /// Prints a result: the document, or the lines that `lines` makes of it.
    pub fn done(self, document: &Value, lines: impl FnOnce() -> Vec<String>) -> Result<()> {
        if self.json { write(&document.to_string()) } else { lines().iter().try_for_each(|line| write(line)) }
    }

    /// Prints a list: the documents under `results`, or a line for each; `none` where there are none.
    pub fn list(self, rows: &[Value], line: impl Fn(&Value) -> String, none: &str) -> Result<()> {
        self.done(&json!({"results": rows}), || match rows {
            [] => vec![none.to_owned()],
            _ => rows.iter().map(line).collect(),
        })
    }

    /// Prints a result that is a failure too, such as a message that could not be sent: still one document.
    pub fn failed(self, document: &Value, lines: impl FnOnce() -> Vec<String>, why: impl Into<String>) -> Result<()> {
        self.done(document, lines)?;
        Err(Error::invalid(why).with_code(TOLD))
    }

    /// Prints why a command failed, and its exit status.
    pub fn failure(self, error: &Error) -> ExitCode {
        tracing::debug!(error = ?error, "The command failed.");
        if self.json && error.code() != TOLD {
            let document = json!({"code": error.code(), "detail": error.message(), "errors": error.field_errors()});
            // Nothing is left to be told when even this can't be printed.
            let _ = write(&document.to_string());
        }
        let context = error.context().map(|c| format!(" ({c})")).unwrap_or_default();
        let _ = writeln!(io::stderr(), "jina-connect: {error}{context}");
        ExitCode::from(if error.code() == WRONG_USE { WRONG_USE_STATUS } else { 1 })
    }
}

/// An error of whoever typed the command or wrote the settings.
pub fn wrong_use(error: Error) -> Error {
    error.with_code(WRONG_USE)
}

/// One line on standard output.
pub fn write(line: &str) -> Result<()> {
    writeln!(io::stdout(), "{line}").map_err(|e| Error::invalid(format!("Standard output can't be written to: {e}")))
}
