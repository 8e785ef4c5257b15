//! The installation itself: data folder, keys, database, storage, Bot API, clock.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use bytes::Bytes;
use model::{Error, Result};
use store::db::Engine;
use transport::{NotSent, Storage};

use super::{Context, Finding, bad, good};
use crate::{commands::keys, open, real::SystemIds, secrets, settings::Settings};

/// Clocks that differ by less are as good as equal: answers take time too.
const SKEW_MAX_MS: i64 = 30_000;

const STORAGE_ADVICE: &str =
    "Check STORAGE_URL, that there is room, and that this user may write there (for s3://, also the AWS_… variables).";

/// Whether the data folder is there, ours alone, and can be written to.
pub fn folder(settings: &Settings) -> Finding {
    let (folder, area) = (&settings.data_dir, "data folder");
    let shown = folder.display();
    let what = format!("Data folder: {shown}");
    let mode = match fs::metadata(folder) {
        Ok(found) if found.is_dir() => found.permissions().mode() & 0o777,
        Ok(_) => return bad(area, format!("{what} is no folder"), "Set DATA_DIR to a folder."),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            return good(area, format!("{what} (made just now: set DATA_DIR if you meant another one)"));
        }
        Err(e) => return bad(area, format!("{what}: {e}"), "Let the user that runs Jina Connect into it."),
    };
    if mode & 0o077 != 0 {
        let words = format!("{what} is open to others (mode {mode:04o})");
        return bad(area, words, format!("It holds keys and messages. Close it: chmod 700 {shown}"));
    }
    match tempfile::tempfile_in(folder) {
        Ok(_) => good(area, what),
        Err(e) => bad(area, format!("{what}: {e}"), "Make room, and let the user that runs Jina Connect write there."),
    }
}

/// The files of keys that were not set, as far as they are there.
pub fn key_files(settings: &Settings) -> Vec<Finding> {
    let set = [
        (settings.field_encryption_key.is_some(), secrets::FIELD_ENCRYPTION_FILE, "FIELD_ENCRYPTION_KEY"),
        (settings.secret_key.is_some(), secrets::SECRET_FILE, "SECRET_KEY"),
    ];
    set.into_iter().map(|(is_set, file, name)| key(is_set, &settings.data_dir.join(file), name)).collect()
}

fn key(is_set: bool, file: &Path, name: &str) -> Finding {
    let (area, shown) = ("keys", file.display());
    if is_set {
        return good(area, format!("{name}: set"));
    }
    match fs::metadata(file) {
        Ok(found) if found.permissions().mode() & 0o077 == 0 => good(area, format!("{name}: in {shown}")),
        Ok(_) => {
            let words = format!("{name}: {shown} can be read by others");
            bad(area, words, format!("Close it: chmod 600 {shown}. If others may have read it, rotate it."))
        }
        Err(_) => good(area, format!("{name}: made just now in {shown}; keep a copy with your backups")),
    }
}

/// What keeps everything else from being opened, but for the database.
pub fn locked_out(settings: &Settings) -> Option<Finding> {
    let folder = open::make_folder(&settings.data_dir).and_then(|()| secrets::keys(settings, &SystemIds::new()));
    if let Err(error) = folder {
        let advice = "Mend the setting or the file that is named; a key is base64 of 32 bytes: openssl rand -base64 32";
        return Some(bad("keys", format!("Keys: {}", words(&error)), advice));
    }
    let storage = Storage::at(&settings.storage_url).err()?;
    Some(bad("storage", format!("Media storage: {}", words(&storage)), STORAGE_ADVICE))
}

/// Why the database could not be opened, and where to look.
pub fn closed(error: &Error) -> Finding {
    let advice = "Nothing else could be looked at. For PostgreSQL: is it running, and are host, user, password and database \
        in DATABASE_URL right? For SQLite: is there room, and may this user write to the file?";
    bad("database", format!("Database: {}", words(error)), advice)
}

/// All that is known of an error, for the operator.
fn words(error: &Error) -> String {
    let mut words = error.context().unwrap_or(error.message()).to_owned();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        words = format!("{words}: {cause}");
        source = cause.source();
    }
    words
}

pub fn database(context: &Context) -> Finding {
    let engine = match context.app.db.engine() {
        Engine::Sqlite => "SQLite",
        Engine::Postgres => "PostgreSQL",
    };
    good("database", format!("Database: {engine} answers, and its schema is up to date"))
}

/// Whether every secret opens with the keys that are set.
pub async fn secrets(context: &Context) -> Result<Finding> {
    let (area, found) = ("keys", app::secrets::look(&context.app).await?);
    if found.unreadable > 0 {
        let words = format!(
            "Secrets: {} of {} can't be read with FIELD_ENCRYPTION_KEY (bots: {})",
            found.unreadable,
            found.secrets,
            keys::names(&found.unreadable_bots)
        );
        let advice = "Add the key that they were made with, after a comma. If it is lost, give each bot its token again \
            (PATCH bot_token).";
        return Ok(bad(area, words, advice));
    }
    let rest = match found.outdated {
        0 => String::new(),
        n => format!("; {n} are not under the first key yet: jina-connect keys rotate"),
    };
    Ok(good(area, format!("Secrets: all {} open{rest}", found.secrets)))
}

/// Writes, reads and removes a file.
pub async fn storage(context: &Context) -> Finding {
    let (area, storage) = ("storage", &context.app.storage);
    let key = format!("doctor/{}", context.app.ids.next());
    let bytes = Bytes::from_static(b"a look by the doctor");
    let tried = async {
        storage.put(&key, bytes.clone()).await?;
        let found = storage.get(&key).await?;
        storage.remove(&key).await?;
        Ok::<_, Error>(found == Some(bytes))
    };
    let what = format!("Media storage: {}", context.settings.storage_url);
    match tried.await {
        Ok(true) => good(area, what),
        Ok(false) => bad(area, format!("{what} gives back other bytes than it got"), STORAGE_ADVICE),
        Err(error) => bad(area, format!("{what} fails: {}", words(&error)), STORAGE_ADVICE),
    }
}

/// Whether the mail server lets us in, where there is one.
pub async fn mail(context: &Context) -> Option<Finding> {
    let (area, mailer) = ("mail", context.app.mailer.as_ref()?);
    Some(match mailer.check().await {
        Ok(()) => good(area, "Mail: the server lets us in"),
        Err(NotSent { words, .. }) => bad(
            area,
            format!("Mail: {words}"),
            "Check SMTP_URL (host, port, user, password), and that this machine may open connections to it.",
        ),
    })
}

/// Whether the Bot API is there, and whether our clock agrees with its.
pub async fn bot_api(context: &Context) -> Vec<Finding> {
    let (api, area) = (&context.app.bot_api, "bot api");
    let what = format!("Bot API: {}", api.base_url());
    let before = context.app.clock.now();
    let look = match api.look().await {
        Ok(look) => look,
        Err(failure) => {
            let advice =
                "Check TELEGRAM_API_BASE_URL, and that this machine may open connections to it (firewall, DNS).";
            return vec![bad(area, format!("{what} can't be reached: {}", failure.message()), advice)];
        }
    };
    let mut findings = vec![good(area, format!("{what} answers"))];
    // Its seconds are whole ones, so that up to one of them is no difference at all.
    if let Some(date) = look.date {
        let skew = if date > before { date.since(context.app.clock.now()) } else { before.since(date + 1_000) }.max(0);
        let words = format!("Clock: {} s apart from the Bot API's", (skew + 500) / 1_000);
        findings.push(if skew <= SKEW_MAX_MS {
            good("clock", "Clock: agrees with the Bot API's")
        } else {
            bad(
                "clock",
                words,
                "Set the clock, and let it be kept right (systemd-timesyncd, chrony): schedules go by it.",
            )
        });
    }
    findings
}

pub fn address(context: &Context) -> Finding {
    let base_url = &context.app.settings.base_url;
    let what = format!("Public address: {base_url}");
    if base_url.starts_with("https://") || !context.app.bot_api.is_telegram() {
        return good("address", what);
    }
    good(
        "address",
        format!("{what} is not https, so bots fetch their updates by polling; webhooks need an https BASE_URL"),
    )
}
