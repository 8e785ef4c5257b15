//! The Rust tests, on both databases, counted from what their runner prints at its end.

use anyhow::{Result, bail};

use crate::install::{Need, found_or_installed};
use crate::program::Program;
use crate::report::Counts;
use crate::workbench::Workbench;

/// Moves a process's clock, for the test of what the next day brings.
const FAKETIME: Need = Need { what: "libfaketime", packages: &["faketime"] };

/// Where Debian puts it, on every architecture.
fn faketime() -> Option<String> {
    let folders = std::fs::read_dir("/usr/lib").ok()?.flatten();
    let mut found =
        folders.map(|folder| folder.path().join("faketime/libfaketimeMT.so.1")).filter(|path| path.exists());
    found.next().map(|path| path.to_string_lossy().into_owned())
}

/// By cargo-nextest where it is installed, else by `cargo test`.
pub fn unit_and_feature(bench: &Workbench) -> Result<Counts> {
    let environment = bench.test_environment()?;
    let faketime = found_or_installed(&FAKETIME, faketime)?;
    let runner = if Program::cargo().args(["nextest", "--version"]).works() {
        let failures_only = ["--status-level", "fail", "--final-status-level", "slow"];
        Program::cargo().args(["nextest", "run", "--workspace", "--no-fail-fast"]).args(failures_only)
    } else {
        Program::cargo().args(["test", "--workspace", "--lib", "--bins", "--tests", "--no-fail-fast"])
    };
    counted(runner.envs(&environment).env("FAKETIME_LIBRARY", &faketime))
}

/// The examples in the documentation, which nextest leaves out.
pub fn documentation(bench: &Workbench) -> Result<Counts> {
    let environment = bench.test_environment()?;
    counted(Program::cargo().args(["test", "--workspace", "--doc", "--no-fail-fast"]).envs(&environment))
}

fn counted(runner: Program) -> Result<Counts> {
    let mut counts = Counts::default();
    let good = runner.watch(|line| counts += counts_of(line))?;
    if !good && counts.failed == 0 {
        bail!("the tests did not build or did not end; see above");
    }
    Ok(counts)
}

/// What a closing line of nextest (`Summary [ 1.2s] 3 tests run: 2 passed (1 slow), 1 failed`) or of cargo test
/// (`test result: ok. 2 passed; 0 failed; …`) says. Any other line says nothing.
fn counts_of(line: &str) -> Counts {
    let line = without_colours(line);
    let trimmed = line.trim_start();
    // nextest shows what a failed test printed, indented, and that ends with a `test result:` of its own.
    if !trimmed.starts_with("Summary [") && !line.starts_with("test result:") {
        return Counts::default();
    }
    let failed = ["failed", "timed", "exec"].iter().map(|word| number_before(trimmed, word)).sum();
    Counts { passed: number_before(trimmed, "passed"), failed }
}

fn number_before(line: &str, word: &str) -> u64 {
    let words: Vec<&str> = line.split([' ', ',', ';']).filter(|word| !word.is_empty()).collect();
    words.windows(2).find(|pair| pair[1] == word).and_then(|pair| pair[0].parse().ok()).unwrap_or(0)
}

fn without_colours(line: &str) -> String {
    let mut parts = line.split('\u{1b}');
    let start = parts.next().unwrap_or_default().to_owned();
    parts.fold(start, |text, part| text + part.split_once('m').map_or("", |(_, rest)| rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_are_counted() {
        let table = [
            ("     Summary [   0.005s] 12 tests run: 12 passed, 0 skipped", 12, 0),
            ("     Summary [  61.2s] 9 tests run: 7 passed (1 slow), 2 failed, 3 skipped", 7, 2),
            ("     Summary [  61.2s] 9 tests run: 6 passed, 2 failed, 1 timed out, 3 skipped", 6, 3),
            (
                "\u{1b}[32;1m     Summary\u{1b}[0m [   0.1s] \u{1b}[1m3\u{1b}[0m tests run: \u{1b}[1m3\u{1b}[0m passed",
                3,
                0,
            ),
            ("test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out", 3, 0),
            ("test result: FAILED. 3 passed; 2 failed; 0 ignored", 3, 2),
        ];
        for (line, passed, failed) in table {
            assert_eq!(counts_of(line), Counts { passed, failed }, "{line}");
        }
    }

    #[test]
    fn other_lines_say_nothing() {
        for line in
            ["", "12 passed", "    test result: FAILED. 0 passed; 1 failed", "test a_summary ... ok", "running 3 tests"]
        {
            assert_eq!(counts_of(line), Counts::default(), "{line}");
        }
    }
}
