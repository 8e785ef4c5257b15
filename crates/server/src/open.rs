//! From settings to an [`App`]: data folder, keys, database, storage, Bot API. Every command begins here.

use std::{fs, os::unix::fs::DirBuilderExt, path::Path, sync::Arc};

use app::App;
use model::{Clock, Error, Ids, Result};
use store::{
    bots::Hooks,
    db::{self, Db},
    events::Inbox,
};
use transport::{BotApi, GraphApi, Outbound, Storage};

use crate::{
    real::{SystemClock, SystemIds},
    secrets,
    settings::Settings,
};

/// Opens everything and brings the schema up to date.
pub async fn open(settings: &Settings) -> Result<App> {
    make_folder(&settings.data_dir)?;
    let ids: Arc<dyn Ids> = Arc::new(SystemIds::new());
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let keys = secrets::keys(settings, &*ids)?;
    let storage = Storage::at(&settings.storage_url)?;
    let bot_api = transport::Options {
        base_url: settings.telegram_api_base_url.clone(),
        request_timeout: settings.request_timeout,
    };
    let bot_api = BotApi::new(bot_api, storage.clone())?;
    let graph_api = transport::Options {
        base_url: settings.whatsapp_api_base_url.clone(),
        request_timeout: settings.request_timeout,
    };
    let graph_api = GraphApi::new(graph_api, storage.clone())?;
    let db = Db::open(&settings.database_url, db::Options::default()).await?;
    db.migrate().await?;
    let (outbound, mailer) = (Outbound::new(settings.webhook_allow_private)?, settings.mailer.clone());
    let settings = app::Settings {
        base_url: settings.base_url.clone(),
        secret_key: keys.secret_key,
        bot_rate: settings.bot_rate,
        total_rate: settings.total_rate,
        chat_rate: settings.chat_rate,
        group_rate: settings.group_rate,
        max_retries: settings.max_retries,
        request_timeout_ms: i64::try_from(settings.request_timeout.as_millis()).unwrap_or(i64::MAX),
    };
    let settings = Arc::new(settings);
    let cipher = Arc::new(keys.cipher);
    let hooks = Hooks::start(db.clone(), cipher.clone(), clock.clone());
    let inbox = Inbox::start(db.clone(), clock.clone());
    Ok(App {
        db,
        clock,
        ids,
        bot_api,
        graph_api,
        storage,
        outbound,
        mailer,
        cipher,
        hooks,
        inbox,
        settings,
        signs: Arc::default(),
        guesses: Arc::default(),
    })
}

pub fn make_folder(folder: &Path) -> Result<()> {
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|e| Error::invalid(format!("The data folder {} can't be made: {e}", folder.display())))
}
