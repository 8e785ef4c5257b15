//! A message of ours as one call of the Bot API.

use model::{
    Error, Result,
    content::{ContactCard, Entity, Location, Media, Poll},
    outgoing::{Op, Options, Outgoing},
};
use serde_json::{Value, json};

use super::{
    Request, management, markup,
    media::{album_item, has_caption, measures, method, reference},
    params::Params,
};

/// Pieces that an album may hold.
const ALBUM: std::ops::RangeInclusive<usize> = 2..=10;

/// The call that does what `outgoing` says in a chat. Fails on what no call can do, which validation should have caught.
pub fn encode(outgoing: &Outgoing, chat_id: i64) -> Result<Request> {
    let options = &outgoing.options;
    // What is sent for a business account goes to its chat, whatever number that has here.
    let chat_id = options.business.as_ref().map_or(chat_id, |business| business.chat_id);
    match &outgoing.op {
        Op::Text { text, entities } => Ok(text_message(chat_id, text, entities, options)),
        Op::Media { media, caption, entities } => one_media(chat_id, media, caption, entities, options),
        Op::Album { items, caption, entities } => album(chat_id, items, caption, entities, options),
        Op::Location { location } => Ok(place(chat_id, location, options)),
        Op::Contact { contact } => Ok(card(chat_id, contact, options)),
        Op::Poll { poll } => Ok(a_poll(chat_id, poll, options)),
        Op::EditText { provider_message_id, text, entities, is_caption } => {
            Ok(edit(chat_id, *provider_message_id, text, entities, *is_caption, options))
        }
        Op::Template { .. } => Err(Error::invalid("Telegram knows no templates.")),
        Op::React { .. } if options.business.is_some() => {
            Err(Error::invalid("Telegram lets bots react in their own chats only."))
        }
        Op::React { provider_message_id, emoji, .. } => {
            Ok(management::set_message_reaction(chat_id, *provider_message_id, emoji.as_deref()))
        }
        Op::Delete { provider_message_ids } => {
            if let Some(business) = &options.business {
                let params = Params::new().with("business_connection_id", business.connection_id.as_str());
                let params = params.with("message_ids", provider_message_ids.clone());
                return Ok(params.request("deleteBusinessMessages"));
            }
            let params = Params::to_chat(chat_id);
            Ok(match provider_message_ids.as_slice() {
                [one] => params.with("message_id", *one).request("deleteMessage"),
                many => params.with("message_ids", many.to_vec()).request("deleteMessages"),
            })
        }
    }
}

/// Ends a call that sends one new message.
fn send(mut params: Params, method: &'static str, options: &Options) -> Request {
    markup::set_options(&mut params, options);
    markup::set_buttons(&mut params, options);
    params.request(method)
}

fn text_message(chat_id: i64, text: &str, entities: &[Entity], options: &Options) -> Request {
    let mut params = Params::to_chat(chat_id);
    markup::set_text(&mut params, ["text", "entities"], text, entities);
    markup::set_link_preview(&mut params, options);
    send(params, "sendMessage", options)
}

fn one_media(chat_id: i64, media: &Media, caption: &str, entities: &[Entity], options: &Options) -> Result<Request> {
    let (method, field) = method(media.kind);
    let mut params = Params::to_chat(chat_id);
    let reference = reference(&mut params, media)?;
    params.set(field, reference);
    for (name, value) in measures(media) {
        params.set(name, value);
    }
    if !caption.is_empty() {
        if !has_caption(media.kind) {
            return Err(Error::invalid(format!("A {} can't carry a caption.", media.kind)));
        }
        markup::set_text(&mut params, ["caption", "caption_entities"], caption, entities);
    }
    Ok(send(params, method, options))
}

fn album(chat_id: i64, items: &[Media], caption: &str, entities: &[Entity], options: &Options) -> Result<Request> {
    if !ALBUM.contains(&items.len()) {
        return Err(Error::invalid(format!("An album has 2 to 10 pieces, this one has {}.", items.len())));
    }
    if !options.buttons.is_empty() {
        return Err(Error::invalid("An album can't carry buttons."));
    }
    let mut params = Params::to_chat(chat_id);
    let mut media = items.iter().map(|item| album_item(&mut params, item)).collect::<Result<Vec<_>>>()?;
    if !caption.is_empty() {
        media[0].insert("caption".into(), caption.into());
        if !entities.is_empty() {
            media[0].insert("caption_entities".into(), markup::entities(entities));
        }
    }
    params.set("media", media.into_iter().map(Value::Object).collect::<Vec<_>>());
    markup::set_options(&mut params, options);
    Ok(params.request("sendMediaGroup"))
}

/// A location with a name and an address is a venue.
fn place(chat_id: i64, location: &Location, options: &Options) -> Request {
    let params = Params::to_chat(chat_id).with("latitude", location.latitude).with("longitude", location.longitude);
    match (&location.title, &location.address) {
        (None, None) => send(params, "sendLocation", options),
        (title, address) => {
            let named = title.as_deref().or(address.as_deref()).unwrap_or_default();
            let params = params.with("title", named).with("address", address.as_deref().unwrap_or_default());
            send(params, "sendVenue", options)
        }
    }
}

fn card(chat_id: i64, contact: &ContactCard, options: &Options) -> Request {
    let params = Params::to_chat(chat_id)
        .with("phone_number", contact.phone_number.as_str())
        .with("first_name", contact.first_name.as_str())
        .with_some("last_name", contact.last_name.as_deref());
    send(params, "sendContact", options)
}

fn a_poll(chat_id: i64, poll: &Poll, options: &Options) -> Request {
    let answers: Vec<Value> = poll.options.iter().map(|option| json!({"text": option.text})).collect();
    let mut params = Params::to_chat(chat_id)
        .with("question", poll.question.as_str())
        .with("options", answers)
        .with("is_anonymous", poll.is_anonymous)
        .with("type", poll.kind.as_str())
        .with("allows_multiple_answers", poll.allows_multiple_answers)
        .with_some("correct_option_id", poll.correct_option_id);
    if let Some(right) = poll.correct_option_id {
        // Bot API 9.6 made it a list; servers before that read the single field. Each ignores the other's.
        params.set("correct_option_ids", vec![right]);
    }
    if poll.is_closed {
        params.set("is_closed", true);
    }
    send(params, "sendPoll", options)
}

/// An edit without `reply_markup` takes the keyboard away, so that the message's buttons must go along.
fn edit(
    chat_id: i64,
    message_id: i64,
    text: &str,
    entities: &[Entity],
    is_caption: bool,
    options: &Options,
) -> Request {
    let mut params = Params::to_chat(chat_id).with("message_id", message_id);
    markup::set_business(&mut params, options);
    markup::set_buttons(&mut params, options);
    if is_caption {
        markup::set_text(&mut params, ["caption", "caption_entities"], text, entities);
        return params.request("editMessageCaption");
    }
    markup::set_text(&mut params, ["text", "entities"], text, entities);
    markup::set_link_preview(&mut params, options);
    params.request("editMessageText")
}
