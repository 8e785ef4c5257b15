//! The whole service in one process, on a test's database.

use std::{path::Path, sync::Arc, time::Duration};

use app::{
    App, Settings,
    accounts::{self, Credentials, Guesses, NewKey, NewUser},
};
use axum::Router;
use base64::{Engine, prelude::BASE64_STANDARD};
use model::{Actor, Caller, Clock, Id, Ids, Origin, Rate, Role, Scope, Tenant, User};
use secrecy::ExposeSecret;
use store::{Cipher, bots::Hooks, db::Db, events::Inbox};
use tempfile::TempDir;
use transport::{BotApi, GraphApi, Mailer, Outbound, Storage};

use crate::{Client, FakeClock, SeededIds, TestDb, database::options};

/// An [`App`] with its router and one tenant.
#[derive(Debug)]
pub struct TestApp {
    pub app: App,
    pub clock: FakeClock,
    pub tenant: Id<Tenant>,
    pub router: Router,
    owner: Client,
    db: TestDb,
    _media: TempDir,
}

impl TestApp {
    /// With a Bot API that cannot be reached.
    pub async fn start(db: TestDb) -> Self {
        Self::start_with(db, |_| {}).await
    }

    /// With settings that the test changes first; for example `telegram_api_base_url`.
    pub async fn start_with(db: TestDb, change: impl FnOnce(&mut TestSettings)) -> Self {
        let clock = FakeClock::default();
        let media = TempDir::with_prefix("jina-connect-media-").expect("a temporary folder can be made");
        let app = app(&db, media.path(), &clock, change);
        let (tenant, key) = accounts::create_tenant(&app, "Test").await.expect("a tenant can be made");
        let key = key.key.expose_secret().to_owned();
        Self::around(app, clock, tenant.id, Some(key), (db, media))
    }

    /// An installation that nobody has used: there is no tenant, and `owner` is nobody.
    pub fn unused(db: TestDb) -> Self {
        let clock = FakeClock::default();
        let media = TempDir::with_prefix("jina-connect-media-").expect("a temporary folder can be made");
        let app = app(&db, media.path(), &clock, |_| {});
        let tenant = app.ids.id();
        Self::around(app, clock, tenant, None, (db, media))
    }

    fn around(app: App, clock: FakeClock, tenant: Id<Tenant>, key: Option<String>, data: (TestDb, TempDir)) -> Self {
        let router = api::router(app.clone(), api::Options::default());
        let owner = Client::new(router.clone(), key);
        Self { app, clock, tenant, router, owner, db: data.0, _media: data.1 }
    }

    /// Nobody: without a token.
    pub fn anonymous(&self) -> Client {
        Client::new(self.router.clone(), None)
    }

    /// With any token.
    pub fn with_token(&self, token: &str) -> Client {
        Client::new(self.router.clone(), Some(token.to_owned()))
    }

    /// The owner of the tenant.
    pub fn owner(&self) -> Client {
        self.owner.clone()
    }

    /// A new API key of this role in the tenant.
    pub async fn as_role(&self, role: Role) -> Client {
        self.client_of(self.tenant, role).await
    }

    /// The owner of a new, other tenant.
    pub async fn other_tenant(&self) -> Client {
        let (_, key) = accounts::create_tenant(&self.app, "Other").await.expect("a tenant can be made");
        self.with_token(key.key.expose_secret())
    }

    /// The database, for opening it once more.
    pub fn db(&self) -> &TestDb {
        &self.db
    }

    /// The owner of the tenant, at another node on the same database.
    pub async fn owner_at_another_node(&self) -> Client {
        let db = Db::open(self.db.url(), options()).await.expect("a test database opens once more");
        let app = App { db, ..self.app.clone() };
        Client::new(api::router(app, api::Options::default()), Some(self.owner.token().to_owned()))
    }

    /// What the installation itself may do for the tenant: for writing test data by the store.
    pub fn scope(&self) -> Scope {
        Scope::system(self.tenant)
    }

    /// A person of the team who has signed in.
    pub async fn person(&self, name: &str, role: Role) -> (Client, Id<User>) {
        let email = format!("{}@example.org", name.to_lowercase());
        let password = "a long password for a test";
        let new = NewUser {
            email: email.clone(),
            name: name.to_owned(),
            password: password.into(),
            tenant: self.tenant,
            role,
        };
        let user = accounts::create_user(&self.app, new).await.expect("a person can be made");
        let credentials = Credentials { email, password: password.into(), code: None };
        let tokens = accounts::sign_in(&self.app, &credentials).await.expect("they can sign in");
        (self.with_token(tokens.access.expose_secret()), user.id)
    }

    async fn client_of(&self, tenant: Id<Tenant>, role: Role) -> Client {
        let caller = Caller { tenant, actor: Actor::System, role: Role::Owner, origin: Origin::Internal };
        let new = NewKey { name: role.to_string(), role: Some(role), expires_at: None, limits: None };
        let made = accounts::create_key(&self.app, &caller, new).await.expect("a key can be made");
        self.with_token(made.key.expose_secret())
    }
}

/// What a test may set.
#[derive(Debug)]
pub struct TestSettings {
    pub settings: Settings,
    pub telegram_api_base_url: String,
    pub webhook_allow_private: bool,
    pub whatsapp_api_base_url: String,
    /// A mail server; there is none at first.
    pub smtp_url: Option<String>,
}

fn app(db: &TestDb, media: &Path, clock: &FakeClock, change: impl FnOnce(&mut TestSettings)) -> App {
    let mut set = TestSettings {
        settings: Settings {
            base_url: "http://jina.test".to_owned(),
            secret_key: "a secret key for tests, 32 characters".into(),
            bot_rate: Rate::per_minute(30),
            total_rate: None,
            chat_rate: Rate::per_second(1),
            group_rate: Rate::per_minute(20),
            max_retries: 3,
            request_timeout_ms: 30_000,
        },
        // A port that nobody listens on.
        telegram_api_base_url: "http://127.0.0.1:1".to_owned(),
        webhook_allow_private: true,
        whatsapp_api_base_url: "http://127.0.0.1:1/graph".to_owned(),
        smtp_url: None,
    };
    change(&mut set);
    let (clock, ids): (Arc<dyn Clock>, Arc<dyn Ids>) = (Arc::new(clock.clone()), Arc::new(SeededIds::default()));
    let key = BASE64_STANDARD.encode([7; 32]);
    let cipher = Arc::new(Cipher::from_base64(&key.into()).expect("the test key is valid"));
    let storage = Storage::in_folder(media).expect("a media folder can be made");
    let request_timeout = Duration::from_millis(set.settings.request_timeout_ms.unsigned_abs());
    let options = transport::Options { base_url: set.telegram_api_base_url, request_timeout };
    let graph = transport::Options { base_url: set.whatsapp_api_base_url, request_timeout };
    App {
        db: (**db).clone(),
        bot_api: BotApi::new(options, storage.clone()).expect("TLS can be set up"),
        graph_api: GraphApi::new(graph, storage.clone()).expect("TLS can be set up"),
        storage,
        outbound: Outbound::new(set.webhook_allow_private).expect("TLS can be set up"),
        mailer: set
            .smtp_url
            .map(|url| Mailer::new(&url.into(), "Jina <help@jina.test>").expect("the address is right")),
        hooks: Hooks::start((**db).clone(), cipher.clone(), clock.clone()),
        inbox: Inbox::start((**db).clone(), clock.clone()),
        clock,
        ids,
        cipher,
        settings: Arc::new(set.settings),
        signs: Arc::default(),
        guesses: Arc::new(Guesses::default()),
    }
}
