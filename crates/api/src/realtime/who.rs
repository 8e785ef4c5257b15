//! Who listens: by the token of the request as everywhere, or by a ticket in the address.

use app::{App, accounts};
use axum::{extract::FromRequestParts, http::request::Parts};
use model::{Caller, Permission};

use crate::{
    extract::{authenticated, pairs},
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
            Some((_, ticket)) => accounts::redeem_ticket(app, &ticket).await?,
            None => authenticated(parts, app).await?.caller,
        };
        caller.require(Permission::Read)?;
        Ok(Self(caller))
    }
}
