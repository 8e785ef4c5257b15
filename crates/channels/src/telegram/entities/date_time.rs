//! Times within a text, which every reader's app shows in their own zone.

use model::content::Entity;

/// A `date_time` entity; `None` when the format is none: `r`, or any of the letters `tTdDwW`.
pub(super) fn entity(unix_time: i32, format: &str, stretch: Entity) -> Option<Entity> {
    is_format(format).then(|| Entity {
        kind: "date_time".into(),
        unix_time: Some(i64::from(unix_time)),
        date_time_format: Some(format.to_owned()).filter(|format| !format.is_empty()),
        ..stretch
    })
}

pub(super) fn is_format(format: &str) -> bool {
    matches!(format, "r" | "R") || format.chars().all(|c| matches!(c, 't' | 'T' | 'd' | 'D' | 'w' | 'W'))
}

/// The time that an HTML attribute names: like Telegram, the digits before anything else, wrapping at 32 bits.
pub(super) fn from_attribute(text: &str) -> Option<i32> {
    let (is_negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
    let digits = digits.bytes().take_while(u8::is_ascii_digit);
    let value = digits.fold(0u32, |value, digit| value.wrapping_mul(10).wrapping_add(u32::from(digit - b'0')));
    let value = value.cast_signed();
    let value = if is_negative { value.wrapping_neg() } else { value };
    (value > 0).then_some(value)
}
