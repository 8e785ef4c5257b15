//! The service as the binary wires it, without limits, and bots in it.

use std::{sync::Arc, time::Duration};

use anyhow::{Context, Result, ensure};
use app::{App, Settings, accounts};
use base64::{Engine, prelude::BASE64_STANDARD};
use model::{
    Clock, Id, Ids, Platform, Rate, Scope, Tenant,
    bot::{Bot, ReceiveMode, WebhookStatus},
    whatsapp::{Number, sender_id},
};
use secrecy::SecretString;
use store::{
    Cipher,
    bots::{self, Hooks, NewBot, webhook::Secret},
    events::Inbox,
    whatsapp::{self, NewNumber},
};
use tempfile::TempDir;
use transport::{BotApi, GraphApi, Storage};

use crate::{
    database::Database,
    machine::{self, SystemClock, SystemIds},
};

/// As good as no limit: the most that a rate can say.
pub const UNLIMITED: Rate = Rate::per_second(Rate::COUNT_MAX);

/// Of every WhatsApp number: what signs its webhook.
pub const APP_SECRET: &str = "the secret of a benchmark";

const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// A service on a database, with one tenant.
#[derive(Debug)]
pub struct House {
    pub app: App,
    pub tenant: Id<Tenant>,
    /// The owner's.
    pub api_key: SecretString,
    /// What another process needs to serve the same data.
    pub field_key: String,
    pub secret_key: String,
    pub telegram: String,
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
        let field_key = BASE64_STANDARD.encode(ids.random::<32>());
        let secret_key = BASE64_STANDARD.encode(ids.random::<32>());
        let cipher = Arc::new(Cipher::from_base64(&field_key.clone().into())?);
        let graph = transport::Options { base_url: format!("{telegram}/graph"), request_timeout: REQUEST_TIMEOUT };
        let options = transport::Options { base_url: telegram.to_owned(), request_timeout: REQUEST_TIMEOUT };
        let app = App {
            db: database.db.clone(),
            bot_api: BotApi::new(options, storage.clone())?,
            graph_api: GraphApi::new(graph, storage.clone())?,
            storage,
            hooks: Hooks::start(database.db.clone(), cipher.clone(), clock.clone()),
            inbox: Inbox::start(database.db.clone(), clock.clone()),
            settings: Arc::new(settings(&secret_key)),
            outbound: transport::Outbound::new(false)?,
            mailer: None,
            guesses: Arc::default(),
            signs: Arc::default(),
            clock,
            ids,
            cipher,
        };
        let (tenant, made) = accounts::create_tenant(&app, "Benchmark").await?;
        let (api_key, telegram) = (made.key, telegram.to_owned());
        Ok(Self { app, tenant: tenant.id, api_key, field_key, secret_key, telegram, _media: media })
    }

    pub fn scope(&self) -> Scope {
        Scope::system(self.tenant)
    }

    /// A WhatsApp number that Meta knows of, with an id of its own; `number` counts them.
    pub async fn number(&self, id: Id<Bot>, number: i64) -> Result<()> {
        let (app, now) = (&self.app, self.app.clock.now());
        let phone_number_id = (77_000_000 + number).to_string();
        let bot_user_id = sender_id(&phone_number_id).context("no id of Meta's")?;
        let (sealed_token, token_hint) = bots::seal_token(&app.cipher, &*app.ids, id, &"A".repeat(200).into())?;
        let (platform, name) = (Platform::Whatsapp, "Number".to_owned());
        let bot = Bot { platform, name, ..self.sender(id, bot_user_id, token_hint) };
        let new = NewNumber {
            sealed_token,
            sealed_app_secret: whatsapp::seal_app_secret(&app.cipher, &*app.ids, id, &APP_SECRET.into())?,
            verify_token: format!("verify-{number}").into(),
            number: Number {
                bot,
                phone_number_id,
                waba_id: "1".to_owned(),
                display_phone_number: format!("+1 555 {number}"),
                verified_name: "Bench".to_owned(),
                quality_rating: None,
            },
        };
        let (cipher, ids) = (app.cipher.clone(), app.ids.clone());
        ensure!(
            app.db.write(move |tx| whatsapp::insert(tx, &cipher, &*ids, &new)).await?,
            "the number is there already"
        );
        app.db.write(move |tx| whatsapp::confirm(tx, id, now, now.next_day())).await?;
        Ok(())
    }

    fn sender(&self, id: Id<Bot>, bot_user_id: i64, token_hint: String) -> Bot {
        let now = self.app.clock.now();
        Bot {
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
        }
    }

    /// A bot with a webhook that Telegram knows of.
    pub async fn bot(&self, bot_user_id: i64) -> Result<Registered> {
        let (app, now) = (&self.app, self.app.clock.now());
        let id = app.ids.id();
        let token = format!("{bot_user_id}:{}", "A".repeat(35)).into();
        let (sealed_token, token_hint) = bots::seal_token(&app.cipher, &*app.ids, id, &token)?;
        let new = NewBot { bot: self.sender(id, bot_user_id, token_hint), sealed_token };
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

fn settings(secret_key: &str) -> Settings {
    Settings {
        base_url: "http://127.0.0.1".to_owned(),
        secret_key: secret_key.into(),
        bot_rate: UNLIMITED,
        total_rate: None,
        chat_rate: UNLIMITED,
        group_rate: UNLIMITED,
        max_retries: 3,
        request_timeout_ms: i64::try_from(REQUEST_TIMEOUT.as_millis()).unwrap_or(i64::MAX),
    }
}
