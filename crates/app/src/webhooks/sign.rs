//! Signatures of Standard Webhooks: `v1,<base64 of HMAC-SHA256 over "id.timestamp.body">`, one for each secret that is in force.

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use model::{Error, Result};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// The value of `webhook-signature`.
pub(super) fn signatures(secrets: &[SecretString], id: &str, seconds: i64, body: &str) -> Result<String> {
    let signed: Result<Vec<String>> = secrets.iter().map(|secret| one(secret, id, seconds, body)).collect();
    Ok(signed?.join(" "))
}

fn one(secret: &SecretString, id: &str, seconds: i64, body: &str) -> Result<String> {
    let encoded = secret.expose_secret().strip_prefix("whsec_").unwrap_or_default();
    let key = BASE64_STANDARD.decode(encoded).map_err(|_| Error::internal("a webhook secret is not base64"))?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("HMAC takes keys of every length");
    mac.update(format!("{id}.{seconds}.{body}").as_bytes());
    Ok(format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification's own libraries.
    #[test]
    fn a_signature_is_the_one_of_the_specification() {
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".into();
        let signed = signatures(&[secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signed.unwrap(), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }
}
