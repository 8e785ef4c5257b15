//! Callback data that doesn't fit a button, or that could be mistaken for a token, is kept by us; the button carries a
//! token that leads to it.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// Bytes of data that a button can carry.
pub const CALLBACK_DATA_MAX: usize = 64;

const PREFIX: &str = "jc:";

/// Whether these data can't stand on a button as they are.
pub fn needs_token(callback_data: &str) -> bool {
    callback_data.len() > CALLBACK_DATA_MAX || callback_data.starts_with(PREFIX)
}

/// What the button carries instead of the data.
pub fn token(id: [u8; 16]) -> String {
    format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(id))
}

/// The id in a pressed button's data, if it is a token.
pub fn read_token(callback_data: &str) -> Option<[u8; 16]> {
    let encoded = callback_data.strip_prefix(PREFIX)?;
    URL_SAFE_NO_PAD.decode(encoded).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_leads_back() {
        let id = *b"0123456789abcdef";
        assert_eq!(token(id).len(), 25);
        assert_eq!(read_token(&token(id)), Some(id));
        assert_eq!(read_token("jc:short"), None);
        assert_eq!(read_token("yes"), None);
    }

    #[test]
    fn what_a_button_cannot_carry_needs_one() {
        assert!(!needs_token(&"é".repeat(32)));
        assert!(needs_token(&"é".repeat(33)));
        assert!(needs_token("jc:yes"), "a tenant's own data must not be taken for a token");
    }
}
