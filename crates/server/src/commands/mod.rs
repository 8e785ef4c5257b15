//! What each command does, one file per family. All of them work on the data folder directly, also while `serve` runs.

mod accounts;
mod bots;
mod database;
mod demo;
mod doctor;
mod look;
mod mcp;
mod sandbox;
mod send;

use app::App;
use clap_complete::generate;
use model::{Actor, Caller, Error, Id, Result, Role, Tenant};

use crate::{
    cli::{self, Cmd, TenantArg},
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
        Cmd::Completions { shell } => {
            generate(shell, &mut cli::command(), "jina-connect", &mut std::io::stdout());
            return Ok(());
        }
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
        Cmd::Send(arguments) => send::send(context, arguments).await,
        Cmd::Doctor => doctor::run(context).await,
        Cmd::Migrate => database::migrate(context),
        Cmd::Backup { file } => database::backup(context, &file).await,
        Cmd::Demo
        | Cmd::Sandbox { .. }
        | Cmd::Config
        | Cmd::Openapi
        | Cmd::Completions { .. }
        | Cmd::Restore { .. } => Ok(()),
    }
}

impl Context {
    /// Who acts: whoever has the data folder has every right in every tenant.
    pub async fn caller(&self, argument: &TenantArg) -> Result<Caller> {
        let tenant = self.tenant(argument).await?;
        Ok(Caller { tenant, actor: Actor::System, role: Role::Owner })
    }

    async fn tenant(&self, argument: &TenantArg) -> Result<Id<Tenant>> {
        let tenants = app::accounts::tenants(&self.app).await?;
        let Some(wanted) = &argument.tenant else {
            return match &tenants[..] {
                [only] => Ok(only.id),
                [] => Err(Error::invalid("There is no tenant yet. Make one: jina-connect tenant create --name Acme")),
                several => {
                    let names: Vec<_> = several.iter().map(|t| t.name.as_str()).collect();
                    Err(Error::invalid(format!("Say which tenant with --tenant: {}.", names.join(", "))))
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
