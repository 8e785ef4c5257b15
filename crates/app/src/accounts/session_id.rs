//! Ids of sessions that belong to one caller: random bytes and a signature over them and the caller. Nothing is stored, so
//! that every node knows them and nobody can fill our memory with sessions.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use model::{Actor, Caller};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

use crate::App;

/// Keeps these signatures apart from all others under the same key.
const PURPOSE: &[u8] = b"jina-connect session 1";
const RANDOM_BYTES: usize = 16;
const ID_BYTES: usize = RANDOM_BYTES + 32;

/// A fresh session id, of use to this caller only.
pub fn open_session(app: &App, caller: &Caller) -> String {
    sign(&app.settings.secret_key, caller, app.ids.random())
}

/// Whether this caller opened the session.
pub fn owns_session(app: &App, caller: &Caller, id: &str) -> bool {
    is_signed(&app.settings.secret_key, caller, id)
}

fn sign(key: &SecretString, caller: &Caller, random: [u8; RANDOM_BYTES]) -> String {
    let signature = mac(key, caller, &random).finalize().into_bytes();
    BASE64_URL_SAFE_NO_PAD.encode([&random[..], &signature[..]].concat())
}

fn is_signed(key: &SecretString, caller: &Caller, id: &str) -> bool {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(id).unwrap_or_default();
    if bytes.len() != ID_BYTES {
        return false;
    }
    let (random, signature) = bytes.split_at(RANDOM_BYTES);
    mac(key, caller, random).verify_slice(signature).is_ok()
}

fn mac(key: &SecretString, caller: &Caller, random: &[u8]) -> Hmac<Sha256> {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(key.expose_secret().as_bytes()).expect("HMAC takes keys of every length");
    mac.update(PURPOSE);
    mac.update(caller.tenant.as_bytes());
    match caller.actor {
        Actor::User(id) => {
            mac.update(b"user");
            mac.update(id.as_bytes());
        }
        Actor::Key(id) => {
            mac.update(b"key");
            mac.update(id.as_bytes());
        }
        Actor::System => mac.update(b"system"),
    }
    mac.update(random);
    mac
}

#[cfg(test)]
mod tests {
    use model::{Id, Origin, Role};

    use super::*;

    fn caller(tenant: u8, actor: Actor) -> Caller {
        Caller { tenant: Id::from_bytes([tenant; 16]), actor, role: Role::Agent, origin: Origin::Internal }
    }

    #[test]
    fn a_session_is_its_callers_own() {
        let key: SecretString = "k".repeat(32).into();
        let own = caller(1, Actor::Key(Id::from_bytes([7; 16])));
        let id = sign(&key, &own, [3; RANDOM_BYTES]);
        assert!(is_signed(&key, &own, &id));
        let others = [
            caller(2, Actor::Key(Id::from_bytes([7; 16]))),
            caller(1, Actor::Key(Id::from_bytes([8; 16]))),
            caller(1, Actor::User(Id::from_bytes([7; 16]))),
        ];
        for other in others {
            assert!(!is_signed(&key, &other, &id), "{other:?}");
        }
        assert!(!is_signed(&"x".repeat(32).into(), &own, &id));
        for wrong in ["", "AAAA", "no base64!", &id[1..], &format!("{id}AAAA")] {
            assert!(!is_signed(&key, &own, wrong), "{wrong}");
        }
    }
}
