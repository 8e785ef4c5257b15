//! Phone numbers in E.164, the one form in which they are kept and compared.

use crate::{Error, Result};

/// The E.164 form of an international number, with or without its plus sign, spaces and dashes.
pub fn e164(text: &str) -> Result<String> {
    let trimmed = text.trim();
    let digits = trimmed.chars().filter(char::is_ascii_digit).count();
    let legal = trimmed.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '(' | ')' | '.' | '/'));
    if !legal || !(7..=15).contains(&digits) {
        return Err(wrong());
    }
    let international = if trimmed.starts_with('+') { trimmed.to_owned() } else { format!("+{trimmed}") };
    // The library judges country codes and lengths; a number that it can't read is none.
    let number = phonenumber::parse(None, &international).map_err(|_| wrong())?;
    Ok(number.format().mode(phonenumber::Mode::E164).to_string())
}

fn wrong() -> Error {
    Error::invalid("Enter a phone number in international form, for example +14155550100.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_kept_in_one_form() {
        assert_eq!(e164("+1 (415) 555-0100").unwrap(), "+14155550100");
        assert_eq!(e164("4915112345678").unwrap(), "+4915112345678");
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["", "abc", "12345", "+1234567890123456", "+1415555010x"] {
            assert!(e164(text).is_err(), "{text}");
        }
    }
}
