//! Who did something: by phone, by user id, or both.

use model::whatsapp::{WhatsappUser, is_phone};

use crate::json::Object;

/// Longer ids than Meta's own are none.
const USER_ID_BYTES_MAX: usize = 200;

/// The person of an item and of the contact that stands beside it. What the item says is their number goes before the
/// contact's, but for the WhatsApp id, which is the one that is kept.
pub(super) fn user(contact: Option<&Object<'_>>, item: &Object<'_>) -> Option<WhatsappUser> {
    let of_contact = |key: &str| contact.and_then(|contact| contact.text(key));
    let phone = of_contact("wa_id").or_else(|| item.text("from")).or_else(|| item.text("wa_id"));
    let user_id = item.text("from_user_id").or_else(|| of_contact("user_id")).or_else(|| item.text("user_id"));
    let profile = contact.and_then(|contact| contact.object("profile"));
    let user = WhatsappUser {
        phone: phone.map(|phone| phone.trim_start_matches('+').to_owned()).filter(|phone| is_phone(phone)),
        user_id: user_id.filter(|id| (1..=USER_ID_BYTES_MAX).contains(&id.len()) && !is_phone(id)),
        name: profile.and_then(|profile| profile.text("name")).filter(|name| !name.trim().is_empty()),
        username: profile.and_then(|profile| profile.text("username")).filter(|name| !name.is_empty()),
    };
    (user.phone.is_some() || user.user_id.is_some()).then_some(user)
}
