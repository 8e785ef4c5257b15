//! The command line as clap sees it. What commands do stands in `commands`.

mod broadcasts;
mod contacts;
mod wrong;

use std::{net::SocketAddr, path::PathBuf, process::ExitCode};

pub use broadcasts::{BroadcastCmd, CreateArgs, OneArgs};
use clap::{Arg, Args, Command, CommandFactory, FromArgMatches, Parser, Subcommand};
use clap_complete::Shell;
pub use contacts::{ContactsCmd, ImportArgs};

use crate::settings::{SETTINGS, Setting};

/// Version and commit, as `--version` and `GET /version/` tell them.
pub const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), " (", env!("JINA_COMMIT"), ")");

#[derive(Debug, Parser)]
#[command(name = "jina-connect", version = VERSION, about = "Self-hosted messaging for many tenants over Telegram bots")]
pub struct Cli {
    /// A TOML file with settings, by their names
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Print exactly one JSON document on standard output
    #[arg(long, global = true)]
    pub json: bool,
    #[command(subcommand)]
    pub command: Cmd,
}

#[derive(Debug, Subcommand)]
pub enum Cmd {
    /// Run the server
    Serve,
    /// Try everything at one address: throw-away data, a sandbox in Telegram's place, a sample tenant
    Demo,
    /// Run a Bot API server for trying and testing without Telegram
    Sandbox {
        /// Address to listen on
        #[arg(long, default_value = "127.0.0.1:8081", value_name = "ADDR")]
        listen: SocketAddr,
    },
    /// Serve MCP tools over standard input and output to the client that starts this, by the key in JINA_API_KEY
    Mcp,
    /// Make and list tenants
    #[command(subcommand)]
    Tenant(TenantCmd),
    /// Make and list people who sign in
    #[command(subcommand)]
    User(UserCmd),
    /// Make, list and revoke API keys
    #[command(subcommand)]
    Key(KeyCmd),
    /// Add, list, check and remove bots
    #[command(subcommand)]
    Bot(BotCmd),
    /// Add, list, check and remove WhatsApp numbers
    #[command(subcommand)]
    Number(NumberCmd),
    /// Send one message and wait for what becomes of it
    Send(SendArgs),
    /// Make, watch and steer broadcasts
    #[command(subcommand)]
    Broadcast(BroadcastCmd),
    /// Read and write contacts as CSV
    #[command(subcommand)]
    Contacts(ContactsCmd),
    /// Bring the database's schema up to date
    Migrate,
    /// Write a consistent copy of the database while the server runs
    Backup {
        /// The file to make
        file: PathBuf,
    },
    /// Put a backup in the database's place; the server must not run
    Restore {
        /// The backup to read
        file: PathBuf,
        /// Replace the database that is there
        #[arg(long)]
        force: bool,
    },
    /// Care for the keys that encrypt secrets
    #[command(subcommand)]
    Keys(KeysCmd),
    /// Show the settings in force, secrets masked
    Config,
    /// Check database, keys, Bot API and webhooks, and say what to do
    Doctor,
    /// Print the OpenAPI description
    Openapi,
    /// Print completions for a shell
    Completions { shell: Shell },
}

#[derive(Debug, Subcommand)]
pub enum TenantCmd {
    /// Make a tenant and an OWNER API key for it
    Create {
        #[arg(long)]
        name: String,
    },
    /// List all tenants
    List,
}

/// Which tenant a command is for.
#[derive(Debug, Args)]
pub struct TenantArg {
    /// The tenant's id or name; not needed when there is only one
    #[arg(long)]
    pub tenant: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum UserCmd {
    /// Make a person, who becomes a member of the tenant
    Create {
        #[command(flatten)]
        tenant: TenantArg,
        #[arg(long)]
        email: String,
        #[arg(long, default_value = "")]
        name: String,
        /// OWNER, ADMIN, MANAGER, AGENT or VIEWER
        #[arg(long, default_value = "AGENT")]
        role: model::Role,
    },
    /// List a tenant's members
    List {
        #[command(flatten)]
        tenant: TenantArg,
    },
    /// Set a new password, which is read from standard input
    Passwd {
        #[arg(long)]
        email: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum KeyCmd {
    /// Make an API key; it is shown once
    Create {
        #[command(flatten)]
        tenant: TenantArg,
        #[arg(long)]
        name: String,
        /// OWNER, ADMIN, MANAGER, AGENT or VIEWER
        #[arg(long, default_value = "ADMIN")]
        role: model::Role,
        /// For an agent: this tool of MCP alone; may be repeated. Such a key opens /mcp and nothing else
        #[arg(long = "tool", value_name = "NAME")]
        tools: Vec<String>,
        /// For an agent: this bot alone, by its id; may be repeated
        #[arg(long = "bot", value_name = "ID")]
        bots: Vec<String>,
        /// For an agent: this chat at Telegram alone; may be repeated
        #[arg(long = "chat", value_name = "ID", allow_negative_numbers = true)]
        chats: Vec<i64>,
    },
    /// List a tenant's API keys
    List {
        #[command(flatten)]
        tenant: TenantArg,
    },
    /// Revoke an API key
    Revoke {
        #[command(flatten)]
        tenant: TenantArg,
        id: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum KeysCmd {
    /// Encrypt every secret anew with the first key of FIELD_ENCRYPTION_KEY; may be repeated, and runs beside the server
    Rotate,
}

#[derive(Debug, Subcommand)]
pub enum BotCmd {
    /// Register a bot; its token is read from --token or standard input
    Add {
        #[command(flatten)]
        tenant: TenantArg,
        #[arg(long)]
        token: Option<String>,
        #[arg(long)]
        name: Option<String>,
        #[arg(long)]
        daily_limit: Option<i64>,
    },
    /// List a tenant's bots
    List {
        #[command(flatten)]
        tenant: TenantArg,
    },
    /// Ask Telegram about a bot and its webhook
    Check {
        #[command(flatten)]
        tenant: TenantArg,
        id: String,
    },
    /// Remove a bot
    Remove {
        #[command(flatten)]
        tenant: TenantArg,
        id: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum NumberCmd {
    /// Register a number; its access token is read from --token or standard input
    Add {
        #[command(flatten)]
        tenant: TenantArg,
        /// Meta's id of the number
        #[arg(long)]
        phone_number_id: String,
        /// Meta's id of the WhatsApp Business account
        #[arg(long)]
        waba_id: String,
        #[arg(long)]
        token: Option<String>,
        /// The secret of the Meta application
        #[arg(long)]
        app_secret: String,
        #[arg(long)]
        name: Option<String>,
        #[arg(long)]
        daily_limit: Option<i64>,
    },
    /// List a tenant's numbers
    List {
        #[command(flatten)]
        tenant: TenantArg,
    },
    /// Ask Meta about a number
    Check {
        #[command(flatten)]
        tenant: TenantArg,
        id: String,
    },
    /// Remove a number
    Remove {
        #[command(flatten)]
        tenant: TenantArg,
        id: String,
    },
}

#[derive(Debug, Args)]
pub struct SendArgs {
    #[command(flatten)]
    pub tenant: TenantArg,
    /// Contact id, @username, +phone, or Telegram chat id
    #[arg(long, allow_hyphen_values = true)]
    pub to: String,
    /// The bot that sends; not needed when it is clear
    #[arg(long)]
    pub bot: Option<String>,
    /// HTML, MarkdownV2 or Markdown
    #[arg(long)]
    pub parse_mode: Option<String>,
    /// Seconds to wait for the outcome
    #[arg(long, default_value_t = 10)]
    pub wait: u32,
    pub text: String,
}

/// The whole command, with a flag for every setting.
pub fn command() -> Command {
    let everywhere = SETTINGS.iter().filter(|setting| !matches!(setting.name, "RUST_LOG" | ROLE));
    let of_serve = SETTINGS.iter().filter(|setting| setting.name == ROLE);
    let command = Cli::command().args(everywhere.map(|setting| flag(setting).global(true)));
    command.mut_subcommand("serve", |serve| serve.args(of_serve.map(flag)))
}

/// A flag of `serve` only: elsewhere `--role` is what a person or a key may do.
const ROLE: &str = "ROLE";

fn flag(setting: &Setting) -> Arg {
    Arg::new(setting.name)
        .long(setting.flag())
        .value_name("VALUE")
        .help(setting.help)
        .help_heading("Settings")
        .hide_short_help(true)
}

/// Reads the process's arguments. Help goes to standard output; wrong use is said in one line and ends the process with
/// status 2.
pub fn parse() -> Result<(Cli, clap::ArgMatches), ExitCode> {
    let read = command().try_get_matches().and_then(|matches| Ok((Cli::from_arg_matches(&matches)?, matches)));
    read.map_err(|error| wrong::say(&error))
}
