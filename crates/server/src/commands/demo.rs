//! `demo`: throw-away data, the sandbox in the places of Telegram and WhatsApp, a sample tenant with a bot, a number, and
//! people who wrote to them.

mod whatsapp;

use std::{net::SocketAddr, time::Duration};

use app::{
    App,
    accounts::{self, NewUser},
    bots::{self, Register},
};
use axum::{body::Body, http::Method};
use model::{Actor, Caller, Error, Id, Origin, Permission, Result, Role, Scope, contact::Contact};
use sandbox::Sandbox;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::{
    open,
    output::{self, Output},
    serve,
    settings::{Resolved, Settings},
};

/// The sample bot's token: anything of this form is a token to the sandbox.
const TOKEN: &str = "7000000001:sample-token-of-the-demo";

const EMAIL: &str = "demo@example.com";
const PASSWORD: &str = "demo-password";

/// How long the sample people's messages may take to arrive.
const ARRIVE_MAX: Duration = Duration::from_secs(15);

/// People who wrote to the sample bot: name, username, what they wrote.
const PEOPLE: [(&str, &str, &str, &str); 3] = [
    ("Ada", "Lovelace", "ada", "Hello! Where is my order 1815?"),
    ("Grace", "Hopper", "grace", "Do you ship to Arlington?"),
    ("Linus", "Pauling", "linus", "Thanks, it arrived in one piece."),
];

/// What the demo prints.
#[derive(Debug)]
struct Sample {
    api_key: String,
    contact: Id<Contact>,
    chat: i64,
}

pub async fn run(mut resolved: Resolved, output: Output) -> Result<()> {
    let stop = CancellationToken::new();
    let told = stop.clone();
    tokio::spawn(async move {
        serve::interrupted().await;
        told.cancel();
    });
    let folder = tempfile::tempdir().map_err(|e| Error::internal("no temporary folder can be made").with_source(e))?;
    let phones = Sandbox::new(sandbox::Options::default());
    let (phones_listener, phones_address) = serve::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
    let settings = settings(&mut resolved, folder.path(), phones_address)?;
    let (listener, address) = serve::bind(settings.listen_addr).await?;
    resolved.set("BASE_URL", format!("http://{address}"));
    let settings = Settings::read(&resolved).map_err(output::wrong_use)?;
    let app = open::open(&settings).await?;
    let phones_stop = stop.clone();
    let served = phones.clone();
    let phones_task = tokio::spawn(async move { served.serve(phones_listener, phones_stop.cancelled_owned()).await });
    let service = tokio::spawn({
        let (app, stop) = (app.clone(), stop.clone());
        let demo = Some(api::Demo { email: EMAIL.into(), password: PASSWORD.into(), phones: phones.router() });
        async move { serve::serve(&app, &settings, listener, stop, demo).await }
    });
    tokio::select! {
        sample = sample(&app, &phones) => say(output, &sample?, address, phones_address)?,
        () = stop.cancelled() => {}
    }
    let ended = service.await.map_err(|e| Error::internal("the service panicked").with_source(e))?;
    stop.cancel();
    // The sandbox has nothing to lose; its end is not waited for in vain.
    phones_task.abort();
    app.db.close().await;
    ended
}

fn settings(resolved: &mut Resolved, folder: &std::path::Path, phones: SocketAddr) -> Result<Settings> {
    resolved.set("DATA_DIR", folder.display().to_string());
    resolved.set("DATABASE_URL", format!("sqlite://{}", folder.join("jina-connect.db").display()));
    resolved.set("STORAGE_URL", format!("file://{}", folder.join("media").display()));
    resolved.set("TELEGRAM_API_BASE_URL", format!("http://{phones}"));
    resolved.set("WHATSAPP_API_BASE_URL", format!("http://{phones}/graph"));
    Settings::read(resolved).map_err(output::wrong_use)
}

/// Makes the sample tenant, and waits until what its people wrote has arrived.
async fn sample(app: &App, phones: &Sandbox) -> Result<Sample> {
    let (tenant, key) = accounts::create_tenant(app, "Demo").await?;
    let caller = Caller { tenant: tenant.id, actor: Actor::System, role: Role::Owner, origin: Origin::Internal };
    let scope = caller.require(Permission::Manage)?;
    let password = PASSWORD.into();
    let user = NewUser { email: EMAIL.into(), name: "Demo".into(), password, tenant: tenant.id, role: Role::Owner };
    accounts::create_user(app, user).await?;
    let new = Register {
        name: Some("Demo Support".into()),
        token: TOKEN.into(),
        daily_limit: None,
        rate_limit: None,
        receive_mode: None,
    };
    let bot = bots::register(app, &scope, new).await?.bot.bot_user_id;
    let mut chats = Vec::new();
    for (first, last, username, text) in PEOPLE {
        let phone = (username == "grace").then_some(whatsapp::GRACE);
        let person = json!({"first_name": first, "last_name": last, "username": username, "language_code": "en",
            "phone": phone});
        let made = act(phones, Method::POST, "/sandbox/users", person).await?;
        let id = made["id"].as_i64().ok_or_else(|| Error::internal("the sandbox made no user"))?;
        let does = async |what: &str, body: Value| {
            act(phones, Method::POST, &format!("/sandbox/users/{id}/{what}"), body).await
        };
        does("start", json!({"bot": bot})).await?;
        does("send", json!({"bot": bot, "text": text})).await?;
        if phone.is_some() {
            does("share_phone", json!({"bot": bot})).await?;
        }
        chats.push(id);
    }
    let chat = chats[0];
    let contact = arrived(app, &scope, chat).await?;
    // The rest of the demo is of use without it.
    if let Err(error) = whatsapp::sample(app, &scope, phones).await {
        tracing::warn!(%error, "the demo has no WhatsApp number");
    }
    Ok(Sample { api_key: key.key.expose_secret().to_owned(), contact, chat })
}

/// Asks the sandbox to act as one of its people, or as those who run the channels.
async fn act(phones: &Sandbox, method: Method, path: &str, body: Value) -> Result<Value> {
    let failed = |what: String| Error::internal(format!("sandbox {path}: {what}"));
    let request = axum::http::Request::builder()
        .method(method)
        .uri(path)
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()))
        .map_err(|e| failed(e.to_string()))?;
    let response = phones.router().oneshot(request).await.map_err(|e| failed(e.to_string()))?;
    let status = response.status();
    let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.map_err(|e| failed(e.to_string()))?;
    if !status.is_success() {
        return Err(failed(format!("{status} {}", String::from_utf8_lossy(&bytes))));
    }
    serde_json::from_slice(&bytes).map_err(|e| failed(e.to_string()))
}

async fn arrived(app: &App, scope: &Scope, chat: i64) -> Result<Id<Contact>> {
    let until = app.clock.now() + i64::try_from(ARRIVE_MAX.as_millis()).unwrap_or(i64::MAX);
    while app.clock.now() < until {
        let scope = *scope;
        let found = app.db.read(move |tx| store::contacts::by_telegram_chat_id(tx, &scope, chat)).await?;
        if let Some(contact) = found.first() {
            return Ok(*contact);
        }
        app.clock.sleep_until(app.clock.now() + 50).await;
    }
    Err(Error::internal("what the sample people wrote did not arrive"))
}

fn say(output: Output, sample: &Sample, address: SocketAddr, phones: SocketAddr) -> Result<()> {
    let Sample { api_key, contact, chat } = sample;
    let document = json!({
        "url": format!("http://{address}"), "app_url": format!("http://{address}/app/"), "phones_url": format!("http://{phones}"), "api_key": api_key,
        "contact_id": contact, "chat_id": chat, "email": EMAIL, "password": PASSWORD,
    });
    output.done(&document, || {
        vec![
            format!("Jina Connect's demo runs on http://{address}. Its data go when it ends (Ctrl-C)."),
            String::new(),
            format!("  The app                http://{address}/app/"),
            format!("  The API, described     http://{address}/docs/"),
            format!("  The customers' phones  http://{phones}/"),
            format!("  Sign in as             {EMAIL}, {PASSWORD}"),
            String::new(),
            "Paste this into another terminal, then the curl lines of the README work:".into(),
            String::new(),
            format!(
                "  export JINA_URL=http://{address} JINA_API_KEY={api_key} JINA_CONTACT={contact} JINA_CHAT={chat}"
            ),
        ]
    })
}
