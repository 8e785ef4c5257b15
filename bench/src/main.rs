//! `cargo xtask bench`: how fast the house is, as ratios to bare references that are measured in the same run.
//!
//! Absolute figures depend on the machine, and on whatever else it does; ratios hardly do. Both sides of a ratio take
//! turns, so that a busy moment meets both. Nothing here is a test: a missed target is printed, and fails nothing.
#![expect(clippy::print_stdout, reason = "it is a program that prints measurements")]

mod database;
mod delivery;
mod house;
mod inbound;
mod load;
mod machine;
mod reference;
mod table;
mod webhook;

use std::time::Duration;

use anyhow::Result;
use clap::{Parser, ValueEnum};

use database::{Database, Kind};
use table::Row;

/// Measures the house against bare references, and prints a table.
#[derive(Debug, Parser)]
struct Arguments {
    /// Shorter runs, for a first look.
    #[arg(long)]
    quick: bool,
    /// Only these.
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Name>,
    /// Only on this database.
    #[arg(long, value_enum)]
    database: Option<Kind>,
}

/// What can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Name {
    Webhook,
    Inbound,
    Delivery,
}

/// How long and how much is measured.
#[derive(Debug, Clone, Copy)]
struct Size {
    /// How often the two sides of a ratio take turns.
    turns: u32,
    /// One side's turn.
    turn: Duration,
    /// Updates that wait to be processed.
    updates: usize,
    /// Messages that wait to be delivered.
    messages: usize,
}

impl Size {
    const FULL: Self = Self { turns: 4, turn: Duration::from_secs(2), updates: 30_000, messages: 30_000 };
    const QUICK: Self = Self { turns: 2, turn: Duration::from_secs(1), updates: 5_000, messages: 5_000 };
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let size = if arguments.quick { Size::QUICK } else { Size::FULL };
    let mut rows = Vec::new();
    for kind in kinds(arguments.database) {
        for name in Name::value_variants().iter().filter(|n| arguments.only.is_empty() || arguments.only.contains(n)) {
            println!("measuring {name:?} on {kind:?} …");
            rows.extend(measure(*name, kind, size).await?);
        }
    }
    let before = table::last()?;
    println!("\n{}", table::render(&rows, &before));
    table::save(&rows, before)
}

fn kinds(only: Option<Kind>) -> Vec<Kind> {
    let is_there = |kind: &Kind| match (kind, database::cluster()) {
        (Kind::Postgres, None) => {
            println!("PostgreSQL is left out: TEST_DATABASE_URL is not set; `cargo xtask bench` sets it");
            false
        }
        _ => true,
    };
    Kind::value_variants().iter().copied().filter(|k| only.is_none_or(|o| o == *k)).filter(is_there).collect()
}

async fn measure(name: Name, kind: Kind, size: Size) -> Result<Vec<Row>> {
    let database = Database::create(kind).await?;
    let rows = match name {
        Name::Webhook => webhook::measure(&database, size).await,
        Name::Inbound => inbound::measure(&database, size).await,
        Name::Delivery => delivery::measure(&database, size).await,
    };
    // Also after a failure: what was made is removed.
    database.remove().await?;
    rows
}
