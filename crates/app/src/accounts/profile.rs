//! What people change of themselves: name, password, and where they are signed in.

use model::{Error, Id, Result, WebSession};
use secrecy::SecretString;
use store::{
    sessions::{self, SessionRow},
    users::{self, UserRow},
};

use super::{Identity, password, readable_name, web_session};
use crate::App;

/// A new password, with the one before as proof.
#[derive(Debug)]
pub struct PasswordChange {
    pub current: SecretString,
    pub new: SecretString,
}

/// The person behind an identity; an API key has none.
pub fn person(identity: &Identity) -> Result<&UserRow> {
    identity.user.as_ref().ok_or_else(|| {
        let words = "An API key has no profile; sign in as a person.";
        Error::new(model::ErrorKind::NotFound, "no_person", words)
    })
}

/// Changes name and password; a new password ends every other session.
pub async fn change_profile(
    app: &App,
    identity: &Identity,
    name: Option<&str>,
    change: Option<PasswordChange>,
) -> Result<UserRow> {
    let mut user = person(identity)?.clone();
    if let Some(name) = name {
        user.name = readable_name(name)?;
    }
    let hash = match &change {
        Some(change) => {
            web_session::check_password_again(app, &user, &change.current, "current_password").await?;
            let hash = password::hash(app, &change.new).await;
            Some(hash.map_err(|error| renamed(error, "new_password"))?)
        }
        None => None,
    };
    let (row, but) = (user.clone(), identity.session.as_ref().map(|session| session.id));
    app.db
        .write(move |tx| {
            users::set_name(tx, row.id, &row.name)?;
            match &hash {
                Some(hash) => users::set_password(tx, row.id, hash, but),
                None => Ok(()),
            }
        })
        .await?;
    Ok(user)
}

fn renamed(error: Error, field: &str) -> Error {
    match error.field_errors().values().flatten().next() {
        Some(sentence) => Error::field(field, sentence.clone()),
        None => error,
    }
}

/// Where somebody is signed in, the browser used last first.
pub async fn web_sessions(app: &App, identity: &Identity) -> Result<Vec<SessionRow>> {
    let (id, now) = (person(identity)?.id, app.clock.now());
    app.db.read(move |tx| sessions::of_user(tx, id, now)).await
}

/// Signs one browser out.
pub async fn end_session_of(app: &App, identity: &Identity, id: Id<WebSession>) -> Result<()> {
    let user = person(identity)?.id;
    let ended = app.db.write(move |tx| sessions::end(tx, user, id)).await?;
    if ended { Ok(()) } else { Err(Error::not_found("session")) }
}

/// Signs every browser out but the one that asks.
pub async fn end_other_sessions(app: &App, identity: &Identity) -> Result<()> {
    let (user, but) = (person(identity)?.id, identity.session.as_ref().map(|session| session.id));
    app.db.write(move |tx| sessions::end_all(tx, user, but)).await
}
