//! The service as the binary wires it, without limits, and bots in it.

use std::{sync::Arc, time::Duration};

use anyhow::{Context, Result, ensure};
use app::{App, Settings, accounts};
use base64::{Engine, prelude::BASE64_STANDARD};
use model::{
    Clock, Id, Ids, Platform, Rate, Scope, Tenant,
    bot::{Bot, ReceiveMode, WebhookStatus},
};
use secrecy::SecretString;
use store::{
    Cipher,
    bots::{self, Hooks, NewBot, webhook::Secret},
    events::Inbox,
};
use tempfile::TempDir;
use transport::{BotApi, GraphApi, Storage};

use crate::{
    database::Database,
    machine::{self, SystemClock, SystemIds},
};

/// As good as no limit: the most that a rate can say.
pub const UNLIMITED: Rate = Rate::per_second(Rate::COUNT_MAX);

const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// A service on a database, with one tenant.
#[derive(Debug)]
pub struct House {
    pub app: App,
    pub tenant: Id<Tenant>,
    _media: TempDir,
}

/// A bot and what Telegram would show at its webhook.
#[derive(Debug)]
pub struct Registered {
    pub id: Id<Bot>,
    pub secret: SecretString,
}

impl House {
    /// `telegram` is the address of the Bot API.
    pub async fn open(database: &Database, telegram: &str) -> Result<Self> {
        let media = tempfile::Builder::new().prefix("media-").tempdir_in(machine::folder()?)?;
        let storage = Storage::in_folder(media.path())?;
        let (clock, ids): (Arc<dyn Clock>, Arc<dyn Ids>) = (Arc::new(SystemClock), Arc::new(SystemIds::new()));
        let cipher = Arc::new(Cipher::from_base64(&BASE64_STANDARD.encode(ids.random::<32>()).into())?);
        let graph = transport::Options { base_url: format!("{telegram}/graph"), request_timeout: REQUEST_TIMEOUT };
        let options = transport::Options { base_url: telegram.to_owned(), request_timeout: REQUEST_TIMEOUT };
        let app = App {
            db: database.db.clone(),
            bot_api: BotApi::new(options, storage.clone())?,
            graph_api: GraphApi::new(graph, storage.clone())?,
            storage,
            hooks: Hooks::start(database.db.clone(), cipher.clone(), clock.clone()),
            inbox: Inbox::start(database.db.clone(), clock.clone()),
            settings: Arc::new(settings(&*ids)),
            outbound: transport::Outbound::new(false)?,
            guesses: Arc::default(),
            clock,
            ids,
            cipher,
        };
        let (tenant, _) = accounts::create_tenant(&app, "Benchmark").await?;
        Ok(Self { app, tenant: tenant.id, _media: media })
    }

    pub fn scope(&self) -> Scope {
        Scope::system(self.tenant)
    }

    /// A bot with a webhook that Telegram knows of.
    pub async fn bot(&self, bot_user_id: i64) -> Result<Registered> {
        let (app, now) = (&self.app, self.app.clock.now());
        let id = app.ids.id();
        let token = format!("{bot_user_id}:{}", "A".repeat(35)).into();
        let (sealed_token, token_hint) = bots::seal_token(&app.cipher, &*app.ids, id, &token)?;
        let bot = Bot {
            id,
            tenant: self.tenant,
            platform: Platform::Telegram,
            name: "Bot".to_owned(),
            bot_user_id,
            username: format!("bench_{bot_user_id}_bot"),
            token_hint,
            is_active: true,
            daily_limit: i64::from(i32::MAX),
            rate_limit: None,
            receive_mode: ReceiveMode::Webhook,
            webhook_status: WebhookStatus::Pending,
            webhook_error: None,
            created_at: now,
            updated_at: now,
        };
        let new = NewBot { bot, sealed_token };
        let (cipher, ids) = (app.cipher.clone(), app.ids.clone());
        let setting = app.db.write(move |tx| {
            if !bots::insert(tx, &new)? {
                return Ok(None);
            }
            let setting = bots::webhook::begin(tx, &cipher, &*ids, id, Secret::Renew, now)?;
            bots::webhook::confirm(tx, id, now, now.next_day())?;
            Ok(setting)
        });
        let setting = setting.await?.context("the bot is there already")?;
        ensure!(setting.tries == 0, "a new bot has failed settings");
        Ok(Registered { id, secret: setting.secret })
    }
}

fn settings(ids: &dyn Ids) -> Settings {
    Settings {
        base_url: "http://127.0.0.1".to_owned(),
        secret_key: BASE64_STANDARD.encode(ids.random::<32>()).into(),
        bot_rate: UNLIMITED,
        total_rate: None,
        chat_rate: UNLIMITED,
        group_rate: UNLIMITED,
        max_retries: 3,
        request_timeout_ms: i64::try_from(REQUEST_TIMEOUT.as_millis()).unwrap_or(i64::MAX),
    }
}
