//! Who listens: by the token of the request as everywhere, or by a ticket in the address.

use app::{App, accounts};
use axum::{
    extract::FromRequestParts,
    http::{header::AUTHORIZATION, request::Parts},
};
use model::{Caller, Error, ErrorKind, Permission};

use crate::{
    extract::{Path, TENANT_HEADER, authenticated, origin, pairs},
    ids::TenantId,
    mcp::check_origin,
    problem::Failure,
};

/// A caller who may listen.
#[derive(Debug, Clone, Copy)]
pub(super) struct MayListen(pub Caller);

impl FromRequestParts<App> for MayListen {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let ticket = pairs(parts).into_iter().find(|(name, _)| name == "token");
        let caller = match ticket {
            Some((_, ticket)) => Caller { origin: origin(parts), ..accounts::redeem_ticket(app, &ticket).await? },
            None => authenticated(parts, app).await?.caller,
        };
        caller.require(Permission::Read)?;
        Ok(Self(caller))
    }
}

/// A caller who may listen to the tenant that the path names; another one is not there for them.
#[derive(Debug, Clone, Copy)]
pub(super) struct MayListenAt(pub Caller);

impl FromRequestParts<App> for MayListenAt {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let Path(tenant) = Path::<TenantId>::from_request_parts(parts, app).await?;
        let has_ticket = pairs(parts).iter().any(|(name, _)| name == "token");
        if !has_ticket && !parts.headers.contains_key(AUTHORIZATION) {
            // A browser sends its cookie along whichever page opens the socket.
            check_origin(&parts.headers, &app.settings.base_url)?;
        }
        if !has_ticket && let Ok(wanted) = tenant.to_string().parse() {
            parts.headers.insert(TENANT_HEADER, wanted);
        }
        let hidden = |failure: Failure| match failure.kind() {
            ErrorKind::Forbidden => Failure::from(Error::not_found("tenant")),
            _ => failure,
        };
        let MayListen(caller) = MayListen::from_request_parts(parts, app).await.map_err(hidden)?;
        if caller.tenant != tenant {
            return Err(Error::not_found("tenant").into());
        }
        Ok(Self(caller))
    }
}
