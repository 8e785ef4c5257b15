//! `/telegram/v1/webhooks/{bot_app_id}/`: where Telegram delivers Updates. An Update is acknowledged once it is durable.
//!
//! Deliveries are the hottest path of the house, so they pass by the layers that all other requests go through: there is no
//! caller to authenticate, no Idempotency-Key, and the bot is known from memory.

use std::{convert::Infallible, sync::Arc, time::Instant};

use app::App;
use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, Method},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use channels::telegram::update::{self, Envelope};
use model::{Error, ErrorKind};
use serde::Serialize;
use store::{bots::Hook, events::NewEvent};
use tower::{Service, ServiceExt};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    edge,
    extract::{Json, Path, collect},
    ids::BotId,
    leftover,
    ops::Metrics,
    patience,
    problem::{self, Failure, Problem, Result},
};

const SECRET: HeaderName = HeaderName::from_static("x-telegram-bot-api-secret-token");

/// The largest Update that is taken; Telegram's own are at most 512 KiB.
const BODY_BYTES_MAX: usize = 1 << 20;

/// What acknowledges a delivery.
#[derive(Debug, Serialize, ToSchema)]
struct Received {
    #[schema(example = true)]
    ok: bool,
}

pub(super) fn routes() -> OpenApiRouter<App> {
    metrics::describe_counter!("telegram_webhook_deliveries_total", "Deliveries by Telegram, by outcome");
    metrics::describe_histogram!(
        "telegram_webhook_duration_seconds",
        metrics::Unit::Seconds,
        "Time from a delivery's head to its answer"
    );
    OpenApiRouter::new().routes(routes!(deliver, is_there))
}

/// Puts the short way for deliveries before `others`, which answers everything else.
pub(crate) fn before<S>(app: App, others: S) -> Router
where
    S: Service<Request, Error = Infallible> + Clone + Send + Sync + 'static,
    S::Response: IntoResponse,
    S::Future: Send + 'static,
{
    // Behind an Arc: it is cloned for every request.
    let app = Arc::new(app);
    Router::new().fallback(move |request: Request| {
        let (app, others) = (app.clone(), others.clone());
        let request = request.map(leftover::read_out).map(patience::bounded);
        async move {
            match bot_of(&request).map(str::parse) {
                Some(bot) => take_the_short_way(&app, bot, request).await,
                None => match others.oneshot(request).await {
                    Ok(response) => response.into_response(),
                    Err(never) => match never {},
                },
            }
        }
    })
}

/// The bot in the address of a delivery; `None` for every other request.
fn bot_of(request: &Request) -> Option<&str> {
    let rest =
        request.uri().path().strip_prefix("/telegram/v1/webhooks/").filter(|_| request.method() == Method::POST)?;
    let bot = rest.strip_suffix('/').unwrap_or(rest);
    (!bot.is_empty() && !bot.contains('/')).then_some(bot)
}

async fn take_the_short_way(app: &App, bot: Result<BotId, Error>, request: Request) -> Response {
    let began = Instant::now();
    let request_id = edge::request_id(&request, app);
    let outcome = match bot {
        Ok(bot) => take(app, bot, request).await,
        Err(_) => Err(no_such_bot()),
    };
    measure(&outcome, began);
    let response = match outcome {
        Ok(()) => received().into_response(),
        Err(error) => Failure::from(error).into_response(),
    };
    let mut response = problem::render(response, &request_id);
    edge::set_headers(&mut response, &request_id);
    response
}

/// Take an Update from Telegram.
///
/// 200 means that it is stored. The same Update again is stored and processed once.
#[utoipa::path(post, path = "/telegram/v1/webhooks/{bot_app_id}/", tag = "webhook", security(()),
    params(("bot_app_id" = BotId, Path), ("X-Telegram-Bot-Api-Secret-Token" = String, Header, description = "Known to Telegram and us.")),
    request_body(content = Object, description = "A Telegram Update, at most 1 MiB."),
    responses((status = OK, body = Received),
        (status = UNAUTHORIZED, body = Problem, content_type = "application/problem+json", description = "Wrong or no secret."),
        (status = NOT_FOUND, body = Problem, content_type = "application/problem+json", description = "No such bot."),
        (status = PAYLOAD_TOO_LARGE, body = Problem, content_type = "application/problem+json", description = "Over 1 MiB.")))]
async fn deliver(State(app): State<App>, Path(bot): Path<BotId>, request: Request) -> Result<Json<Received>> {
    take(&app, bot, request).await?;
    Ok(received())
}

/// See whether the address answers.
#[utoipa::path(get, path = "/telegram/v1/webhooks/{bot_app_id}/", tag = "webhook", security(()),
    params(("bot_app_id" = String, Path)), responses((status = OK, body = Received)))]
async fn is_there() -> Json<Received> {
    received()
}

fn received() -> Json<Received> {
    Json(Received { ok: true })
}

async fn take(app: &App, bot: BotId, request: Request) -> Result<(), Error> {
    let hook = admit(app, bot, request.headers()).await?;
    let payload = collect(request.into_body(), BODY_BYTES_MAX).await?;
    let envelope = update::envelope(&payload).map_err(|wrong| Error::invalid(wrong.to_string()))?;
    app.inbox.put(event(bot, &hook, &envelope, payload)).await
}

/// Finds the bot and checks the secret, before anything of the body is read.
async fn admit(app: &App, bot: BotId, headers: &HeaderMap) -> Result<Arc<Hook>, Error> {
    let wrong = || Error::unauthenticated("The secret token is missing or wrong.");
    let hook = app.hooks.find(bot).await?.ok_or_else(no_such_bot)?;
    let given = headers.get(SECRET).ok_or_else(wrong)?.as_bytes();
    if hook.accepts(given) {
        return Ok(hook);
    }
    // Another process may just have given the bot a new secret.
    let hook = app.hooks.find_again(bot).await?.ok_or_else(no_such_bot)?;
    if hook.accepts(given) { Ok(hook) } else { Err(wrong()) }
}

fn no_such_bot() -> Error {
    Error::not_found("bot")
}

fn event(bot: BotId, hook: &Hook, envelope: &Envelope, payload: Bytes) -> NewEvent {
    NewEvent {
        tenant: hook.tenant,
        bot,
        update_id: envelope.update_id,
        event_type: envelope.kind,
        // Those that belong to no chat are kept in order among themselves.
        chat_key: envelope.chat_key.unwrap_or(0),
        is_ignored: !hook.is_active,
        payload,
    }
}

fn measure(outcome: &Result<(), Error>, began: Instant) {
    let label = match outcome.as_ref().map_err(Error::kind) {
        Ok(()) => "stored",
        Err(ErrorKind::NotFound) => "unknown_bot",
        Err(ErrorKind::Unauthenticated) => "wrong_secret",
        Err(ErrorKind::Invalid) => "invalid",
        Err(ErrorKind::TooLarge) => "too_large",
        Err(_) => "unavailable",
    };
    metrics::counter!("telegram_webhook_deliveries_total", "outcome" => label).increment(1);
    metrics::histogram!("telegram_webhook_duration_seconds").record(began.elapsed().as_secs_f64());
    Metrics::of_process().tidy();
}
