//! The project's chores: `cargo xtask run|test|check|tidy|bench|simulate|pg|openapi`.
//!
//! Each chore installs or starts what it needs, or says in one line what is missing. This crate knows programs and
//! files; it must not know any crate of the product.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "talking to a person in a terminal is its whole job")]

mod install;
mod openapi;
mod postgres;
mod program;
mod python;
mod report;
mod run;
mod steps;
mod tidy;
mod web;
mod workbench;

use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "\
cargo xtask COMMAND

  run [ARG…]            build the web app and the binary, start the demo
  test [--only A,B]     everything that continuous integration runs, on both databases
  check [--only A,B]    the quick part of it
  tidy                  the rules of the house that a program can check
  bench [ARG…]          the benchmarks, against bare references in the same run
  simulate [SEEDS]      the delivery engine through so many seeds of trouble, a million unless told
  pg [COMMAND…]         a private PostgreSQL: for COMMAND (as TEST_DATABASE_URL), or until Ctrl-C
  openapi               write openapi.json anew from the code";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next().unwrap_or_default();
    match perform(&command, &arguments.collect::<Vec<_>>()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("xtask {command}: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn perform(command: &str, arguments: &[String]) -> Result<ExitCode> {
    match command {
        "run" => run::demo(arguments),
        "test" => steps::perform(steps::ALL, arguments),
        "check" => steps::perform(steps::QUICK, arguments),
        "tidy" => steps::perform(&["tidy"], arguments),
        "bench" => run::bench(arguments),
        "simulate" => run::simulate(arguments),
        "pg" => postgres::command(arguments),
        "openapi" => openapi::write().map(|()| ExitCode::SUCCESS),
        "" | "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(ExitCode::SUCCESS)
        }
        unknown => bail!("there is no command `{unknown}`\n\n{USAGE}"),
    }
}
