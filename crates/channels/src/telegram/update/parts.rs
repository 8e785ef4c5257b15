//! Parts of messages that are values of their own: entities, places, cards, polls.

use model::content::{ContactCard, Entity, Location, Poll, PollOption};

use crate::json::Object;

/// The formatting of a text, clipped to it: an offset from outside must never point past the end.
pub(super) fn entities(object: &Object<'_>, key: &str, text: &str) -> Vec<Entity> {
    let mut items = object.objects(key).peekable();
    if items.peek().is_none() {
        return Vec::new();
    }
    let units = text.encode_utf16().count() as i64;
    items.filter_map(|item| entity(item, units)).collect()
}

fn entity(item: &Object<'_>, units: i64) -> Option<Entity> {
    let offset = item.integer("offset").filter(|offset| (0..units).contains(offset))?;
    let length = item.integer("length").filter(|length| *length > 0)?.min(units - offset);
    Some(Entity {
        url: item.text("url"),
        language: item.text("language"),
        user_id: item.object("user").and_then(|user| user.integer("id")),
        custom_emoji_id: item.text("custom_emoji_id"),
        unix_time: item.integer("unix_time"),
        date_time_format: item.text("date_time_format"),
        ..Entity::new(item.text("type")?, offset, length)
    })
}

pub(super) fn location(place: &Object<'_>) -> Option<Location> {
    Some(Location {
        latitude: place.float("latitude")?,
        longitude: place.float("longitude")?,
        title: None,
        address: None,
    })
}

pub(super) fn venue(venue: &Object<'_>) -> Option<Location> {
    let place = location(venue.object("location")?)?;
    Some(Location { title: venue.text("title"), address: venue.text("address"), ..place })
}

pub(super) fn contact(card: &Object<'_>) -> Option<ContactCard> {
    Some(ContactCard {
        phone_number: card.text("phone_number")?,
        first_name: card.text("first_name").unwrap_or_default(),
        last_name: card.text("last_name"),
        user_id: card.integer("user_id"),
    })
}

pub(super) fn poll(poll: &Object<'_>) -> Option<Poll> {
    let option = |option: &Object<'_>| {
        Some(PollOption { text: option.text("text")?, voter_count: option.integer("voter_count").unwrap_or(0) })
    };
    let right = poll.integer("correct_option_id").or_else(|| poll.array("correct_option_ids").first()?.as_integer());
    Some(Poll {
        question: poll.text("question")?,
        options: poll.objects("options").filter_map(option).collect(),
        is_anonymous: poll.flag("is_anonymous"),
        allows_multiple_answers: poll.flag("allows_multiple_answers"),
        kind: poll.text("type").unwrap_or_else(|| "regular".into()),
        correct_option_id: right,
        is_closed: poll.flag("is_closed"),
    })
}
