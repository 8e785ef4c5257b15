//! What is checked without running the product: format, lints, documentation, the committed OpenAPI document.

use anyhow::{Context, Result, bail};

use crate::openapi;
use crate::program::Program;
use crate::report::Counts;
use crate::workbench::Workbench;

pub fn format() -> Result<Counts> {
    Program::cargo().args(["fmt", "--all", "--check"]).run().map(|()| Counts::ONE_PASSED)
}

pub fn clippy() -> Result<Counts> {
    let clippy =
        Program::cargo().args(["clippy", "--workspace", "--all-targets", "--keep-going", "--", "-D", "warnings"]);
    clippy.run().map(|()| Counts::ONE_PASSED)
}

pub fn documentation() -> Result<Counts> {
    let docs = Program::cargo().args(["doc", "--workspace", "--no-deps", "--document-private-items", "--keep-going"]);
    docs.env("RUSTDOCFLAGS", "-D warnings").run().map(|()| Counts::ONE_PASSED)
}

/// The committed document is what the code says.
pub fn openapi(bench: &Workbench) -> Result<Counts> {
    let code = openapi::from_the_code(Program::new(bench.binary()?).arg("openapi"))?;
    let committed = std::fs::read_to_string(openapi::file()).context("openapi.json: run `cargo xtask openapi`")?;
    if code == committed {
        return Ok(Counts::ONE_PASSED);
    }
    let line = 1 + code.lines().zip(committed.lines()).take_while(|(code, committed)| code == committed).count();
    bail!("openapi.json:{line}: differs from the code; run `cargo xtask openapi` and look at the change");
}
