//! What passed and what failed, summed up in the one line that ends a run.

use std::process::ExitCode;
use std::time::Duration;

/// How many checks of a step passed and failed.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    pub passed: u64,
    pub failed: u64,
}

impl Counts {
    pub const ONE_PASSED: Self = Self { passed: 1, failed: 0 };
    pub const ONE_FAILED: Self = Self { passed: 0, failed: 1 };

    pub fn of(passed: bool) -> Self {
        if passed { Self::ONE_PASSED } else { Self::ONE_FAILED }
    }
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// The outcome of every step so far.
#[derive(Debug, Default)]
pub struct Report {
    total: Counts,
    lines: Vec<String>,
}

impl Report {
    pub fn add(&mut self, step: &str, result: anyhow::Result<Counts>, took: Duration) {
        let counts = result.as_ref().map_or(Counts::ONE_FAILED, |counts| *counts);
        let verdict = match &result {
            Err(error) => format!("FAILED  {error:#}"),
            Ok(Counts { passed, failed: 0 }) => format!("ok      {passed} passed"),
            Ok(Counts { passed, failed }) => format!("FAILED  {passed} passed, {failed} failed"),
        };
        self.total += counts;
        self.lines.push(format!("{step:<14} {:>6.1} s  {verdict}", took.as_secs_f64()));
        if counts.failed > 0 {
            eprintln!("step {step}: {verdict}");
        }
    }

    /// Prints the table of steps and, last, `N passed, N failed`.
    pub fn close(self) -> ExitCode {
        println!();
        for line in &self.lines {
            println!("{line}");
        }
        println!("{} passed, {} failed", self.total.passed, self.total.failed);
        if self.total.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}
