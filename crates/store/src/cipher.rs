//! Encryption of secrets at rest: XChaCha20-Poly1305 under several keys, of which the first one encrypts.
//!
//! A sealed value is `version, key id, nonce, ciphertext`. The context it belongs to (`"bot-token"` and the row's id) is
//! authenticated with it, so that a value copied into another row or column does not open.

use std::fmt;

use base64::{Engine, prelude::BASE64_STANDARD};
use chacha20poly1305::{
    Key, KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use model::{Error, ErrorKind, Id, Ids, Result};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

const VERSION: u8 = 1;
const KEY_ID_BYTES: usize = 4;
const NONCE_BYTES: usize = 24;
const HEAD_BYTES: usize = 1 + KEY_ID_BYTES + NONCE_BYTES;

/// Of a secret that no key opens which is set: nobody can use it until its key is back, or until it is given anew.
pub const UNREADABLE: &str = "secret_unreadable";
/// Keys come back by hand only.
const UNREADABLE_WAIT_MS: i64 = 60_000;

/// The keys of the installation. They do not print.
#[derive(Clone)]
pub struct Cipher {
    keys: Vec<(KeyId, XChaCha20Poly1305)>,
}

type KeyId = [u8; KEY_ID_BYTES];

impl Cipher {
    /// Reads `FIELD_ENCRYPTION_KEY`: base64 of 32 bytes, or several with commas between. The first encrypts, all decrypt.
    pub fn from_base64(keys: &SecretString) -> Result<Self> {
        let keys = keys.expose_secret().split(',').map(|key| read_key(key.trim())).collect::<Result<Vec<_>>>()?;
        Ok(Self { keys })
    }

    /// A fresh key in the form that [`Cipher::from_base64`] reads.
    pub fn generate(ids: &dyn Ids) -> SecretString {
        BASE64_STANDARD.encode(ids.random::<32>()).into()
    }

    /// Encrypts `secret` for one place: what `context` names of the row `id`.
    pub fn seal<T>(&self, ids: &dyn Ids, context: &str, id: Id<T>, secret: &SecretString) -> Result<Vec<u8>> {
        let (key_id, cipher) = self.keys.first().ok_or_else(|| Error::internal("there is no encryption key"))?;
        let nonce: [u8; NONCE_BYTES] = ids.random();
        let payload = Payload { msg: secret.expose_secret().as_bytes(), aad: &associated(context, id) };
        let sealed = cipher
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| Error::internal("a secret could not be encrypted"))?;
        Ok([&[VERSION][..], key_id, &nonce, &sealed].concat())
    }

    /// Decrypts what [`Cipher::seal`] made for the same place.
    pub fn open<T>(&self, context: &str, id: Id<T>, sealed: &[u8]) -> Result<SecretString> {
        let wrong = |what: &str| unreadable(format!("{context} of {id} cannot be decrypted: {what}"));
        let Some((head, ciphertext)) = sealed.split_at_checked(HEAD_BYTES) else {
            return Err(wrong("it is too short"));
        };
        if head[0] != VERSION {
            return Err(wrong("its version is unknown"));
        }
        let (key_id, nonce) = head[1..].split_at(KEY_ID_BYTES);
        let Some((_, cipher)) = self.keys.iter().find(|(known, _)| known == key_id) else {
            return Err(wrong("its key is not among FIELD_ENCRYPTION_KEY"));
        };
        let nonce: [u8; NONCE_BYTES] = nonce.try_into().map_err(|_| wrong("it is too short"))?;
        let payload = Payload { msg: ciphertext, aad: &associated(context, id) };
        let secret = cipher.decrypt(&XNonce::from(nonce), payload).map_err(|_| wrong("it was changed, or moved"))?;
        String::from_utf8(secret).map(Into::into).map_err(|_| wrong("it is not text"))
    }

    /// How many keys there are.
    pub fn keys(&self) -> usize {
        self.keys.len()
    }

    /// Whether `sealed` is under another key than the first, so that a rotation has to seal it anew.
    pub fn is_outdated(&self, sealed: &[u8]) -> bool {
        let key_id = sealed.get(1..1 + KEY_ID_BYTES);
        self.keys.first().is_none_or(|(first, _)| Some(first.as_slice()) != key_id)
    }
}

impl fmt::Debug for Cipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cipher").field("keys", &self.keys.len()).finish_non_exhaustive()
    }
}

fn unreadable(context: String) -> Error {
    let words = "A secret that is kept here can't be read with the keys that are set. Whoever runs this installation must \
        add the key that it was encrypted with to FIELD_ENCRYPTION_KEY.";
    Error::new(ErrorKind::Unavailable, UNREADABLE, words).with_retry_after(UNREADABLE_WAIT_MS).with_context(context)
}

fn read_key(text: &str) -> Result<(KeyId, XChaCha20Poly1305)> {
    let wrong =
        || Error::invalid("FIELD_ENCRYPTION_KEY must be base64 of 32 bytes, or several of these with commas between.");
    let bytes: [u8; 32] = BASE64_STANDARD.decode(text).map_err(|_| wrong())?.try_into().map_err(|_| wrong())?;
    let digest = Sha256::digest(bytes);
    let mut id = KeyId::default();
    id.copy_from_slice(&digest[..KEY_ID_BYTES]);
    Ok((id, XChaCha20Poly1305::new(&Key::from(bytes))))
}

fn associated<T>(context: &str, id: Id<T>) -> Vec<u8> {
    [context.as_bytes(), &[0], id.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use model::Tenant;
    use uuid::Uuid;

    use super::*;

    #[derive(Debug)]
    struct Fixed(u8);

    impl Ids for Fixed {
        fn next(&self) -> Uuid {
            Uuid::from_bytes([self.0; 16])
        }

        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    fn id(byte: u8) -> Id<Tenant> {
        Id::from_bytes([byte; 16])
    }

    fn cipher(keys: &[u8]) -> Cipher {
        let keys: Vec<String> = keys.iter().map(|key| BASE64_STANDARD.encode([*key; 32])).collect();
        Cipher::from_base64(&keys.join(", ").into()).unwrap()
    }

    #[test]
    fn a_secret_opens_in_its_own_place_only() {
        let cipher = cipher(&[1]);
        let sealed = cipher.seal(&Fixed(9), "bot-token", id(1), &"123:abc".into()).unwrap();
        assert_eq!(cipher.open("bot-token", id(1), &sealed).unwrap().expose_secret(), "123:abc");
        assert!(cipher.open("bot-token", id(2), &sealed).is_err());
        assert!(cipher.open("webhook-secret", id(1), &sealed).is_err());
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(cipher.open("bot-token", id(1), &changed).is_err(), "byte {at}");
            assert!(cipher.open("bot-token", id(1), &sealed[..at]).is_err(), "{at} bytes");
        }
    }

    #[test]
    fn a_rotation_goes_on_reading_what_the_old_key_wrote() {
        let sealed = cipher(&[1]).seal(&Fixed(9), "bot-token", id(1), &"secret".into()).unwrap();
        let rotated = cipher(&[2, 1]);
        assert_eq!(rotated.open("bot-token", id(1), &sealed).unwrap().expose_secret(), "secret");
        assert!(rotated.is_outdated(&sealed));
        assert!(cipher(&[2]).open("bot-token", id(1), &sealed).is_err());
    }

    #[test]
    fn keys_of_another_form_are_refused_and_none_prints() {
        for text in
            ["", "abc", "AAAA", &BASE64_STANDARD.encode([1; 31]), &format!("{},", BASE64_STANDARD.encode([1; 32]))]
        {
            assert!(Cipher::from_base64(&text.to_string().into()).is_err(), "{text}");
        }
        assert_eq!(format!("{:?}", cipher(&[1, 2])), "Cipher { keys: 2, .. }");
    }
}
