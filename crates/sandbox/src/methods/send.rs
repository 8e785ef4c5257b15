//! Sending what needs no file: text, places, contacts, dice.

use serde_json::{Value, json};

use super::{
    Ctx,
    post::{Draft, ReplyTo, post},
    target::{self, Peer, Target},
};
use crate::{
    answer::{Answer, ApiError, Result},
    control::topic_header,
    entities::{self, Formatted},
    keyboard,
    message::Fields,
};

const TEXT_UNITS_MAX: usize = 4096;
const VCARD_BYTES_MAX: usize = 2048;

pub fn message(ctx: &Ctx<'_>) -> Result<Answer> {
    let formatted = text(ctx, "message is too long")?;
    finish(ctx, "text messages", text_content(ctx, formatted))
}

/// The parameter `text`, which must not be empty or too long.
pub fn text(ctx: &Ctx<'_>, too_long: &str) -> Result<Formatted> {
    let formatted = entities::read(ctx, "text", "entities")?;
    if formatted.text.is_empty() {
        return Err(ApiError::bad("message text is empty"));
    }
    if formatted.units() > TEXT_UNITS_MAX {
        return Err(ApiError::bad(too_long));
    }
    Ok(formatted)
}

pub fn text_content(ctx: &Ctx<'_>, formatted: Formatted) -> Fields {
    let entities = formatted.shown_entities(ctx);
    let mut content: Fields = vec![("text", Value::String(formatted.text))];
    content.extend(entities.map(|entities| ("entities", entities)));
    content.extend(ctx.params.json("link_preview_options").and_then(Result::ok).map(|options| {
        // Only said back when something was chosen.
        ("link_preview_options", options.into_owned())
    }));
    content
}

/// The steps that all single messages share.
pub fn finish(ctx: &Ctx<'_>, what: &'static str, content: Fields) -> Result<Answer> {
    let reply_to = ReplyTo::from_params(ctx)?;
    let target = target::find(ctx, "chat_id")?;
    let markup = keyboard::read(ctx, target.is_private())?;
    let header = header(ctx, &target)?;
    let draft = Draft { header, content, reply_to, what, reply_markup: markup.inline, keyboard: markup.keyboard };
    let message = post(ctx, &target, draft)?;
    Ok(Answer::new(&message).of_message(message.id))
}

/// What the general parameters say of a message.
pub fn header(ctx: &Ctx<'_>, target: &Target) -> Result<Fields> {
    let mut header = Fields::new();
    if let Some(thread) = ctx.params.int("message_thread_id").filter(|thread| *thread != 0) {
        let has_topic = matches!(&target.peer, Peer::Group(group) if group.facts().topics.contains_key(&thread));
        if !has_topic {
            return Err(ApiError::bad("message thread not found"));
        }
        header.extend(topic_header(thread));
    }
    if let Some(effect) = ctx.params.filled("message_effect_id") {
        if !target.is_private() || effect.parse::<u64>().is_err() {
            return Err(ApiError::bad("EFFECT_ID_INVALID"));
        }
        header.push(("effect_id", json!(effect)));
    }
    if let Some(connection) = ctx.params.filled("business_connection_id") {
        header.push(("business_connection_id", json!(connection)));
    }
    if ctx.params.flag("protect_content") {
        header.push(("has_protected_content", json!(true)));
    }
    Ok(header)
}

pub fn location(ctx: &Ctx<'_>) -> Result<Answer> {
    let mut place = place(ctx)?;
    if let Some(period) = ctx.params.int("live_period").filter(|period| *period != 0) {
        if !(60..=86_400).contains(&period) && period != i64::from(i32::MAX) {
            return Err(ApiError::bad("wrong live location period specified"));
        }
        place["live_period"] = json!(period);
    }
    finish(ctx, "locations", vec![("location", place)])
}

fn place(ctx: &Ctx<'_>) -> Result<Value> {
    let number = |name: &str, bound: f64| {
        let empty = || ApiError::bad(format!("{name} is empty"));
        let number = ctx.params.float(name).ok_or_else(empty)?;
        let is_valid = number.is_finite() && number.abs() <= bound;
        is_valid.then_some(number).ok_or_else(|| ApiError::bad(format!("wrong {name} specified")))
    };
    let mut place = json!({"latitude": number("latitude", 90.0)?, "longitude": number("longitude", 180.0)?});
    if let Some(accuracy) = ctx.params.float("horizontal_accuracy") {
        if !(0.0..=1500.0).contains(&accuracy) {
            return Err(ApiError::bad("wrong horizontal_accuracy specified"));
        }
        place["horizontal_accuracy"] = json!(accuracy);
    }
    Ok(place)
}

fn required(ctx: &Ctx<'_>, name: &str) -> Result<String> {
    let text = ctx.params.filled(name).map(|text| text.into_owned());
    text.ok_or_else(|| ApiError::bad(format!("{name} is empty")))
}

pub fn venue(ctx: &Ctx<'_>) -> Result<Answer> {
    let location = place(ctx)?;
    let (title, address) = (required(ctx, "title")?, required(ctx, "address")?);
    let mut venue = json!({"location": location, "title": title, "address": address});
    for name in ["foursquare_id", "foursquare_type", "google_place_id", "google_place_type"] {
        if let Some(value) = ctx.params.filled(name) {
            venue[name] = json!(value);
        }
    }
    finish(ctx, "venues", vec![("venue", venue), ("location", location)])
}

pub fn contact(ctx: &Ctx<'_>) -> Result<Answer> {
    let (phone, first_name) = (required(ctx, "phone_number")?, required(ctx, "first_name")?);
    let mut contact = json!({"phone_number": phone, "first_name": first_name});
    for name in ["last_name", "vcard"] {
        if let Some(value) = ctx.params.filled(name) {
            if name == "vcard" && value.len() > VCARD_BYTES_MAX {
                return Err(ApiError::bad("VCARD is too long"));
            }
            contact[name] = json!(value);
        }
    }
    finish(ctx, "contacts", vec![("contact", contact)])
}

pub fn dice(ctx: &Ctx<'_>) -> Result<Answer> {
    let emoji = ctx.params.filled("emoji").map_or("🎲".to_owned(), |emoji| emoji.into_owned());
    let value = ctx.state.random.between(1, dice_max(&emoji).ok_or_else(|| ApiError::bad("DICE_EMOJI_INVALID"))?);
    finish(ctx, "dice", vec![("dice", json!({"emoji": emoji, "value": value}))])
}

/// The highest value of a die.
pub fn dice_max(emoji: &str) -> Option<i64> {
    match emoji {
        "🎲" | "🎯" | "🎳" => Some(6),
        "🏀" | "⚽" | "⚽️" => Some(5),
        "🎰" => Some(64),
        _ => None,
    }
}
