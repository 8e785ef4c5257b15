//! What each command does, one file per family. All of them work on the data folder directly, also while `serve` runs.

mod accounts;
mod bots;
mod broadcasts;
mod contacts;
mod database;
mod demo;
mod doctor;
mod keys;
mod look;
mod mcp;
mod numbers;
mod sandbox;
mod send;
mod watch;

use std::{io::Read, path::Path};

use app::App;
use model::{Actor, Caller, Error, Id, Origin, Result, Role, Tenant};

use crate::{
    cli::{Cmd, KeysCmd, TenantArg},
    open,
    output::{self, Output},
    serve,
    settings::{Resolved, Settings},
};

/// What a command works with: the installation, opened, and the way to print.
#[derive(Debug)]
pub struct Context {
    pub app: App,
    pub settings: Settings,
    pub output: Output,
}

/// Runs one command to its end.
pub async fn run(command: Cmd, resolved: Resolved, output: Output) -> Result<()> {
    match command {
        Cmd::Sandbox { listen } => return sandbox::run(listen, output).await,
        Cmd::Demo => return demo::run(resolved, output).await,
        Cmd::Config => return look::config(&resolved, output),
        Cmd::Openapi => return look::openapi(),
        Cmd::Completions { shell } => return look::completions(shell, output),
        Cmd::Doctor => return doctor::run(&resolved, output).await,
        _ => {}
    }
    let settings = Settings::read(&resolved).map_err(output::wrong_use)?;
    if let Cmd::Restore { file, force } = &command {
        return database::restore(&settings, file, *force, output);
    }
    let app = open::open(&settings).await?;
    let context = Context { app, settings, output };
    let done = with(&context, command).await;
    context.app.db.close().await;
    done
}

async fn with(context: &Context, command: Cmd) -> Result<()> {
    match command {
        Cmd::Serve => serve::run(context).await,
        Cmd::Mcp => mcp::run(context).await,
        Cmd::Tenant(command) => accounts::tenant(context, command).await,
        Cmd::User(command) => accounts::user(context, command).await,
        Cmd::Key(command) => accounts::key(context, command).await,
        Cmd::Bot(command) => bots::bot(context, command).await,
        Cmd::Number(command) => numbers::number(context, command).await,
        Cmd::Send(arguments) => send::send(context, arguments).await,
        Cmd::Broadcast(command) => broadcasts::broadcast(context, command).await,
        Cmd::Contacts(command) => contacts::contacts(context, command).await,
        Cmd::Keys(KeysCmd::Rotate) => keys::rotate(context).await,
        Cmd::Migrate => database::migrate(context),
        Cmd::Backup { file } => database::backup(context, &file).await,
        Cmd::Demo
        | Cmd::Sandbox { .. }
        | Cmd::Config
        | Cmd::Doctor
        | Cmd::Openapi
        | Cmd::Completions { .. }
        | Cmd::Restore { .. } => Ok(()),
    }
}

impl Context {
    /// Who acts: whoever has the data folder has every right in every tenant.
    pub async fn caller(&self, argument: &TenantArg) -> Result<Caller> {
        let tenant = self.tenant(argument).await?;
        Ok(Caller { tenant, actor: Actor::System, role: Role::Owner, origin: Origin::Internal })
    }

    async fn tenant(&self, argument: &TenantArg) -> Result<Id<Tenant>> {
        let tenants = app::accounts::tenants(&self.app).await?;
        let Some(wanted) = &argument.tenant else {
            return match &tenants[..] {
                [only] => Ok(only.id),
                [] => Err(Error::invalid("There is no tenant yet. Make one: jina-connect tenant create --name Acme")),
                several => {
                    let names: Vec<_> = several.iter().map(|t| t.name.as_str()).collect();
                    let words = format!("Say which tenant with --tenant: {}.", names.join(", "));
                    Err(output::wrong_use(Error::invalid(words)))
                }
            };
        };
        let found: Vec<_> = tenants.iter().filter(|t| t.name == *wanted || t.id.to_string() == *wanted).collect();
        match found[..] {
            [one] => Ok(one.id),
            [] => Err(Error::invalid(format!("There is no tenant \"{wanted}\"."))),
            _ => Err(Error::invalid(format!("Several tenants are called \"{wanted}\"; give the id."))),
        }
    }
}

/// Reads an id from the command line.
pub fn id<T>(text: &str) -> Result<Id<T>> {
    text.parse().map_err(|_| output::wrong_use(Error::invalid(format!("\"{text}\" is not an id."))))
}

/// A file's text, or standard input's for `-`, as long as it is no longer than `bytes_max`.
pub fn read_text(file: &Path, bytes_max: u64) -> Result<String> {
    let failed = |what: String| Error::invalid(format!("{} can't be read: {what}", file.display()));
    let source: Box<dyn Read> = if file == Path::new("-") {
        Box::new(std::io::stdin())
    } else {
        Box::new(std::fs::File::open(file).map_err(|e| failed(e.to_string()))?)
    };
    let mut text = String::new();
    source.take(bytes_max + 1).read_to_string(&mut text).map_err(|e| failed(e.to_string()))?;
    if text.len() as u64 > bytes_max {
        return Err(failed(format!("it is longer than {bytes_max} bytes")));
    }
    Ok(text)
}
