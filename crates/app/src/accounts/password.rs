//! Passwords, as argon2id hashes. Hashing takes 19 MiB and tens of milliseconds, so it runs beside the async threads, a few
//! at a time.

use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use model::{Error, Result};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

use crate::App;

const CHARS_MIN: usize = 8;
/// Longer ones only cost time to hash.
const BYTES_MAX: usize = 1_024;

/// How many are hashed at the same time over the whole process: bounds memory under a flood of sign-ins.
static AT_WORK: Semaphore = Semaphore::const_new(4);

/// What the password of an unknown address is checked against, so that it takes as long as a known one's.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGF0IGFsbC4uLg$YwMYTnFGTHJ9VPlFsqRm2jDvSAlJlhgX0Ok5d7Uqy0A";

/// Hashes a new password, if it is long enough.
pub(super) async fn hash(app: &App, password: &SecretString) -> Result<String> {
    check(password)?;
    let salt: [u8; 16] = app.ids.random();
    let password = password.clone();
    at_work(move || {
        let hash = Argon2::default().hash_password_with_salt(password.expose_secret().as_bytes(), &salt);
        hash.map(|hash| hash.to_string()).map_err(|e| Error::internal(format!("a password could not be hashed: {e}")))
    })
    .await?
}

/// Whether a new password is long enough.
pub(super) fn check(password: &SecretString) -> Result<()> {
    let text = password.expose_secret();
    if text.chars().count() < CHARS_MIN || text.len() > BYTES_MAX {
        return Err(Error::field("password", format!("Enter {CHARS_MIN} to {BYTES_MAX} characters.")));
    }
    Ok(())
}

/// Whether `password` is the one behind `hash`; with `None` it only takes as long as if there were one.
pub(super) async fn is_right(password: &SecretString, hash: Option<String>) -> Result<bool> {
    let text = password.expose_secret();
    let is_possible = hash.is_some() && text.len() <= BYTES_MAX;
    let password = if text.len() <= BYTES_MAX { password.clone() } else { SecretString::default() };
    let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
    let is_same =
        at_work(move || Argon2::default().verify_password(password.expose_secret().as_bytes(), hash.as_str()).is_ok());
    Ok(is_same.await? && is_possible)
}

async fn at_work<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let _place = AT_WORK.acquire().await.map_err(|_| Error::internal("the password semaphore was closed"))?;
    tokio::task::spawn_blocking(work).await.map_err(|e| Error::internal("hashing a password panicked").with_source(e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nobody_can_sign_in_as_nobody() {
        assert!(argon2::PasswordHash::new(NOBODY).is_ok(), "an unreadable hash would take no time");
        assert!(!is_right(&"nobody at all...".into(), None).await.unwrap());
    }
}
