//! The second step of signing in: turning it on and off, and asking for its code.

use base64::{Engine, prelude::BASE64_STANDARD};
use model::{Error, Result, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use store::{second_steps, users::UserRow};

use super::{totp, web_session};
use crate::App;

const ISSUER: &str = "Jina Connect";

/// Whether somebody has a second step, and how many recovery codes are left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecondStepState {
    pub confirmed_at: Option<Timestamp>,
    pub recovery_codes_left: usize,
}

/// What an authenticator app is given.
#[derive(Debug)]
pub struct NewSecondStep {
    pub secret: SecretString,
    pub uri: SecretString,
}

pub async fn second_step(app: &App, user: &UserRow) -> Result<SecondStepState> {
    let id = user.id;
    let found = app.db.read(move |tx| second_steps::get(tx, id)).await?;
    Ok(SecondStepState {
        confirmed_at: found.as_ref().and_then(|step| step.confirmed_at),
        recovery_codes_left: found.map_or(0, |step| step.recovery.len()),
    })
}

/// Makes a secret, which is in force once a code of it was seen. Needs the password again.
pub async fn begin_second_step(app: &App, user: &UserRow, password: &SecretString) -> Result<NewSecondStep> {
    web_session::check_password_again(app, user, password, "password").await?;
    let secret: [u8; totp::SECRET_BYTES] = app.ids.random();
    let sealed = app.cipher.seal(&*app.ids, second_steps::PLACE, user.id, &BASE64_STANDARD.encode(secret).into())?;
    let id = user.id;
    if !app.db.write(move |tx| second_steps::begin(tx, id, &sealed)).await? {
        return Err(Error::conflict("second_step_on", "The second step is on already. Turn it off first."));
    }
    let text = totp::base32(&secret);
    let label = |text: &str| text.bytes().map(percent_encoded).collect::<String>();
    let uri = format!("otpauth://totp/{0}:{1}?secret={text}&issuer={0}", label(ISSUER), label(&user.email));
    Ok(NewSecondStep { secret: text.into(), uri: uri.into() })
}

fn percent_encoded(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() || b"-._~@".contains(&byte) {
        char::from(byte).to_string()
    } else {
        format!("%{byte:02X}")
    }
}

/// Puts it in force; the answer is the recovery codes, once.
pub async fn confirm_second_step(app: &App, user: &UserRow, code: &str) -> Result<Vec<String>> {
    let (id, now) = (user.id, app.clock.now());
    app.guesses.begin(&user.email, now)?;
    let found = app.db.read(move |tx| second_steps::get(tx, id)).await?;
    let step = found.filter(|step| step.confirmed_at.is_none()).ok_or_else(|| {
        Error::conflict("second_step_not_begun", "There is nothing to confirm. Begin with POST /users/me/second-step/.")
    })?;
    let secret = open(app, user, &step)?;
    let Some(taken) = totp::step_of(&secret, &totp::tidied(code), now, step.last_step) else {
        return Err(Error::field("code", "This code is wrong. Check the clock of your phone."));
    };
    let codes = totp::recovery_codes(&*app.ids);
    let hashes: Vec<String> = codes.iter().map(|code| totp::recovery_hash(code)).collect();
    if !app.db.write(move |tx| second_steps::confirm(tx, id, taken, &hashes, now)).await? {
        return Err(Error::conflict("second_step_on", "The second step is on already."));
    }
    app.guesses.forget(&user.email);
    Ok(codes)
}

/// Turns it off. Needs the password again.
pub async fn remove_second_step(app: &App, user: &UserRow, password: &SecretString) -> Result<()> {
    web_session::check_password_again(app, user, password, "password").await?;
    let id = user.id;
    app.db.write(move |tx| second_steps::remove(tx, id).map(drop)).await
}

/// Asks for the code of those who have the second step on. The password was right already.
pub(super) async fn check(app: &App, user: &UserRow, code: Option<&str>) -> Result<()> {
    let (id, now) = (user.id, app.clock.now());
    let found = app.db.read(move |tx| second_steps::get(tx, id)).await?;
    let Some(step) = found.filter(|step| step.confirmed_at.is_some()) else { return Ok(()) };
    let Some(code) = code.map(totp::tidied).filter(|code| !code.is_empty()) else {
        let words = "Enter the code of your authenticator app.";
        return Err(Error::unauthenticated(words).with_code("code_required"));
    };
    let is_taken = if totp::is_of_authenticator(&code) {
        let secret = open(app, user, &step)?;
        match totp::step_of(&secret, &code, now, step.last_step) {
            Some(taken) => app.db.write(move |tx| second_steps::take(tx, id, taken)).await?,
            None => false,
        }
    } else {
        let hash = totp::recovery_hash(&code);
        let left: Vec<String> = step.recovery.iter().filter(|kept| **kept != hash).cloned().collect();
        let before = step.recovery;
        left.len() < before.len() && app.db.write(move |tx| second_steps::spend(tx, id, &left, &before)).await?
    };
    if is_taken {
        return Ok(());
    }
    let words = "This code is wrong, or was used already.";
    Err(Error::unauthenticated(words).with_code("wrong_code").with_field("code", words))
}

fn open(app: &App, user: &UserRow, step: &second_steps::SecondStep) -> Result<Vec<u8>> {
    let text = app.cipher.open(second_steps::PLACE, user.id, &step.secret)?;
    BASE64_STANDARD.decode(text.expose_secret()).map_err(|e| Error::internal("a second step's secret").with_source(e))
}
