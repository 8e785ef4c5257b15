//! Who asks: `Authorization: Bearer` or the web app's cookie, and `X-Tenant-Id` for people who belong to several tenants.

use std::{
    net::{IpAddr, SocketAddr},
    ops::Deref,
};

use app::{App, accounts::Identity};
use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, header::AUTHORIZATION, request::Parts},
};
use model::{Error, Id, Origin, Permission, Scope, Tenant};

use super::cookie;
use crate::problem::Failure;

/// Names the tenant that a person acts for; without it, the first one they belong to.
pub const TENANT_HEADER: &str = "x-tenant-id";

/// Somebody with a good token, for handlers that care about their role; most take [`MayRead`] and its like.
#[derive(Debug, Clone, Copy)]
pub struct Caller(pub model::Caller);

impl Deref for Caller {
    type Target = model::Caller;

    fn deref(&self) -> &model::Caller {
        &self.0
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        Ok(Self(authenticated(parts, app).await?.caller))
    }
}

macro_rules! may {
    ($($(#[$meta:meta])* $name:ident => $permission:ident;)+) => {
        $($(#[$meta])*
        #[derive(Debug, Clone, Copy)]
        pub struct $name(pub Scope);

        impl FromRequestParts<App> for $name {
            type Rejection = Failure;

            async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
                let caller = authenticated(parts, app).await?.caller;
                Ok(Self(caller.require(Permission::$permission)?))
            }
        })+
    };
}

// Taken before the body, so that who may not do a thing hears that before anything about their input.
may! {
    /// A caller who may look; the scope to look in.
    MayRead => Read;
    /// A caller who may talk to people; the scope to act in.
    MayConverse => Converse;
    /// A caller who may manage contacts, broadcasts and bots; the scope to act in.
    MayManage => Manage;
    /// A caller who may manage keys and people; the scope to act in.
    MayAdminister => Administer;
}

/// The caller with name and address, for those who ask who they are.
#[derive(Debug, Clone)]
pub struct Whoami(pub Identity);

impl FromRequestParts<App> for Whoami {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        Ok(Self(authenticated(parts, app).await?))
    }
}

/// Looks the token up, once per request. The key of an agent that is limited opens MCP alone.
pub(crate) async fn authenticated(parts: &mut Parts, app: &App) -> Result<Identity, Failure> {
    let identity = authenticated_for_mcp(parts, app).await?;
    if identity.key.as_ref().is_some_and(|key| key.limits.is_some()) {
        let words = "This key is limited to tools, bots or chats, so it opens /mcp alone.";
        return Err(Error::forbidden(words).with_code("key_limited").into());
    }
    Ok(identity)
}

/// As [`authenticated`], for the door that keeps the limits of keys.
pub(crate) async fn authenticated_for_mcp(parts: &mut Parts, app: &App) -> Result<Identity, Failure> {
    if let Some(identity) = parts.extensions.get::<Identity>() {
        return Ok(identity.clone());
    }
    let mut identity = identified(parts, app).await?;
    identity.caller.origin = origin(parts);
    parts.extensions.insert(identity.clone());
    Ok(identity)
}

async fn identified(parts: &Parts, app: &App) -> Result<Identity, Error> {
    if let Some(token) = bearer(&parts.headers) {
        return app::accounts::authenticate(app, token, tenant(&parts.headers)?).await;
    }
    let token = cookie::token(app, &parts.headers).ok_or_else(|| {
        Error::unauthenticated("Send your API key or access token as \"Authorization: Bearer <token>\".")
    })?;
    cookie::authenticated(app, parts, token, tenant(&parts.headers)?).await
}

pub(crate) fn origin(parts: &Parts) -> Origin {
    Origin::Http(address(parts))
}

/// Where a request came from: the peer, or what the proxy before us says when the peer is one of our own network.
fn address(parts: &Parts) -> Option<IpAddr> {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>()?.0.ip();
    let is_near = match peer {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_private(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local(),
    };
    let forwarded = parts.headers.get("x-forwarded-for").and_then(|value| value.to_str().ok());
    let last = forwarded.and_then(|hops| hops.rsplit(',').next()).and_then(|hop| hop.trim().parse().ok());
    if is_near { last.or(Some(peer)) } else { Some(peer) }
}

/// The token of the `Authorization` header.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim()).filter(|token| !token.is_empty())
}

fn tenant(headers: &HeaderMap) -> Result<Option<Id<Tenant>>, Error> {
    let Some(value) = headers.get(TENANT_HEADER) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default();
    text.parse().map(Some).map_err(|error: Error| error.at_field("X-Tenant-Id"))
}
