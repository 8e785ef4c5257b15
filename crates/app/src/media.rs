//! Media of a timeline: bytes on demand, fetched from the channel once and kept in our storage.
//!
//! The channel's addresses hold the bot's token, so they never leave this process: clients see our address only.

use std::time::Duration;

use bytes::Bytes;
use channels::{
    telegram::{errors, outgoing::management},
    whatsapp,
};
use model::{
    Error, ErrorKind, Id, Platform, Result, Scope,
    bot::Bot,
    content::{Media, MediaSource},
    message::Message,
};
use secrecy::SecretString;
use sha2::{Digest, Sha256};
use store::{bots, messages};
use transport::Asked;

use crate::App;

/// Telegram lets bots fetch files up to this size.
pub const BYTES_MAX: usize = 20 << 20;

/// Documents of WhatsApp are at most this large.
const WHATSAPP_BYTES_MAX: usize = 100 << 20;

/// How long somebody who looks at a picture waits for Telegram to name the file.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where a piece of media can be had.
#[derive(Debug)]
pub enum Found {
    Bytes {
        media: Media,
        bytes: Bytes,
    },
    /// It was sent by this address, and no copy is ours.
    Elsewhere(String),
}

/// The `index`-th piece of media of a message.
pub async fn fetch(app: &App, scope: &Scope, message: Id<Message>, index: usize) -> Result<Found> {
    let read_scope = *scope;
    let message = app.db.read(move |tx| messages::get(tx, &read_scope, message)).await?.ok_or_else(missing)?;
    let bot = message.bot;
    let media = message.content.media.get(index).cloned().ok_or_else(missing)?;
    match media.source.clone().ok_or_else(missing)? {
        MediaSource::Url(url) => Ok(Found::Elsewhere(url)),
        MediaSource::Stored(key) => {
            let bytes = app.storage.get(&key).await?.ok_or_else(missing)?;
            Ok(Found::Bytes { media, bytes })
        }
        MediaSource::FileId(file_id) => {
            let bot = bot.ok_or_else(missing)?;
            let bytes = match message.platform {
                Platform::Telegram => of_telegram(app, bot, &file_id, media.size).await?,
                Platform::Whatsapp => of_whatsapp(app, bot, &file_id, media.size).await?,
            };
            Ok(Found::Bytes { media, bytes })
        }
    }
}

fn missing() -> Error {
    Error::not_found("media")
}

async fn of_telegram(app: &App, bot: Id<Bot>, file_id: &str, size: Option<i64>) -> Result<Bytes> {
    let key = cache_key(bot, file_id);
    if let Some(bytes) = app.storage.get(&key).await? {
        return Ok(bytes);
    }
    if size.is_some_and(|size| usize::try_from(size).is_ok_and(|size| size > BYTES_MAX)) {
        return Err(too_big(size));
    }
    let cipher = app.cipher.clone();
    let token = app.db.read(move |tx| bots::token(tx, &cipher, bot)).await?.ok_or_else(|| {
        Error::conflict(
            "media_unreachable",
            "The bot that received this file has been removed, and no copy was made before.",
        )
    })?;
    let path = path_of(app, &token, file_id, size).await?;
    let bytes = app.bot_api.download(&token, &path, BYTES_MAX).await.map_err(|failure| {
        Error::new(
            ErrorKind::UpstreamBad,
            "telegram_unreachable",
            "The file could not be fetched from Telegram. Try again.",
        )
        .with_context(failure.message())
    })?;
    let bytes = bytes.ok_or_else(|| gone("Telegram has this file no longer."))?;
    app.storage.put(&key, bytes.clone()).await?;
    Ok(bytes)
}

/// Meta keeps files for a week: the first look keeps them for good.
async fn of_whatsapp(app: &App, number: Id<Bot>, file_id: &str, size: Option<i64>) -> Result<Bytes> {
    let key = cache_key(number, file_id);
    if let Some(bytes) = app.storage.get(&key).await? {
        return Ok(bytes);
    }
    let cipher = app.cipher.clone();
    let known =
        app.db.read(move |tx| Ok((bots::token(tx, &cipher, number)?, store::whatsapp::phone_number_id(tx, number)?)));
    let (Some(token), Some(phone_number_id)) = known.await? else {
        let words = "The number that received this file has been removed, and no copy was made before.";
        return Err(Error::conflict("media_unreachable", words));
    };
    let request = whatsapp::management::media(file_id, &phone_number_id).ok_or_else(missing)?;
    let file = match app.graph_api.ask(&token, &request, PATIENCE, whatsapp::management::file).await {
        Asked::Ok(file) => file,
        Asked::Refused { description, .. } => {
            return Err(gone(&format!("WhatsApp does not give the file: {description}")));
        }
        other => {
            let words = other.complaint_of("Meta").unwrap_or_default();
            return Err(Error::new(ErrorKind::UpstreamBad, "whatsapp_unreachable", words));
        }
    };
    if file.size.or(size).is_some_and(|size| usize::try_from(size).is_ok_and(|size| size > WHATSAPP_BYTES_MAX)) {
        return Err(Error::conflict("media_too_big", "The file is larger than WhatsApp allows."));
    }
    let bytes = app.graph_api.download(&token, &file.url, WHATSAPP_BYTES_MAX).await.map_err(|failure| {
        let words = "The file could not be fetched from WhatsApp. Try again.";
        Error::new(ErrorKind::UpstreamBad, "whatsapp_unreachable", words).with_context(failure.message())
    })?;
    let bytes = bytes.ok_or_else(|| gone("WhatsApp has this file no longer."))?;
    app.storage.put(&key, bytes.clone()).await?;
    Ok(bytes)
}

/// A file id may have characters that no storage takes, and is long.
pub(crate) fn cache_key(bot: Id<Bot>, file_id: &str) -> String {
    let digest = Sha256::digest(file_id);
    let name: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("telegram/{bot}/{name}")
}

async fn path_of(app: &App, token: &SecretString, file_id: &str, size: Option<i64>) -> Result<String> {
    let request = management::get_file(file_id);
    match app.bot_api.ask(token, &request, PATIENCE, errors::file).await {
        Asked::Ok(file) => file.file_path.ok_or_else(|| too_big(file.file_size.or(size))),
        Asked::Refused { description, .. } if description.contains("too big") => Err(too_big(size)),
        Asked::Refused { code: 400, description } => {
            Err(gone(&format!("Telegram does not give the file: {description}")))
        }
        Asked::Refused { description, .. } => {
            let words = format!("Telegram does not give the file: {description}");
            Err(Error::new(ErrorKind::UpstreamBad, "telegram_unreachable", words))
        }
        Asked::RetryAfter { after_ms } => {
            let words = "Telegram asks to wait before fetching more files.";
            Err(Error::new(ErrorKind::Unavailable, "telegram_busy", words).with_retry_after(after_ms))
        }
        Asked::Unreachable { description, is_timeout } => {
            let kind = if is_timeout { ErrorKind::UpstreamTimeout } else { ErrorKind::UpstreamBad };
            Err(Error::new(kind, "telegram_unreachable", format!("Telegram can't be reached: {description}")))
        }
    }
}

fn gone(words: &str) -> Error {
    Error::new(ErrorKind::NotFound, "media_gone", words)
}

fn too_big(size: Option<i64>) -> Error {
    let has = size.map(|size| format!(" This one has {size} bytes.")).unwrap_or_default();
    let words = format!("Telegram lets bots fetch files of up to {BYTES_MAX} bytes.{has}");
    Error::conflict("media_too_big", words)
}
