//! setWebhook, deleteWebhook, getWebhookInfo, with every rule that Telegram has for them.

use std::{net::IpAddr, sync::Arc};

use serde_json::json;
use url::{Host, Url};

use super::Ctx;
use crate::{
    answer::{Answer, ApiError, Result},
    inbox::parse_allowed,
    webhook::{self, Webhook},
};

const PORTS: [u16; 4] = [443, 80, 88, 8443];
const CERTIFICATE_BYTES_MAX: usize = 3 << 20;
const SECRET_MAX: usize = 256;
const CONNECTIONS_DEFAULT: i64 = 40;

pub fn set(ctx: &Ctx<'_>) -> Result<Answer> {
    let url = ctx.params.text("url").unwrap_or_default().trim().to_owned();
    if url.is_empty() {
        return delete(ctx);
    }
    let webhook = requested(ctx, url)?;
    let allowed = ctx.params.json("allowed_updates").and_then(Result::ok);
    let allowed = parse_allowed(allowed.as_deref());
    let drops_pending = ctx.params.flag("drop_pending_updates");
    let now_us = ctx.state.now_us();
    let mut inbox = ctx.bot.inbox.state();
    let is_same = inbox.webhook.as_ref().is_some_and(|current| current.is_same(&webhook))
        && allowed.as_ref().is_none_or(|allowed| *allowed == inbox.allowed);
    if is_same {
        if drops_pending {
            inbox.drop_pending();
        }
        return Ok(Answer::yes().described("Webhook is already set"));
    }
    if inbox.webhook_set_at_us > 0 && (0..1_000_000).contains(&(now_us - inbox.webhook_set_at_us)) {
        return Err(ApiError::too_many(1));
    }
    inbox.webhook_set_at_us = now_us;
    if let Some(allowed) = allowed {
        inbox.allowed = allowed;
    }
    if drops_pending {
        inbox.drop_pending();
    }
    let webhook = Arc::new(webhook);
    inbox.webhook = Some(webhook.clone());
    drop(inbox);
    // Ends a poll that is waiting.
    ctx.bot.inbox.woken.notify_waiters();
    webhook::start(ctx.state, ctx.bot, webhook);
    Ok(Answer::yes().described("Webhook was set"))
}

pub fn delete(ctx: &Ctx<'_>) -> Result<Answer> {
    let mut inbox = ctx.bot.inbox.state();
    if ctx.params.flag("drop_pending_updates") {
        inbox.drop_pending();
    }
    if let Some(sender) = inbox.sender.take() {
        sender.abort();
    }
    let was_set = inbox.webhook.take().is_some();
    let description = if was_set { "Webhook was deleted" } else { "Webhook is already deleted" };
    Ok(Answer::yes().described(description))
}

pub fn info(ctx: &Ctx<'_>) -> Result<Answer> {
    let mut inbox = ctx.bot.inbox.state();
    inbox.drop_expired(ctx.state.now_ms());
    let pending = inbox.pending.len();
    let Some(webhook) = inbox.webhook.clone() else {
        let none = json!({"url": "", "has_custom_certificate": false, "pending_update_count": pending});
        return Ok(Answer::new(&with_allowed(none, inbox.allowed.as_ref())));
    };
    let mut info = json!({"url": webhook.url, "has_custom_certificate": webhook.has_custom_certificate,
        "pending_update_count": pending});
    if let Some((date, message)) = webhook.last_error() {
        info["last_error_date"] = json!(date);
        info["last_error_message"] = json!(message);
    }
    info["max_connections"] = json!(webhook.max_connections);
    if let Some(address) = &webhook.ip_address {
        info["ip_address"] = json!(address);
    }
    Ok(Answer::new(&with_allowed(info, inbox.allowed.as_ref())))
}

fn with_allowed(mut info: serde_json::Value, allowed: Option<&Vec<String>>) -> serde_json::Value {
    if let Some(allowed) = allowed {
        info["allowed_updates"] = json!(allowed);
    }
    info
}

fn requested(ctx: &Ctx<'_>, url: String) -> Result<Webhook> {
    let is_local = ctx.state.options.local_mode;
    let target = parse_url(&url, is_local)?;
    let secret = ctx.params.filled("secret_token").map(|text| text.into_owned());
    check_secret(secret.as_deref().unwrap_or_default())?;
    let connections_max = if is_local { 100_000 } else { 100 };
    let max_connections = ctx.params.int("max_connections").unwrap_or(CONNECTIONS_DEFAULT);
    let max_connections = usize::try_from(max_connections.clamp(1, connections_max)).unwrap_or(1);
    let mut webhook = Webhook::new(url, target, secret, max_connections);
    webhook.ip_address = ctx.params.filled("ip_address").map(|text| check_address(&text, is_local)).transpose()?;
    webhook.has_custom_certificate = check_certificate(ctx)?;
    Ok(webhook)
}

fn parse_url(url: &str, is_local: bool) -> Result<Url> {
    let bad = |what: &str| ApiError::bad(format!("bad webhook: {what}"));
    let text = if url.contains("://") { url.to_owned() } else { format!("https://{url}") };
    let target = Url::parse(&text).map_err(|_| ApiError::bad("invalid webhook URL specified"))?;
    if !matches!(target.scheme(), "http" | "https") || target.host().is_none() {
        return Err(ApiError::bad("invalid webhook URL specified"));
    }
    if is_local {
        return Ok(target);
    }
    if target.scheme() != "https" {
        return Err(bad("An HTTPS URL must be provided for webhook"));
    }
    if !target.port_or_known_default().is_some_and(|port| PORTS.contains(&port)) {
        return Err(bad("Webhook can be set up only on ports 80, 88, 443 or 8443"));
    }
    match target.host() {
        Some(Host::Ipv4(address)) => check_address(&address.to_string(), false).map(|_| target),
        Some(Host::Ipv6(_)) => Err(bad("IPv6-only addresses are not allowed")),
        _ => Ok(target),
    }
}

fn check_secret(secret: &str) -> Result<()> {
    if secret.len() > SECRET_MAX {
        return Err(ApiError::bad("secret token is too long"));
    }
    if !secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-') {
        return Err(ApiError::bad("secret token contains unallowed characters"));
    }
    Ok(())
}

fn check_address(text: &str, is_local: bool) -> Result<String> {
    let bad = |what: String| ApiError::bad(format!("bad webhook: {what}"));
    match text.parse() {
        Ok(IpAddr::V4(address)) => {
            let is_reserved = address.is_private() || address.is_loopback() || address.is_link_local();
            if is_reserved && !is_local {
                return Err(bad(format!("IP address {address} is reserved")));
            }
            Ok(address.to_string())
        }
        Ok(IpAddr::V6(_)) => Err(bad("IPv6-only addresses are not allowed".into())),
        Err(_) => Err(bad("invalid IP address specified".into())),
    }
}

fn check_certificate(ctx: &Ctx<'_>) -> Result<bool> {
    match ctx.params.file("certificate") {
        Some(file) if file.bytes.len() > CERTIFICATE_BYTES_MAX => Err(ApiError::bad("certificate size is too big")),
        Some(_) => Ok(true),
        None if ctx.params.filled("certificate").is_some() => {
            Err(ApiError::bad("certificate must be uploaded as an InputFile"))
        }
        None => Ok(false),
    }
}
