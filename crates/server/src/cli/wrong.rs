//! Wrong use of the command line, said in one line.

use std::process::ExitCode;

use clap::error::ErrorKind;
use model::Error;

use crate::output::{self, Output};

/// Prints what clap has to say: help as it is, a complaint as one line (and as a document for those who want JSON).
pub fn say(error: &clap::Error) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            // Nobody reads it any more when it can't be printed.
            let _ = error.print();
            ExitCode::SUCCESS
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let _ = error.print();
            ExitCode::from(output::WRONG_USE_STATUS)
        }
        _ => {
            let is_json = std::env::args_os().any(|argument| argument == "--json");
            let words = one_line(&error.render().to_string());
            Output { json: is_json }.failure(&output::wrong_use(Error::invalid(words)))
        }
    }
}

/// The complaint and the tips of a text of several paragraphs, without the usage, which `--help` tells better.
fn one_line(text: &str) -> String {
    let text = text.trim().trim_start_matches("error: ");
    let told =
        text.lines().map(str::trim).take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more"));
    let told: Vec<&str> = told.filter(|line| !line.is_empty()).collect();
    format!("{} (see --help)", told.join("; ").replace(":; ", ": "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(arguments: &[&str]) -> String {
        let error = crate::cli::command().try_get_matches_from([&["jina-connect"], arguments].concat()).unwrap_err();
        one_line(&error.render().to_string())
    }

    #[test]
    fn a_complaint_is_one_line_that_names_what_is_wrong() {
        let table: [(&[&str], &str); 4] = [
            (
                &["serve", "--listen-adr", "x"],
                "unexpected argument '--listen-adr' found; tip: a similar argument exists: '--listen-addr' (see --help)",
            ),
            (&["tenant", "create"], "the following required arguments were not provided: --name <NAME> (see --help)"),
            (&["docter"], "unrecognized subcommand 'docter'; tip: a similar subcommand exists: 'doctor' (see --help)"),
            (
                &["broadcast", "list", "--limit", "many"],
                "invalid value 'many' for '--limit <LIMIT>': invalid digit found in string (see --help)",
            ),
        ];
        for (arguments, words) in table {
            assert_eq!(said(arguments), words);
        }
    }
}
