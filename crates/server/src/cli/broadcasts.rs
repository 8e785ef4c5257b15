//! `broadcast …` as it is typed.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use model::{Platform, Timestamp, broadcast::BroadcastStatus, content::MediaKind};

use super::TenantArg;

#[derive(Debug, Subcommand)]
pub enum BroadcastCmd {
    /// Send one text to many contacts: at once, at a time, or when somebody starts the draft
    Create(Box<CreateArgs>),
    /// List broadcasts, newest first
    List {
        #[command(flatten)]
        tenant: TenantArg,
        /// Only those in this state: DRAFT, SCHEDULED, QUEUED, SENDING, PAUSED, SENT, PARTIALLY_SENT, FAILED or CANCELLED
        #[arg(long)]
        status: Option<BroadcastStatus>,
        /// How many to show, at most 200
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=200))]
        limit: u32,
    },
    /// Look on until a broadcast has ended; Ctrl-C ends the looking only
    Watch(OneArgs),
    /// Hold a broadcast back; what is under way arrives
    Pause(OneArgs),
    /// Go on with a paused broadcast
    Resume(OneArgs),
    /// End a broadcast for good: whoever has not got it will not get it
    Cancel(OneArgs),
}

/// Which broadcast a command is for.
#[derive(Debug, Args)]
pub struct OneArgs {
    #[command(flatten)]
    pub tenant: TenantArg,
    /// The broadcast's id, as "broadcast create" and "broadcast list" print it
    pub id: String,
}

#[derive(Debug, Args)]
pub struct CreateArgs {
    #[command(flatten)]
    pub tenant: TenantArg,
    /// For people to find it by
    #[arg(long)]
    pub name: String,
    /// To everybody who is known
    #[arg(long)]
    pub all: bool,
    /// To contacts with this tag; may be repeated
    #[arg(long, value_name = "TAG")]
    pub tag: Vec<String>,
    /// To this contact, by id; may be repeated
    #[arg(long, value_name = "ID")]
    pub to: Vec<String>,
    /// To the contacts whose ids this file lists, one a line; "-" reads standard input
    #[arg(long, value_name = "FILE")]
    pub recipients: Option<PathBuf>,
    /// Not to contacts with this tag; may be repeated
    #[arg(long, value_name = "TAG")]
    pub exclude_tag: Vec<String>,
    /// TELEGRAM or WHATSAPP
    #[arg(long, default_value = "TELEGRAM")]
    pub platform: Platform,
    /// The approved template that says it, in place of the text
    #[arg(long, value_name = "NAME", requires = "language", conflicts_with = "text")]
    pub template: Option<String>,
    /// The template's language, for example en_US
    #[arg(long, requires = "template")]
    pub language: Option<String>,
    /// What stands in the template's {{1}}, {{2}} …, in their order, with variables such as {{first_name}}; may be repeated
    #[arg(long, value_name = "TEXT", requires = "template")]
    pub variable: Vec<String>,
    /// The bot or number that sends; else each contact gets it from the one that they last wrote to
    #[arg(long)]
    pub bot: Option<String>,
    /// HTML, MarkdownV2 or Markdown
    #[arg(long)]
    pub parse_mode: Option<String>,
    /// The address of a picture or file that goes with the text
    #[arg(long, requires = "media_type")]
    pub media_url: Option<String>,
    /// photo, video, animation, audio, voice or document
    #[arg(long, requires = "media_url")]
    pub media_type: Option<MediaKind>,
    /// When to start, for example 2026-12-24T18:00:00Z
    #[arg(long, value_name = "TIME")]
    pub at: Option<Timestamp>,
    /// Keep it back until somebody starts it
    #[arg(long)]
    pub draft: bool,
    /// Say who would get it and how long it would take, and send nothing
    #[arg(long, conflicts_with = "watch")]
    pub dry_run: bool,
    /// Look on until it has ended
    #[arg(long, conflicts_with = "draft")]
    pub watch: bool,
    /// The text, with variables such as {{first_name}} or {{first_name|default:"there"}}
    #[arg(required_unless_present = "template")]
    pub text: Option<String>,
}
