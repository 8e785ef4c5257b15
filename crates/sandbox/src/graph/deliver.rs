//! Accepting a message, which is not yet delivering it: who it is for, what stands against it, and what becomes of it.

use serde_json::{Value, json};

use super::{
    error::{GraphError, Result},
    faults::Fault,
    media,
    outgoing::{Outgoing, Recipient},
    receipts, template_send,
    threads::{Message, Status},
    world::{self, World, digits},
};
use crate::{
    options::UrlFetch,
    state::{Shared, State},
};

/// Where a message goes.
#[derive(Debug)]
struct Addressee {
    wa_id: String,
    /// Nobody with that number uses WhatsApp: told later, never at once.
    is_person: bool,
    by_user_id: bool,
}

/// Takes a message, or refuses it.
pub async fn accept(state: &Shared, number: &str, outgoing: Outgoing, fault: Option<&Fault>) -> Result<Value> {
    let link = outgoing.content["link"].as_str().map(str::to_owned);
    let (id, answer, verdict) = {
        let mut world = state.graph.world();
        place(state, &mut world, number, outgoing, fault)?
    };
    match link.filter(|_| verdict.is_none()) {
        None => conclude(state, &id, verdict, matches!(fault, Some(Fault::Held {}))),
        Some(link) => {
            let state = state.clone();
            tokio::spawn(async move {
                let verdict = if is_reachable(&state, &link).await { None } else { Some(131_053) };
                conclude(&state, &id, verdict, false);
            });
        }
    }
    Ok(answer)
}

/// Writes the message into its thread: its id, the answer, and the code with which it will fail, if it will.
fn place(
    state: &Shared,
    world: &mut World,
    number: &str,
    outgoing: Outgoing,
    fault: Option<&Fault>,
) -> Result<(String, Value, Option<i64>)> {
    take_throughput(state, world, number)?;
    let addressee = resolve(state, world, number, &outgoing)?;
    let wa_id = addressee.wa_id.clone();
    let template = match outgoing.kind.as_str() {
        "template" => Some(template_send::check(world, number, &outgoing.content)?),
        _ => None,
    };
    media::check_ids(world, number, &outgoing, state.now_ms())?;
    let now_ms = state.now_ms();
    let limits_pair = world.settings.pair_rate && !state.options.open_chats;
    let thread = world.thread(number, &wa_id);
    if limits_pair && !thread.take_pair(now_ms) {
        return Err(GraphError::because(
            131_056,
            "Message failed to send because there were too many messages sent from \
            this phone number to the same phone number in a short period of time.",
        ));
    }
    let is_open = thread.window_until_ms > now_ms || state.options.open_chats || template.is_some();
    if !is_open && world.settings.window_refusal == world::Refusal::Answer {
        return Err(GraphError::because(
            131_047,
            "Message failed to send because more than 24 hours have passed since \
            the customer last replied to this number.",
        ));
    }
    let id = world.next_wamid(&wa_id, &state.random);
    let category = template.as_ref().map_or_else(|| "service".to_owned(), |template| template.category.clone());
    let verdict = verdict(world, number, &addressee, is_open, &category, &outgoing, fault);
    let answer = answer(&outgoing.recipient, &addressee, &id, template.is_some(), fault);
    let message = Message {
        shown: template.map(|template| template.shown),
        reply_to: outgoing.reply_to,
        opaque: outgoing.opaque,
        category,
        by_user_id: addressee.by_user_id,
        ..Message::new(id.clone(), false, now_ms, &outgoing.kind, outgoing.content)
    };
    world.thread(number, &wa_id).typing_until_ms = 0;
    world.add_message(number, &wa_id, message, state.options.messages_per_chat_max);
    Ok((id, answer, verdict))
}

/// At most so many messages a second from one number.
fn take_throughput(state: &State, world: &mut World, number: &str) -> Result<()> {
    let now_ms = state.now_ms();
    let number = world.numbers.get_mut(number).ok_or_else(|| GraphError::no_object(number))?;
    if !number.is_registered {
        return Err(GraphError::new(133_010));
    }
    while number.sent_ms.front().is_some_and(|at| now_ms - at >= 1000) {
        number.sent_ms.pop_front();
    }
    if !state.options.open_chats && number.sent_ms.len() >= number.messages_per_second as usize {
        return Err(GraphError::because(130_429, "Cloud API message throughput has been reached."));
    }
    number.sent_ms.push_back(now_ms);
    Ok(())
}

fn resolve(state: &State, world: &mut World, number: &str, outgoing: &Outgoing) -> Result<Addressee> {
    let (wa_id, by_user_id) = match &outgoing.recipient {
        Recipient::UserId(id) => {
            let known = world.people.values().find(|person| person.user_id == *id);
            let wa_id = known.map(|person| person.wa_id.clone());
            (wa_id.ok_or_else(|| GraphError::because(131_009, "recipient is not a known user id"))?, true)
        }
        Recipient::Phone(phone) => (international(world, number, phone)?, false),
    };
    if world.numbers.get(number).is_some_and(|number| number.digits() == wa_id) {
        return Err(GraphError::new(131_021));
    }
    if state.options.open_chats {
        world.ensure_person(&wa_id);
    }
    let is_person = world.people.contains_key(&wa_id);
    Ok(Addressee { wa_id, is_person, by_user_id })
}

/// Without a plus sign the number's own country code is put before it, as WhatsApp does.
fn international(world: &World, number: &str, phone: &str) -> Result<String> {
    let mut wa_id = digits(phone);
    if !phone.trim_start().starts_with('+') {
        let code = world.numbers.get(number).map(world::Number::country_code).unwrap_or_default();
        wa_id.insert_str(0, &code);
    }
    if (7..=18).contains(&wa_id.len()) {
        Ok(wa_id)
    } else {
        Err(GraphError::because(131_009, "to is not a valid phone number"))
    }
}

fn verdict(
    world: &mut World,
    number: &str,
    to: &Addressee,
    is_open: bool,
    category: &str,
    outgoing: &Outgoing,
    fault: Option<&Fault>,
) -> Option<i64> {
    if let Some(Fault::Failed { code }) = fault {
        return Some(*code);
    }
    let thread = world.thread(number, &to.wa_id);
    if !to.is_person {
        Some(131_026)
    } else if !is_open {
        Some(131_047)
    } else if category == "marketing" && thread.stopped_marketing {
        Some(131_050)
    } else if outgoing.kind == "reaction" && !react(thread, &outgoing.content) {
        Some(131_009)
    } else {
        None
    }
}

/// A business's reaction to what is in the thread; false when that isn't there, or is a reaction itself.
fn react(thread: &mut super::threads::Thread, content: &Value) -> bool {
    let target = thread.find(content["message_id"].as_str().unwrap_or_default());
    let Some(target) = target.filter(|target| target.kind != "reaction") else { return false };
    target.reaction_of_business = content["emoji"].as_str().filter(|emoji| !emoji.is_empty()).map(str::to_owned);
    true
}

fn answer(input: &Recipient, to: &Addressee, id: &str, is_template: bool, fault: Option<&Fault>) -> Value {
    let contact = match input {
        Recipient::Phone(phone) => json!({"input": phone, "wa_id": to.wa_id}),
        Recipient::UserId(user_id) => json!({"input": user_id, "user_id": user_id}),
    };
    let mut message = json!({"id": id});
    if is_template {
        let is_held = matches!(fault, Some(Fault::Held {}));
        message["message_status"] = if is_held { "held_for_quality_assessment" } else { "accepted" }.into();
    }
    json!({"messaging_product": "whatsapp", "contacts": [contact], "messages": [message]})
}

/// What becomes of an accepted message: it fails, waits, or goes out as far as the person's phone lets it.
fn conclude(state: &Shared, id: &str, verdict: Option<i64>, is_held: bool) {
    let mut world = state.graph.world();
    match verdict {
        Some(code) => receipts::fail(state, &mut world, id, code),
        None if is_held => {
            if let Some(message) = world.message(id) {
                message.status = Status::Held;
            }
        }
        None => receipts::go(state, &mut world, id),
    }
}

/// WhatsApp fetches a link itself. Addresses elsewhere are taken for good, as the Bot API's are.
async fn is_reachable(state: &Shared, link: &str) -> bool {
    let is_local = url::Url::parse(link).is_ok_and(|url| {
        url.host_str().is_some_and(|host| host == "localhost" || host == "[::1]" || host.starts_with("127."))
    });
    if !is_local && state.options.url_fetch == UrlFetch::Loopback {
        return true;
    }
    state.webhooks.fetch(link, 100 << 20, std::time::Duration::from_secs(30)).await.is_some()
}
