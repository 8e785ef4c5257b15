//! `cargo xtask bench`: how fast the house is, as ratios to bare references that are measured in the same run.
//!
//! Absolute figures depend on the machine, and on whatever else it does; ratios hardly do. Both sides of a ratio take
//! turns, so that a busy moment meets both. Nothing here is a test: a missed target is printed, and fails nothing.
#![expect(clippy::print_stdout, reason = "it is a program that prints measurements")]

mod broadcast;
mod client;
mod database;
mod delivery;
mod house;
mod idle;
mod inbound;
mod lists;
mod load;
mod machine;
mod nodes;
mod process;
mod reference;
mod seed;
mod table;
mod webhook;
mod whatsapp;

use std::time::Duration;

use anyhow::{Context, Result};
use clap::{Parser, ValueEnum};

use database::{Database, Kind};
use seed::Amount;
use table::Row;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures the house against bare references, and prints a table.
#[derive(Debug, Parser)]
struct Arguments {
    /// Only these rows; all, when none is named.
    #[arg(value_enum)]
    rows: Vec<Name>,
    /// Shorter runs, for a first look.
    #[arg(long)]
    quick: bool,
    /// Only on this database.
    #[arg(long, value_enum)]
    database: Option<Kind>,
    /// Recipients of the broadcast.
    #[arg(long)]
    recipients: Option<i64>,
    /// People in the lists.
    #[arg(long)]
    contacts: Option<i64>,
    /// Messages in the lists.
    #[arg(long)]
    messages: Option<i64>,
    /// Bots with nothing to do.
    #[arg(long)]
    bots: Option<i64>,
}

/// What can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Name {
    Webhook,
    Inbound,
    Delivery,
    Broadcast,
    Idle,
    Bots,
    Lists,
    Nodes,
    WhatsappWebhook,
    WhatsappDelivery,
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
    /// Of a broadcast.
    recipients: i64,
    /// With nothing to do.
    bots: i64,
    /// In lists.
    amount: Amount,
}

impl Size {
    const FULL: Self = Self {
        turns: 4,
        turn: Duration::from_secs(2),
        updates: 30_000,
        messages: 40_000,
        recipients: 1_000_000,
        bots: 100_000,
        amount: Amount { contacts: 100_000, messages: 1_000_000 },
    };
    const QUICK: Self = Self {
        turns: 2,
        turn: Duration::from_secs(1),
        updates: 5_000,
        messages: 10_000,
        recipients: 50_000,
        bots: 10_000,
        amount: Amount { contacts: 5_000, messages: 50_000 },
    };

    fn of(arguments: &Arguments) -> Self {
        let size = if arguments.quick { Self::QUICK } else { Self::FULL };
        let contacts = arguments.contacts.unwrap_or(size.amount.contacts).max(1);
        // Everybody wrote as often as the others.
        let each = (arguments.messages.unwrap_or(size.amount.messages) / contacts).max(1);
        Self {
            recipients: arguments.recipients.unwrap_or(size.recipients),
            bots: arguments.bots.unwrap_or(size.bots),
            amount: Amount { contacts, messages: contacts * each },
            ..size
        }
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let size = Size::of(&arguments);
    let mut rows = Vec::new();
    for kind in kinds(arguments.database) {
        for name in Name::value_variants().iter().filter(|n| arguments.rows.is_empty() || arguments.rows.contains(n)) {
            println!("measuring {name:?} on {} …", kind.name());
            rows.extend(measure(*name, kind, size).await.with_context(|| format!("{name:?} on {}", kind.name()))?);
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
        Name::Broadcast => broadcast::measure(&database, size).await,
        Name::Idle => idle::measure(&database, size).await,
        Name::Bots => idle::measure_bots(&database, size).await,
        Name::Lists => lists::measure(&database, size).await,
        Name::Nodes => nodes::measure(&database, size).await,
        Name::WhatsappWebhook => whatsapp::measure_webhook(&database, size).await,
        Name::WhatsappDelivery => whatsapp::measure_delivery(&database, size).await,
    };
    // Also after a failure: what was made is removed.
    database.remove().await?;
    rows
}
