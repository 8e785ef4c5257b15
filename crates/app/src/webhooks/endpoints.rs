//! What a tenant does with its endpoints.

use base64::{Engine, prelude::BASE64_STANDARD};
use model::{
    Error, Id, Result, Scope,
    activity::Deed,
    feed::FeedKind,
    webhook::{Delivery, Endpoint},
};
use secrecy::SecretString;
use serde_json::{Value, json};
use store::{
    activity,
    webhooks::{self, EndpointChanges, NewDelivery},
};

use super::enqueue::body;
use crate::App;

/// Endpoints of one tenant.
const ENDPOINTS_MAX: i64 = 20;
const DESCRIPTION_CHARS_MAX: usize = 500;
/// How long the secret before a rotation signs as well.
const OVERLAP_MS: i64 = model::DAY_MS;
/// What every secret begins with, and how many random bytes follow.
const SECRET_PREFIX: &str = "whsec_";
const SECRET_BYTES: usize = 32;
/// Rows of the log that are removed in one transaction.
const FORGET_MAX: i64 = 1_000;
/// The type of a test event.
pub(super) const TEST: &str = "test";

/// What a new endpoint is to be.
#[derive(Debug, Clone)]
pub struct NewEndpoint {
    pub url: String,
    pub description: String,
    pub event_types: Vec<String>,
}

/// The types of events that endpoints can ask for.
pub fn event_types() -> impl Iterator<Item = &'static str> {
    FeedKind::ALL.iter().filter(|kind| **kind != FeedKind::Endpoint).map(|kind| kind.event_type())
}

/// Makes an endpoint, which hears of what happens from now on. Its secret is not shown again.
pub async fn create(app: &App, scope: &Scope, new: NewEndpoint) -> Result<(Endpoint, SecretString)> {
    let (scope, now, id, ids) = (*scope, app.clock.now(), app.ids.id(), app.ids.clone());
    let endpoint = Endpoint {
        id,
        tenant: scope.tenant(),
        url: readable_url(app, &new.url)?,
        description: readable_description(&new.description)?,
        event_types: readable_types(new.event_types)?,
        is_enabled: true,
        disabled_reason: None,
        failing_since: None,
        old_secret_until: None,
        created_at: now,
        updated_at: now,
    };
    let secret = fresh_secret(app);
    let sealed = webhooks::seal_secret(&app.cipher, &*app.ids, id, &secret)?;
    let row = endpoint.clone();
    app.db
        .write(move |tx| {
            if webhooks::count(tx, &scope)? >= ENDPOINTS_MAX {
                let words = format!("There are {ENDPOINTS_MAX} endpoints already, which is the most.");
                return Err(Error::conflict("too_many_endpoints", words));
            }
            webhooks::insert(tx, &scope, &row, &sealed)?;
            activity::record(tx, &scope, &*ids, &deed("webhook_endpoint.created", &row), now)
        })
        .await?;
    Ok((endpoint, secret))
}

/// Changes the given fields.
pub async fn update(app: &App, scope: &Scope, id: Id<Endpoint>, changes: EndpointChanges) -> Result<Endpoint> {
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    let changes = EndpointChanges {
        url: changes.url.map(|url| readable_url(app, &url)).transpose()?,
        description: changes.description.map(|text| readable_description(&text)).transpose()?,
        event_types: changes.event_types.map(readable_types).transpose()?,
    };
    app.db
        .write(move |tx| {
            let before = found(webhooks::get(tx, &scope, id)?)?;
            webhooks::update(tx, &scope, id, &changes, now)?;
            let after = found(webhooks::get(tx, &scope, id)?)?;
            let deed = deed("webhook_endpoint.changed", &after).changed(&shown(&before), &shown(&after));
            activity::record(tx, &scope, &*ids, &deed, now)?;
            Ok(after)
        })
        .await
}

/// A new secret; the one before signs as well for a day.
pub async fn rotate(app: &App, scope: &Scope, id: Id<Endpoint>) -> Result<(Endpoint, SecretString)> {
    let (scope, now, secret, ids) = (*scope, app.clock.now(), fresh_secret(app), app.ids.clone());
    let sealed = webhooks::seal_secret(&app.cipher, &*app.ids, id, &secret)?;
    let endpoint = app
        .db
        .write(move |tx| {
            webhooks::rotate(tx, &scope, id, &sealed, (now, now + OVERLAP_MS))?;
            let endpoint = found(webhooks::get(tx, &scope, id)?)?;
            activity::record(tx, &scope, &*ids, &deed("webhook_endpoint.secret_rotated", &endpoint), now)?;
            Ok(endpoint)
        })
        .await?;
    Ok((endpoint, secret))
}

/// Sends events again, those from now on and those that were owed.
pub async fn enable(app: &App, scope: &Scope, id: Id<Endpoint>) -> Result<Endpoint> {
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    app.db
        .write(move |tx| {
            let is_new = webhooks::enable(tx, &scope, id, now)?;
            let endpoint = found(webhooks::get(tx, &scope, id)?)?;
            if is_new {
                tx.notify(store::wake::WEBHOOK, "")?;
                activity::record(tx, &scope, &*ids, &deed("webhook_endpoint.enabled", &endpoint), now)?;
            }
            Ok(endpoint)
        })
        .await
}

/// Sends nothing any more.
pub async fn disable(app: &App, scope: &Scope, id: Id<Endpoint>) -> Result<Endpoint> {
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    app.db
        .write(move |tx| {
            let is_new = webhooks::disable(tx, &scope, id, None, now)?;
            let endpoint = found(webhooks::get(tx, &scope, id)?)?;
            if is_new {
                activity::record(tx, &scope, &*ids, &deed("webhook_endpoint.disabled", &endpoint), now)?;
            }
            Ok(endpoint)
        })
        .await
}

/// Removes an endpoint with its log, which may be long: bit by bit, and the endpoint itself last.
pub async fn delete(app: &App, scope: &Scope, id: Id<Endpoint>) -> Result<()> {
    disable(app, scope, id).await?;
    let scope = *scope;
    while app.db.write(move |tx| webhooks::forget_deliveries(tx, &scope, id, FORGET_MAX)).await? > 0 {}
    let (now, ids) = (app.clock.now(), app.ids.clone());
    app.db
        .write(move |tx| {
            let endpoint = found(webhooks::get(tx, &scope, id)?)?;
            webhooks::delete(tx, &scope, id)?;
            activity::record(tx, &scope, &*ids, &deed("webhook_endpoint.removed", &endpoint), now)
        })
        .await
}

/// Owes an endpoint a test event.
pub async fn test(app: &App, scope: &Scope, id: Id<Endpoint>) -> Result<Id<Delivery>> {
    let (scope, now, delivery) = (*scope, app.clock.now(), app.ids.id());
    let payload = body(TEST, now, &json!({"tenant_id": scope.tenant(), "endpoint_id": id}));
    let new = NewDelivery { id: delivery, event_type: TEST.to_owned(), seq: None, contact: None, payload };
    app.db
        .write(move |tx| {
            enabled(webhooks::get(tx, &scope, id)?)?;
            webhooks::enqueue(tx, &scope, id, std::slice::from_ref(&new), now)
        })
        .await?;
    Ok(delivery)
}

pub(super) fn found(endpoint: Option<Endpoint>) -> Result<Endpoint> {
    endpoint.ok_or_else(not_found)
}

/// An endpoint that events can be sent to.
pub(super) fn enabled(endpoint: Option<Endpoint>) -> Result<Endpoint> {
    let endpoint = found(endpoint)?;
    if !endpoint.is_enabled {
        return Err(Error::conflict("endpoint_disabled", "The endpoint is disabled. Enable it first."));
    }
    Ok(endpoint)
}

pub(super) fn deed(action: &'static str, endpoint: &Endpoint) -> Deed {
    Deed::new(action, "webhook_endpoint", endpoint.id).named(&endpoint.url)
}

fn shown(endpoint: &Endpoint) -> Value {
    json!({"url": endpoint.url, "description": endpoint.description, "event_types": endpoint.event_types})
}

fn not_found() -> Error {
    Error::not_found("endpoint")
}

fn fresh_secret(app: &App) -> SecretString {
    format!("{SECRET_PREFIX}{}", BASE64_STANDARD.encode(app.ids.random::<SECRET_BYTES>())).into()
}

fn readable_url(app: &App, text: &str) -> Result<String> {
    app.outbound.check(text.trim()).map(String::from).map_err(|error| error.at_field("url"))
}

fn readable_description(text: &str) -> Result<String> {
    let text = text.trim();
    if text.chars().count() > DESCRIPTION_CHARS_MAX {
        return Err(Error::field("description", format!("Enter at most {DESCRIPTION_CHARS_MAX} characters.")));
    }
    Ok(text.to_owned())
}

fn readable_types(mut types: Vec<String>) -> Result<Vec<String>> {
    if let Some(unknown) = types.iter().find(|one| !event_types().any(|known| known == one.as_str())) {
        let shown: String = unknown.chars().take(40).collect();
        let known: Vec<_> = event_types().collect();
        let words = format!("\"{shown}\" is not one of {}.", known.join(", "));
        return Err(Error::field("event_types", words));
    }
    types.sort();
    types.dedup();
    Ok(types)
}
