//! The steps of `test` and `check`: each by name, run one after the other, all of them even when one failed.

mod checks;
mod code;
mod suite;
mod web;

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::report::{Counts, Report};
use crate::tidy;
use crate::workbench::Workbench;

/// Everything, in an order that finds the cheap faults first and builds the web app before the binary that embeds it.
pub const ALL: &[&str] = &[
    "fmt",
    "tidy",
    "web",
    "clippy",
    "tests",
    "doctests",
    "docs",
    "openapi",
    "readme",
    "mcp",
    "aiogram",
    "webhooks",
    "schemathesis",
    "e2e",
];
pub const QUICK: &[&str] = &["fmt", "tidy", "clippy", "tests", "doctests", "docs", "openapi"];

/// Runs the steps that `--only` names, or all of `steps`.
pub fn perform(steps: &[&'static str], arguments: &[String]) -> Result<ExitCode> {
    let chosen = chosen(steps, arguments)?;
    let bench = Workbench::default();
    let mut report = Report::default();
    for name in chosen {
        let started = Instant::now();
        let result = step(name, &bench);
        report.add(name, result, started.elapsed());
    }
    // Before the summary: taking the database away may print, and the summary is the last word.
    drop(bench);
    Ok(report.close())
}

fn step(name: &str, bench: &Workbench) -> Result<Counts> {
    match name {
        "fmt" => code::format(),
        "tidy" => tidy::step(),
        "clippy" => code::clippy(),
        "tests" => suite::unit_and_feature(bench),
        "doctests" => suite::documentation(bench),
        "docs" => code::documentation(),
        "openapi" => code::openapi(bench),
        "web" => web::check_and_build(),
        "e2e" => web::end_to_end(bench),
        "readme" => checks::readme(bench),
        "mcp" => checks::mcp(bench),
        "aiogram" => checks::aiogram(bench),
        "webhooks" => checks::webhooks(bench),
        "schemathesis" => checks::schemathesis(bench),
        unknown => bail!("there is no step `{unknown}`"),
    }
}

fn chosen(steps: &[&'static str], arguments: &[String]) -> Result<Vec<&'static str>> {
    let names = match arguments {
        [] => return Ok(steps.to_vec()),
        [flag, names] if flag == "--only" => names.as_str(),
        [argument] if argument.starts_with("--only=") => &argument["--only=".len()..],
        _ => bail!("takes only `--only STEP,…`, with steps from: {}", steps.join(", ")),
    };
    names.split(',').map(|name| known(steps, name.trim())).collect()
}

fn known(steps: &[&'static str], name: &str) -> Result<&'static str> {
    match steps.iter().find(|step| **step == name) {
        Some(step) => Ok(step),
        None => bail!("there is no step `{name}` here, only: {}", steps.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn without_arguments_every_step_runs() {
        assert_eq!(chosen(QUICK, &[]).unwrap(), QUICK);
    }

    #[test]
    fn only_names_steps_in_the_order_asked_for() {
        assert_eq!(chosen(ALL, &words("--only tests,fmt")).unwrap(), ["tests", "fmt"]);
        assert_eq!(chosen(ALL, &words("--only=tidy")).unwrap(), ["tidy"]);
    }

    #[test]
    fn an_unknown_step_is_refused_with_the_known_ones() {
        let error = chosen(QUICK, &words("--only lint")).unwrap_err().to_string();
        assert_eq!(error, "there is no step `lint` here, only: fmt, tidy, clippy, tests, doctests, docs, openapi");
    }

    #[test]
    fn the_quick_steps_are_steps_of_the_whole() {
        assert!(QUICK.iter().all(|step| ALL.contains(step)));
    }
}
