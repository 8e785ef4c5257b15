//! Who calls a tool: by the request's own token, by the key of the process, or by the `api_key` argument.

use std::sync::Arc;

use app::{
    App,
    accounts::{self, Identity},
};
use http::request::Parts;
use model::{
    Actor, Error, Result, Scope,
    key_limits::KeyLimits,
    message::{Author, AuthorType},
};
use rmcp::{RoleServer, service::RequestContext};
use secrecy::{ExposeSecret, SecretString};

use crate::argument::API_KEY;

/// What a tool works with.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub app: App,
    pub scope: Scope,
    /// In whose name messages are written.
    pub author: Author,
    /// What the key is limited to; nothing for most.
    pub limits: Arc<KeyLimits>,
}

/// The caller that the front found, or the one that the process serves.
pub(crate) async fn of_request(
    app: &App,
    context: &RequestContext<RoleServer>,
    key: Option<&SecretString>,
) -> Result<Identity> {
    if let Some(key) = key {
        return accounts::authenticate(app, key.expose_secret(), None).await;
    }
    let identity = context.extensions.get::<Parts>().and_then(|parts| parts.extensions.get::<Identity>());
    identity.cloned().ok_or_else(|| Error::unauthenticated("Send your API key as \"Authorization: Bearer <key>\"."))
}

/// The owner of a key that came as an argument.
pub(crate) async fn by_argument(app: &App, key: &SecretString) -> Result<Identity> {
    accounts::authenticate(app, key.expose_secret(), None).await.map_err(|error| {
        let words = error.message().to_owned();
        error.with_field(API_KEY, words)
    })
}

pub(crate) fn limits(identity: &Identity) -> KeyLimits {
    identity.key.as_ref().and_then(|key| key.limits.clone()).unwrap_or_default()
}

/// A key writes by the API, a person by their own token.
pub(crate) fn author(identity: &Identity) -> Author {
    let name = identity.user.as_ref().map(|user| &user.name).or(identity.key.as_ref().map(|key| &key.name)).cloned();
    match identity.caller.actor {
        Actor::User(id) => Author { kind: AuthorType::User, id: Some(id.as_uuid()), name },
        Actor::Key(id) => Author { kind: AuthorType::Api, id: Some(id.as_uuid()), name },
        Actor::System => Author { kind: AuthorType::System, id: None, name },
    }
}
