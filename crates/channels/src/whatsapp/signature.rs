//! The signature that Meta puts on a delivery: HMAC-SHA256 over the bytes as they come, with the app's secret.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// Whether `header`, the value of `X-Hub-Signature-256`, was made of `body` with `secret`.
pub fn is_good(secret: &[u8], body: &[u8], header: &str) -> bool {
    let Some(given) = header.strip_prefix("sha256=").and_then(unhex) else { return false };
    sign(secret, body).ct_eq(&given).into()
}

fn sign(secret: &[u8], body: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes keys of every length");
    mac.update(body);
    mac.finalize().into_bytes().into()
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let digits = text.trim().as_bytes();
    if digits.len() != 64 || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let digit = |at: usize| char::from(digits[at]).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut bytes = [0; 32];
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = digit(2 * index)? << 4 | digit(2 * index + 1)?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_secret_and_the_very_bytes_make_the_signature() {
        // RFC 4231, test case 2.
        let header = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        let body = b"what do ya want for nothing?";
        assert!(is_good(b"Jefe", body, header));
        assert!(is_good(b"Jefe", body, &header.to_uppercase().replace("SHA256", "sha256")));
        for (secret, body, header) in [
            (&b"Jef"[..], &body[..], header),
            (b"Jefe", b"what do ya want for nothing", header),
            (b"Jefe", body, &header[7..]),
            (b"Jefe", body, ""),
            (b"Jefe", body, "sha256="),
            (b"Jefe", body, "sha256=\u{e4}bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec384"),
        ] {
            assert!(!is_good(secret, body, header));
        }
    }
}
