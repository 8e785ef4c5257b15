//! Codes of an authenticator app (RFC 6238: SHA-1, six digits, a new one each 30 seconds) and the recovery codes beside them.

use hmac::{Hmac, KeyInit, Mac};
use model::{Ids, Timestamp};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

pub(super) const SECRET_BYTES: usize = 20;
const STEP_MS: i64 = 30_000;
const DIGITS: usize = 6;
/// Steps before and after the present one that count: clocks differ, and typing takes a while.
const SLACK: i64 = 1;
pub(super) const RECOVERY_CODES: usize = 10;
const RECOVERY_CHARS: usize = 10;
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The time step whose code this is; `None` when it is none of the present ones, or not after `last`.
pub(super) fn step_of(secret: &[u8], code: &str, now: Timestamp, last: i64) -> Option<i64> {
    let present = now.as_ms().div_euclid(STEP_MS);
    let mut steps = (present - SLACK..=present + SLACK).filter(|step| *step > last);
    steps.find(|step| bool::from(code_at(secret, *step).as_bytes().ct_eq(code.as_bytes())))
}

fn code_at(secret: &[u8], step: i64) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret).expect("HMAC takes keys of every length");
    mac.update(&step.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let at = usize::from(digest[digest.len() - 1] & 0x0f);
    let bytes = [digest[at] & 0x7f, digest[at + 1], digest[at + 2], digest[at + 3]];
    format!("{:06}", u32::from_be_bytes(bytes) % 1_000_000)
}

/// What people type, without the spaces and dashes that they type along.
pub(super) fn tidied(code: &str) -> String {
    code.chars().filter(|c| !c.is_whitespace() && *c != '-').take(64).collect::<String>().to_ascii_uppercase()
}

pub(super) fn is_of_authenticator(code: &str) -> bool {
    code.len() == DIGITS && code.bytes().all(|byte| byte.is_ascii_digit())
}

/// As authenticator apps take a secret.
pub(super) fn base32(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(5) * 8);
    let (mut held, mut bits) = (0_u32, 0);
    for byte in bytes {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(letter(held >> bits));
        }
        held &= (1 << bits) - 1;
    }
    if bits > 0 {
        text.push(letter(held << (5 - bits)));
    }
    text
}

fn letter(value: u32) -> char {
    char::from(BASE32[(value & 31) as usize])
}

/// Fresh recovery codes, in two halves that can be read out.
pub(super) fn recovery_codes(ids: &dyn Ids) -> Vec<String> {
    let one = || {
        let code: String = ids.random::<RECOVERY_CHARS>().iter().map(|byte| letter(u32::from(*byte))).collect();
        format!("{}-{}", &code[..RECOVERY_CHARS / 2], &code[RECOVERY_CHARS / 2..])
    };
    std::iter::repeat_with(one).take(RECOVERY_CODES).collect()
}

/// What is kept of a recovery code; 50 random bits behind a lock-out need no slow hash.
pub(super) fn recovery_hash(code: &str) -> String {
    Sha256::digest(tidied(code)).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, cut to six digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let secret = b"12345678901234567890";
        for (seconds, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_111_111_111, "050471"), (20_000_000_000, "353130")]
        {
            assert_eq!(code_at(secret, seconds / 30), code);
        }
    }

    #[test]
    fn a_code_is_good_for_a_while_and_once() {
        let secret = b"12345678901234567890";
        let now = Timestamp::from_seconds(1_111_111_111);
        let step = step_of(secret, "050471", now, 0).unwrap();
        assert_eq!(step_of(secret, "050471", now + 30_000, 0), Some(step));
        assert_eq!(step_of(secret, "050471", now + 90_000, 0), None);
        assert_eq!(step_of(secret, "050471", now, step), None, "a second time");
    }

    #[test]
    fn secrets_are_written_as_apps_read_them() {
        assert_eq!(base32(b"foobar"), "MZXW6YTBOI");
        assert_eq!(base32(b"12345678901234567890"), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    }
}
