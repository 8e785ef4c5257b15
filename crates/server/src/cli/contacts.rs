//! `contacts …` as it is typed.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use model::contact::import::{Encoding, MatchBy, Policy};

use super::TenantArg;

#[derive(Debug, Subcommand)]
pub enum ContactsCmd {
    /// Read contacts from a CSV file with a header line
    Import(ImportArgs),
    /// Write contacts as CSV, newest first
    Export {
        #[command(flatten)]
        tenant: TenantArg,
        /// Write to this file instead of standard output
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
        /// Only contacts with this tag
        #[arg(long)]
        tag: Option<String>,
        /// Only contacts in whom this is found: a part of a name, phone number, address or username
        #[arg(long)]
        search: Option<String>,
        /// Columns of the CSV, with commas between; attributes as custom.NAME
        #[arg(long, value_name = "NAMES")]
        columns: Option<String>,
    },
}

#[derive(Debug, Args)]
pub struct ImportArgs {
    #[command(flatten)]
    pub tenant: TenantArg,
    /// What a column means: HEADER=FIELD, HEADER=custom.NAME, or HEADER= to leave it out; may be repeated
    #[arg(long, value_name = "HEADER=FIELD", value_parser = mapping)]
    pub map: Vec<(String, Option<String>)>,
    /// The character between cells, or "tab"; guessed when left out
    #[arg(long, value_parser = separator)]
    pub separator: Option<char>,
    /// How the file is written: utf-8, utf-16, windows-1252 or us-ascii; guessed when left out
    #[arg(long)]
    pub encoding: Option<Encoding>,
    /// What alone decides whether a row means a contact that is there: id, telegram_chat_id, telegram_username, phone or email
    #[arg(long, value_name = "FIELD")]
    pub match_by: Option<MatchBy>,
    /// What becomes of contacts that are there already
    #[arg(long, default_value = "update")]
    pub policy: Policy,
    /// A tag for every contact of the file; may be repeated
    #[arg(long)]
    pub tag: Vec<String>,
    /// Count what would happen, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Write the refused rows to this file, each with its number and the reason
    #[arg(long, value_name = "FILE")]
    pub refused: Option<PathBuf>,
    /// The file; "-" reads standard input
    pub file: PathBuf,
}

fn mapping(text: &str) -> Result<(String, Option<String>), String> {
    let (header, field) = text.split_once('=').ok_or("write HEADER=FIELD")?;
    let field = Some(field.trim()).filter(|field| !field.is_empty());
    Ok((header.trim().to_owned(), field.map(str::to_owned)))
}

fn separator(text: &str) -> Result<char, String> {
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(one), None) => Ok(one),
        _ if text == "tab" || text == "\\t" => Ok('\t'),
        _ => Err("write one character, or tab".into()),
    }
}
