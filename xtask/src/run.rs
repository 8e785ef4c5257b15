//! `cargo xtask run`, `bench` and `simulate`: build with the fast profile, then become the program.

use std::process::ExitCode;

use anyhow::Result;

use crate::postgres::{Cluster, Use};
use crate::program::{self, Program};
use crate::web;

pub fn demo(arguments: &[String]) -> Result<ExitCode> {
    if web::exists() {
        web::build()?;
    }
    Program::cargo().args(["build", "--profile", "fast", "--package", "jina-connect"]).run()?;
    let binary = program::target().join("fast").join("jina-connect");
    Err(Program::new(binary).arg("demo").args(arguments).become_it())
}

pub fn simulate(arguments: &[String]) -> Result<ExitCode> {
    let seeds = arguments.first().map_or("1000000", String::as_str);
    Program::cargo()
        .args(["test", "--profile", "fast", "--package", "engine", "--test", "simulation", "every_rule_holds"])
        .env("SIM_SEEDS", seeds)
        .hand_over()
}

pub fn bench(arguments: &[String]) -> Result<ExitCode> {
    let cluster = Cluster::start(Use::Measuring)?;
    // Some rows start the service as it is.
    Program::cargo().args(["build", "--profile", "fast", "--package", "bench", "--package", "jina-connect"]).run()?;
    Program::new(program::target().join("fast").join("bench"))
        .args(arguments)
        .env("TEST_DATABASE_URL", &cluster.url)
        .hand_over()
}
