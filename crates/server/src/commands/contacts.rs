//! `contacts`: reading them from CSV files, and writing them out.

use std::{
    io::{self, Write},
    path::Path,
    pin::pin,
};

use app::contacts::{
    self as use_case, Columns,
    import::{self, Importer, Upload, Wish},
};
use futures::StreamExt;
use model::{
    Error, Id, Permission, Result, Scope,
    contact::import::{Import, ImportStatus},
};
use serde_json::{Value, json};
use store::contacts::Filter;
use tokio::io::AsyncRead;
use tokio_util::io::ReaderStream;

use super::Context;
use crate::cli::{ContactsCmd, ImportArgs};

/// How long to leave an import to the server that works on it before looking again.
const LOOK_MS: i64 = 200;

pub async fn contacts(context: &Context, command: ContactsCmd) -> Result<()> {
    match command {
        ContactsCmd::Import(arguments) => import(context, arguments).await,
        ContactsCmd::Export { tenant, output, tag, search, columns } => {
            let scope = context.caller(&tenant).await?.require(Permission::Manage)?;
            let filter = Filter { tag, search, ..Filter::default() };
            let columns = columns.as_deref().map(Columns::read).transpose()?.unwrap_or_default();
            match output {
                Some(file) => export_to(context, &scope, (filter, &columns), &file).await,
                None if context.output.json => export_json(context, &scope, filter).await,
                None => write_csv(context, &scope, (filter, &columns), &mut io::stdout().lock()).await.map(drop),
            }
        }
    }
}

async fn import(context: &Context, arguments: ImportArgs) -> Result<()> {
    let app = &context.app;
    let scope = context.caller(&arguments.tenant).await?.require(Permission::Manage)?;
    let upload = upload(context, &arguments.file).await?;
    let wish = Wish {
        mapping: Some(arguments.map).filter(|map| !map.is_empty()).map(|map| map.into_iter().collect()),
        separator: arguments.separator,
        encoding: arguments.encoding,
        policy: Some(arguments.policy),
        match_by: Some(arguments.match_by),
        tags: Some(arguments.tag),
        is_dry_run: arguments.dry_run,
        is_draft: false,
    };
    let started = match import::start(app, &scope, upload.clone(), wish).await {
        Ok(import) => import,
        Err(error) => {
            import::discard(app, &upload).await;
            return Err(error);
        }
    };
    let done = run(context, &scope, started.id).await?;
    if let Some(file) = &arguments.refused {
        write_refused(context, &done, file).await?;
    }
    let document = api::documents::import(done.clone())?;
    let lines = || report(&done, arguments.refused.as_deref());
    if done.status == ImportStatus::Completed {
        return context.output.done(&document, lines);
    }
    context.output.failed(&document, lines, format!("The import ended {}.", done.status))
}

async fn upload(context: &Context, file: &Path) -> Result<Upload> {
    let (name, reader): (Option<String>, Box<dyn AsyncRead + Send + Unpin>) = if file == Path::new("-") {
        (None, Box::new(tokio::io::stdin()))
    } else {
        let opened = tokio::fs::File::open(file).await;
        let opened = opened.map_err(|e| Error::invalid(format!("{} can't be read: {e}", file.display())))?;
        (file.file_name().map(|name| name.to_string_lossy().into_owned()), Box::new(opened))
    };
    import::upload(&context.app, name, ReaderStream::new(reader)).await
}

/// Works on imports until this one has ended. A server that runs takes part; both together do each row once.
async fn run(context: &Context, scope: &Scope, id: Id<Import>) -> Result<Import> {
    let (app, importer, scope) = (&context.app, Importer(context.app.clone()), *scope);
    loop {
        let found = app.db.read(move |tx| store::imports::get(tx, &scope, id)).await?;
        let import = found.ok_or_else(|| Error::not_found("import"))?;
        if import.status != ImportStatus::Running {
            return Ok(import);
        }
        if !importer.step().await? {
            app.clock.sleep_until(app.clock.now() + LOOK_MS).await;
        }
    }
}

async fn write_refused(context: &Context, done: &Import, file: &Path) -> Result<()> {
    let mut pieces = pin!(import::refused(&context.app, done.clone()));
    let mut out = create(file)?;
    while let Some(piece) = pieces.next().await {
        out.write_all(&piece?).map_err(|e| unwritten(file, e))?;
    }
    Ok(())
}

fn report(done: &Import, refused: Option<&Path>) -> Vec<String> {
    let tally = &done.tally;
    let would = if done.options.is_dry_run { " (nothing was written)" } else { "" };
    let mut lines = vec![format!(
        "{} rows: {} new, {} changed, {} as they were, {} refused{would}.",
        tally.read, tally.created, tally.updated, tally.unchanged, tally.failed
    )];
    lines.extend(done.status_reason.clone());
    match refused {
        _ if tally.failed == 0 => {}
        Some(file) => lines.push(format!("The refused rows are in {}.", file.display())),
        None => lines.push("Run it again with --refused FILE to get the refused rows with their reasons.".into()),
    }
    lines
}

async fn export_to(context: &Context, scope: &Scope, what: (Filter, &Columns), file: &Path) -> Result<()> {
    let mut out = create(file)?;
    let count = write_csv(context, scope, what, &mut out).await?;
    let shown = file.display().to_string();
    context
        .output
        .done(&json!({"file": shown, "contacts": count}), || vec![format!("{count} contacts are in {shown}.")])
}

/// Writes page by page, and answers how many contacts there were.
async fn write_csv(
    context: &Context,
    scope: &Scope,
    (filter, columns): (Filter, &Columns),
    out: &mut impl Write,
) -> Result<usize> {
    let failed = |e| Error::invalid(format!("The contacts can't be written: {e}"));
    let mut pages = pin!(use_case::pages(&context.app, scope, filter));
    out.write_all(&use_case::csv_header(columns)?).map_err(failed)?;
    let mut count = 0;
    while let Some(page) = pages.next().await {
        let page = page?;
        count += page.len();
        out.write_all(&use_case::csv_lines(columns, &page)?).map_err(failed)?;
    }
    out.flush().map_err(failed)?;
    Ok(count)
}

/// One document, written piece by piece, so that millions of contacts never stand in memory.
async fn export_json(context: &Context, scope: &Scope, filter: Filter) -> Result<()> {
    let mut pages = pin!(use_case::pages(&context.app, scope, filter));
    let mut out = io::stdout().lock();
    let failed = |e| Error::invalid(format!("The contacts can't be written: {e}")).with_code("output_closed");
    let mut before = "{\"results\":[";
    while let Some(page) = pages.next().await {
        for contact in page? {
            let contact: Value = api::documents::contact(contact)?;
            write!(out, "{before}{contact}").map_err(failed)?;
            before = ",";
        }
    }
    let open = if before == "," { "" } else { before };
    writeln!(out, "{open}]}}").map_err(failed)
}

fn create(file: &Path) -> Result<io::BufWriter<std::fs::File>> {
    std::fs::File::create(file).map(io::BufWriter::new).map_err(|e| unwritten(file, e))
}

fn unwritten(file: &Path, error: io::Error) -> Error {
    Error::invalid(format!("{} can't be written: {error}", file.display()))
}
