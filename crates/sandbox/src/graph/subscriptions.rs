//! Which apps hear of an account, and the callbacks that override an app's own. Each is proven by the handshake first.

use std::time::Duration;

use axum::http;
use http_body_util::Full;
use serde_json::{Value, json};

use super::{
    access,
    error::{GraphError, Result},
    object::Object,
    request::Request,
    world::Callback,
};
use crate::state::Shared;

const URL_CHARS_MAX: usize = 200;
const HANDSHAKE_MAX: Duration = Duration::from_secs(10);

/// `GET /{account}/subscribed_apps`
pub fn list(state: &Shared, request: &Request) -> Result<Value> {
    let world = state.graph.world();
    let waba_id = access::open(&world, request)?.waba_id;
    let subscribed = world.accounts.get(&waba_id).map(|account| account.subscribed.clone()).unwrap_or_default();
    let apps: Vec<_> = subscribed
        .iter()
        .map(|(app_id, callback)| {
            let data = json!({"id": app_id, "name": format!("App {app_id}"), "link": "https://www.facebook.com/"});
            let mut shown = json!({"whatsapp_business_api_data": data});
            if let Some(callback) = callback {
                shown["override_callback_uri"] = callback.url.clone().into();
            }
            shown
        })
        .collect();
    Ok(json!({"data": apps}))
}

/// `POST /{account}/subscribed_apps`; without an override an earlier one goes.
pub async fn subscribe(state: &Shared, request: &Request) -> Result<Value> {
    let body = Object::read(&request.body, "", &["override_callback_uri", "verify_token"])?;
    let callback = callback(&body)?;
    if let Some(callback) = &callback {
        verify(state, callback).await?;
    }
    let mut world = state.graph.world();
    let opened = access::open(&world, request)?;
    if let Some(account) = world.accounts.get_mut(&opened.waba_id) {
        account.subscribed.insert(opened.app_id, callback);
    }
    Ok(json!({"success": true}))
}

/// `DELETE /{account}/subscribed_apps`
pub fn unsubscribe(state: &Shared, request: &Request) -> Result<Value> {
    let mut world = state.graph.world();
    let opened = access::open(&world, request)?;
    if let Some(account) = world.accounts.get_mut(&opened.waba_id) {
        account.subscribed.remove(&opened.app_id);
    }
    Ok(json!({"success": true}))
}

/// `POST /{number}` with a `webhook_configuration`; an empty address removes the override.
pub async fn configure_number(state: &Shared, request: &Request) -> Result<Value> {
    let body = Object::read(&request.body, "", &["webhook_configuration", "messaging_product"])?;
    let given = body.need("webhook_configuration")?;
    let given = Object::read(given, "webhook_configuration", &["override_callback_uri", "verify_token"])?;
    given.need("override_callback_uri")?;
    let callback = callback(&given)?;
    if let Some(callback) = &callback {
        verify(state, callback).await?;
    }
    let mut world = state.graph.world();
    access::open(&world, request)?;
    if let Some(number) = world.numbers.get_mut(&request.object) {
        number.callback = callback;
    }
    Ok(json!({"success": true}))
}

fn callback(given: &Object<'_>) -> Result<Option<Callback>> {
    let url = given.optional_text("override_callback_uri", URL_CHARS_MAX)?.filter(|url| !url.is_empty());
    let Some(url) = url else { return Ok(None) };
    let verify_token = given.text("verify_token", 1000)?;
    Ok(Some(Callback { url: url.to_owned(), verify_token: verify_token.to_owned() }))
}

/// The handshake: the receiver must give the challenge back.
pub async fn verify(state: &Shared, callback: &Callback) -> Result<()> {
    let failed = |what: String| {
        let title = "Callback verification failed with the following errors";
        GraphError { title: format!("{title}: {what}"), ..GraphError::new(2200) }
    };
    let mut url = url::Url::parse(&callback.url).map_err(|_| failed("the URL is not valid".into()))?;
    let is_allowed = url.scheme() == "https" || (url.scheme() == "http" && state.options.local_mode);
    if !is_allowed {
        return Err(failed("the URL must be https".into()));
    }
    let challenge = (state.random.next() % 1_000_000_000).to_string();
    url.query_pairs_mut()
        .append_pair("hub.mode", "subscribe")
        .append_pair("hub.challenge", &challenge)
        .append_pair("hub.verify_token", &callback.verify_token);
    let request = http::Request::get(url.as_str()).header(http::header::USER_AGENT, "facebookplatform/1.0");
    let request = request.body(Full::default()).map_err(|error| failed(error.to_string()))?;
    match state.webhooks.ask(request, HANDSHAKE_MAX).await {
        Ok((200, body)) if body == challenge.as_bytes() => Ok(()),
        Ok((200, _)) => Err(failed("the answer is not the challenge".into())),
        Ok((status, _)) => Err(failed(format!("HTTP Status Code = {status}"))),
        Err(error) => Err(failed(error)),
    }
}
