//! `/whatsapp/v1/webhooks/{number_id}/` and `/whatsapp/v1/webhooks/`: where Meta delivers. What comes is acknowledged once
//! it is durable.
//!
//! A number may have an address of its own; what concerns templates and accounts comes to the application's address in any
//! case, which is one for the whole installation: there the accounts that are named say whose it is.

use std::{collections::HashMap, sync::Arc};

use app::App;
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use channels::whatsapp::{
    signature,
    webhook::{self, Piece},
};
use futures::future::try_join_all;
use model::{Error, Platform};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use store::{bots::Hook, events::NewEvent, whatsapp};
use subtle::ConstantTimeEq;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    extract::{Json, Path, Query, collect},
    ids::BotId,
    problem::{Problem, Result},
};

const SIGNATURE: HeaderName = HeaderName::from_static("x-hub-signature-256");

/// The largest delivery that is taken; Meta's are at most 3 MB.
const BODY_BYTES_MAX: usize = 4 << 20;

/// Numbers whose secrets are tried for one delivery.
const NUMBERS_MAX: usize = 1_000;

pub(super) fn routes() -> OpenApiRouter<App> {
    metrics::describe_counter!("whatsapp_webhook_deliveries_total", "Deliveries by Meta, by outcome");
    OpenApiRouter::new().routes(routes!(deliver, verify)).routes(routes!(deliver_to_all, verify_all))
}

/// What acknowledges a delivery of Meta's.
#[derive(Debug, Serialize, ToSchema)]
struct Taken {
    #[schema(example = true)]
    ok: bool,
}

/// Meta's question whether the callback is ours.
#[derive(Debug, Deserialize, ToSchema, IntoParams)]
#[into_params(parameter_in = Query)]
struct Handshake {
    #[serde(rename = "hub.mode")]
    #[param(example = "subscribe")]
    mode: Option<String>,
    #[serde(rename = "hub.challenge")]
    challenge: Option<String>,
    #[serde(rename = "hub.verify_token")]
    verify_token: Option<String>,
}

impl Handshake {
    /// The token and the challenge, of a question that is one.
    fn read(self) -> Result<(SecretString, String), Error> {
        match (self.mode.as_deref(), self.challenge, self.verify_token) {
            (Some("subscribe"), Some(challenge), Some(token)) => Ok((token.into(), challenge)),
            _ => Err(refused()),
        }
    }
}

fn refused() -> Error {
    Error::forbidden("The verify token is missing or wrong.")
}

/// Prove to Meta that the callback is yours.
#[utoipa::path(get, path = "/whatsapp/v1/webhooks/{number_id}/", tag = "webhook", security(()),
    params(("number_id" = BotId, Path), Handshake),
    responses((status = OK, content_type = "text/plain", body = String),
        (status = FORBIDDEN, body = Problem, content_type = "application/problem+json", description = "Not the verify token.")))]
async fn verify(
    State(app): State<App>,
    Path(number): Path<BotId>,
    Query(handshake): Query<Handshake>,
) -> Result<Response> {
    use secrecy::ExposeSecret;
    let (given, challenge) = handshake.read()?;
    let cipher = app.cipher.clone();
    let token = app.db.read(move |tx| whatsapp::verify_token(tx, &cipher, number)).await?;
    let token = token.ok_or_else(|| Error::not_found("number"))?;
    let is_good: bool = token.expose_secret().as_bytes().ct_eq(given.expose_secret().as_bytes()).into();
    if is_good { Ok(plain(challenge)) } else { Err(refused().into()) }
}

/// Prove to Meta that the callback of the whole installation is yours, with any number's verify token.
#[utoipa::path(get, path = "/whatsapp/v1/webhooks/", tag = "webhook", security(()), params(Handshake),
    responses((status = OK, content_type = "text/plain", body = String),
        (status = FORBIDDEN, body = Problem, content_type = "application/problem+json", description = "Not the verify token.")))]
async fn verify_all(State(app): State<App>, Query(handshake): Query<Handshake>) -> Result<Response> {
    let (given, challenge) = handshake.read()?;
    if app.db.read(move |tx| whatsapp::by_verify_token(tx, &given)).await? {
        return Ok(plain(challenge));
    }
    Err(refused().into())
}

fn plain(challenge: String) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], challenge).into_response()
}

/// Take a delivery for one number.
///
/// 200 means that all of it is stored; what comes again is stored and processed once. The signature is made with the secret
/// of the application over the body's very bytes.
#[utoipa::path(post, path = "/whatsapp/v1/webhooks/{number_id}/", tag = "webhook", security(()),
    params(("number_id" = BotId, Path), ("X-Hub-Signature-256" = String, Header, description = "`sha256=` and the HMAC of the body.")),
    request_body(content = Object, description = "A delivery of Meta's, at most 4 MiB."),
    responses((status = OK, body = Taken),
        (status = UNAUTHORIZED, body = Problem, content_type = "application/problem+json", description = "Wrong or no signature."),
        (status = NOT_FOUND, body = Problem, content_type = "application/problem+json", description = "No such number."),
        (status = PAYLOAD_TOO_LARGE, body = Problem, content_type = "application/problem+json", description = "Over 4 MiB.")))]
async fn deliver(State(app): State<App>, Path(number): Path<BotId>, request: Request) -> Result<Json<Taken>> {
    measured(take(&app, number, request).await)
}

/// Take a delivery for any numbers and accounts of the installation.
///
/// Whose it is say the accounts that it names; each is taken by those numbers only whose application's secret made the
/// signature. What concerns nobody here is acknowledged and left.
#[utoipa::path(post, path = "/whatsapp/v1/webhooks/", tag = "webhook", security(()),
    params(("X-Hub-Signature-256" = String, Header, description = "`sha256=` and the HMAC of the body.")),
    request_body(content = Object, description = "A delivery of Meta's, at most 4 MiB."),
    responses((status = OK, body = Taken),
        (status = UNAUTHORIZED, body = Problem, content_type = "application/problem+json", description = "Wrong or no signature.")))]
async fn deliver_to_all(State(app): State<App>, request: Request) -> Result<Json<Taken>> {
    measured(take_for_all(&app, request).await)
}

fn measured(outcome: Result<(), Error>) -> Result<Json<Taken>> {
    let label = outcome.as_ref().map_or_else(Error::code, |()| "stored");
    metrics::counter!("whatsapp_webhook_deliveries_total", "outcome" => label).increment(1);
    outcome?;
    Ok(Json(Taken { ok: true }))
}

fn wrong() -> Error {
    Error::unauthenticated("The signature is missing or wrong.")
}

/// The signature, its body, and what it brings; not judged yet.
async fn read(request: Request) -> Result<(String, Bytes), Error> {
    let given = signature_of(request.headers()).ok_or_else(wrong)?;
    let body = collect(request.into_body(), BODY_BYTES_MAX).await?;
    Ok((given, body))
}

fn signature_of(headers: &HeaderMap) -> Option<String> {
    headers.get(SIGNATURE).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

fn pieces(body: &[u8]) -> Result<Vec<Piece>, Error> {
    webhook::split(body).map_err(|_| Error::invalid("The body is not a JSON object in UTF-8."))
}

async fn take(app: &App, number: BotId, request: Request) -> Result<(), Error> {
    let missing = || Error::not_found("number");
    let hook = hook(app, number).await?.ok_or_else(missing)?;
    let (given, body) = read(request).await?;
    let is_good = |hook: &Hook| hook.any(|secret| signature::is_good(secret, &body, &given));
    let hook = if is_good(&hook) {
        hook
    } else {
        // Another process may just have been given a new secret.
        let fresh = app.hooks.find_again(number).await?.ok_or_else(missing)?;
        if !is_good(&fresh) {
            return Err(wrong());
        }
        fresh
    };
    let own = app.db.read(move |tx| whatsapp::phone_number_id(tx, number)).await?;
    let is_mine = |piece: &Piece| piece.phone_number_id.is_none() || piece.phone_number_id == own;
    let events = pieces(&body)?.into_iter().filter(is_mine).map(|piece| event(number, &hook, piece));
    put(app, events.collect()).await
}

async fn hook(app: &App, number: BotId) -> Result<Option<Arc<Hook>>, Error> {
    Ok(app.hooks.find(number).await?.filter(|hook| hook.platform == Platform::Whatsapp))
}

async fn take_for_all(app: &App, request: Request) -> Result<(), Error> {
    let (given, body) = read(request).await?;
    let pieces = pieces(&body)?;
    let mut accounts: Vec<String> = pieces.iter().map(|piece| piece.waba_id.clone()).collect();
    accounts.sort_unstable();
    accounts.dedup();
    let mut signed: HashMap<String, Vec<(BotId, String, Arc<Hook>)>> = HashMap::new();
    let (mut tried, mut is_signed) = (0, false);
    for account in accounts.into_iter().take(NUMBERS_MAX) {
        let waba_id = account.clone();
        for (number, phone_number_id) in app.db.read(move |tx| whatsapp::by_account(tx, &waba_id)).await? {
            tried += 1;
            let Some(hook) = hook(app, number).await?.filter(|_| tried <= NUMBERS_MAX) else { continue };
            if hook.any(|secret| signature::is_good(secret, &body, &given)) {
                is_signed = true;
                signed.entry(account.clone()).or_default().push((number, phone_number_id, hook));
            }
        }
    }
    if !is_signed {
        return Err(wrong());
    }
    let mut events = Vec::new();
    for piece in pieces {
        let numbers = signed.get(&piece.waba_id).map(Vec::as_slice).unwrap_or_default();
        let meant = |phone: &String| piece.phone_number_id.as_ref().is_none_or(|named| named == phone);
        // What concerns an account is told once to each tenant that has a number of it.
        let mut tenants = Vec::new();
        for (number, _, hook) in numbers.iter().filter(|(_, phone, _)| meant(phone)) {
            if !tenants.contains(&hook.tenant) {
                tenants.push(hook.tenant);
                events.push(event(*number, hook, piece.clone()));
            }
        }
    }
    put(app, events).await
}

fn event(number: BotId, hook: &Hook, piece: Piece) -> NewEvent {
    NewEvent {
        tenant: hook.tenant,
        bot: number,
        update_id: piece.update_id,
        event_type: piece.event_type,
        chat_key: piece.chat_key,
        is_ignored: !hook.is_active,
        payload: Bytes::from(piece.payload),
    }
}

/// Returns once all are durable.
async fn put(app: &App, events: Vec<NewEvent>) -> Result<(), Error> {
    try_join_all(events.into_iter().map(|event| app.inbox.put(event))).await.map(drop)
}
