//! Access tokens: a user's id and an end, signed with `SECRET_KEY`. Short-lived, so that nothing has to be stored.
//!
//! `ja1.<base64url of version-free payload>.<base64url of HMAC-SHA256>`; roles are not in it: they are looked up each time,
//! so that taking one away works at once.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use model::{Id, Timestamp, User};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// Names the format, so that a later one can stand beside it.
const PREFIX: &str = "ja1";
const PAYLOAD_BYTES: usize = 24;

pub(super) fn sign(key: &SecretString, user: Id<User>, expires_at: Timestamp) -> SecretString {
    let payload = BASE64_URL_SAFE_NO_PAD.encode([&user.as_bytes()[..], &expires_at.as_ms().to_be_bytes()].concat());
    let signed = format!("{PREFIX}.{payload}");
    let signature = BASE64_URL_SAFE_NO_PAD.encode(mac(key, &signed).finalize().into_bytes());
    format!("{signed}.{signature}").into()
}

/// Whose token this is; `None` when we did not sign it or its time is over.
pub(super) fn read(key: &SecretString, token: &str, now: Timestamp) -> Option<Id<User>> {
    let (signed, signature) = token.rsplit_once('.')?;
    let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).ok()?;
    mac(key, signed).verify_slice(&signature).ok()?;
    let payload = signed.strip_prefix(PREFIX)?.strip_prefix('.')?;
    let payload: [u8; PAYLOAD_BYTES] = BASE64_URL_SAFE_NO_PAD.decode(payload).ok()?.try_into().ok()?;
    let (user, expires_at) = payload.split_at(16);
    let expires_at = Timestamp::from_ms(i64::from_be_bytes(expires_at.try_into().ok()?));
    let user = Id::from_bytes(user.try_into().ok()?);
    (now < expires_at).then_some(user)
}

fn mac(key: &SecretString, text: &str) -> Hmac<Sha256> {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(key.expose_secret().as_bytes()).expect("HMAC takes keys of every length");
    mac.update(text.as_bytes());
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_good_until_its_end_and_only_as_it_was_signed() {
        let key: SecretString = "k".repeat(32).into();
        let (user, end) = (Id::from_bytes([7; 16]), Timestamp::from_ms(10_000));
        let token = sign(&key, user, end);
        let token = token.expose_secret();
        assert_eq!(read(&key, token, end - 1), Some(user));
        assert_eq!(read(&key, token, end), None);
        assert_eq!(read(&"x".repeat(32).into(), token, end - 1), None);
        for at in 0..token.len() {
            let mut changed = token.to_owned().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(read(&key, &String::from_utf8(changed).unwrap(), end - 1), None, "{at}");
        }
        for text in ["", ".", "..", "ja1..", "ja1.AAAA.AAAA"] {
            assert_eq!(read(&key, text, end - 1), None, "{text}");
        }
    }
}
