//! Links that set a new password: asked for by whoever forgot theirs, or by an administrator for somebody.

use model::{Caller, DAY_MS, Error, Id, Permission, Result, User, activity::Deed};
use secrecy::SecretString;
use store::{
    activity, mails, members, second_steps,
    users::{self, UserRow},
};

use super::{
    password, readable_email,
    team::{Link, hash, is_dead, link, within_reach},
};
use crate::{App, mail};

const RESET_MS: i64 = DAY_MS;
/// Whoever asks again within this gets no second letter.
const PAUSE_MS: i64 = 5 * 60_000;

/// A link for somebody's new password.
#[derive(Debug)]
pub struct ResetLink {
    pub link: Link,
    /// It is on its way to them by a letter, and nobody else may see it.
    pub is_mailed: bool,
}

/// Makes a link for a person of the workspace. By a letter where there is a mail server; else the administrator passes it
/// on, but not to people of other workspaces too: whoever administers this one would get into those.
pub async fn reset_link(app: &App, caller: &Caller, user: Id<User>) -> Result<ResetLink> {
    let (scope, own) = (caller.require(Permission::Administer)?, caller.role);
    let (link, hash) = link(app, "reset", app.clock.now() + RESET_MS);
    let member = app.db.read(move |tx| within_reach(tx, &scope, own, user)).await?;
    let letter = mail::sealed(app, mail::new_password(&member.email, &link))?;
    let (expires_at, is_mailed, ids, now) = (link.expires_at, letter.is_some(), app.ids.clone(), app.clock.now());
    app.db
        .write(move |tx| {
            let member = within_reach(tx, &scope, own, user)?;
            if !is_mailed && members::places(tx, user)? > 1 {
                let words = "This person belongs to other workspaces too. Ask the operator of this installation.";
                return Err(Error::forbidden(words).with_code("of_several_workspaces"));
            }
            second_steps::put_link(tx, user, &hash, expires_at)?;
            letter.iter().try_for_each(|letter| mails::insert(tx, letter, now))?;
            let deed = Deed::new("member.reset_link_made", "member", user).named(&member.name);
            activity::record(tx, &scope, &*ids, &deed, now)
        })
        .await?;
    Ok(ResetLink { link, is_mailed })
}

/// Mails a link to whoever forgot their password. Whether the address has an account here is not told.
pub async fn ask_for_reset(app: &App, email: &str) -> Result<()> {
    if app.mailer.is_none() {
        let words = "This installation sends no mail. Ask an administrator of your workspace for a link.";
        return Err(Error::conflict("mail_is_off", words));
    }
    let (email, now) = (readable_email(email)?, app.clock.now());
    let Some(user) = app.db.read(move |tx| users::by_email(tx, &email)).await?.filter(|user| user.is_active) else {
        return Ok(());
    };
    let (link, hash) = link(app, "reset", now + RESET_MS);
    let letter = mail::sealed(app, mail::new_password(&user.email, &link))?;
    app.db
        .write(move |tx| {
            let last = second_steps::link_ends_at(tx, user.id)?;
            if last.is_some_and(|ends_at| now.since(ends_at - RESET_MS) < PAUSE_MS) {
                return Ok(());
            }
            second_steps::put_link(tx, user.id, &hash, link.expires_at)?;
            letter.iter().try_for_each(|letter| mails::insert(tx, letter, now))
        })
        .await
}

/// Whose password a link sets.
pub async fn reset_of(app: &App, token: &str) -> Result<UserRow> {
    let (hash, now) = (hash(token)?, app.clock.now());
    let found = app.db.read(move |tx| match second_steps::link(tx, &hash, now)? {
        Some(user) => users::find(tx, user),
        None => Ok(None),
    });
    found.await?.ok_or_else(is_dead)
}

/// Sets the password, ends every session, and the link.
pub async fn reset_password(app: &App, token: &str, new: &SecretString) -> Result<()> {
    let (user, hash, now) = (reset_of(app, token).await?, hash(token)?, app.clock.now());
    let password_hash = password::hash(app, new).await?;
    app.db
        .write(move |tx| {
            if second_steps::link(tx, &hash, now)? != Some(user.id) {
                return Err(is_dead());
            }
            second_steps::end_link(tx, user.id)?;
            users::set_password(tx, user.id, &password_hash, None)
        })
        .await
}
