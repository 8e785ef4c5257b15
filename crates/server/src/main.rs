//! The binary `jina-connect`: settings, wiring, lifecycle, command line.

mod cli;
mod commands;
mod engine_room;
mod feeder;
mod health;
mod node;
mod open;
mod output;
mod real;
mod secrets;
mod serve;
mod settings;
mod telemetry;

use std::process::ExitCode;

use output::Output;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let (cli, flags) = match cli::parse() {
        Ok(parsed) => parsed,
        Err(status) => return status,
    };
    let output = Output { json: cli.json };
    match run(cli, &flags, output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => output.failure(&error),
    }
}

fn run(cli: cli::Cli, flags: &clap::ArgMatches, output: Output) -> model::Result<()> {
    // What is not UTF-8 is malformed, not absent: each setting then says so.
    let environment = |name: &str| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned());
    let resolved = settings::resolve(flags, environment, cli.config.as_deref()).map_err(output::wrong_use)?;
    let exporter = telemetry::start(&resolved).map_err(output::wrong_use)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|e| model::Error::internal("the async runtime could not be started").with_source(e))?;
    runtime.block_on(telemetry::beside(exporter, commands::run(cli.command, resolved, output)))
}
