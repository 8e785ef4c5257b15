//! `openapi.json`: what the binary says about its API, committed so that a change of the API is seen in review.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::program::{self, Program};

pub fn file() -> PathBuf {
    program::root().join("openapi.json")
}

pub fn write() -> Result<()> {
    let document =
        from_the_code(Program::cargo().args(["run", "--quiet", "--package", "jina-connect", "--", "openapi"]))?;
    std::fs::write(file(), document).context("can't write openapi.json")
}

/// The document as that program prints it.
pub fn from_the_code(program: Program) -> Result<String> {
    let printed = program.capture()?;
    Ok(format!("{}\n", printed.trim_end()))
}
