//! What came by WhatsApp: the same contacts, conversations and timelines as everything else.

use channels::whatsapp::{
    number_of,
    update::{Fact, Incoming, Outcome, Reaction as Reacted, TemplateNews, Told},
};
use model::{
    Id, Platform, Result, Timestamp,
    activity::Deed,
    chat::ChatKind,
    contact::{Contact, consent::ConsentKind},
    content::{Content, ContentKind},
    conversation::Touch,
    feed::{Change, FeedKind},
    message::{Author, AuthorType, Direction, EntryKind, Message},
    whatsapp::WhatsappUser,
};
use serde_json::{Value, json};
use store::{
    activity, callback_data, chats, contacts,
    conversations::{self, Arrival, Within},
    messages,
    timeline::{self, Reaction},
    whatsapp,
};

use super::{
    apply::Writer,
    consent, happened,
    message::follow,
    place::{self, Place},
};

/// Writes what one piece of a delivery means.
pub(super) fn write(writer: &mut Writer<'_>, fact: &Fact) -> Result<()> {
    match fact {
        Fact::Message(incoming) => received(writer, incoming),
        Fact::Reaction(reaction) => reacted(writer, reaction),
        Fact::Edited { user: _, name, content, at } => edited(writer, name, content.as_deref(), *at),
        Fact::Receipt(receipt) => told(writer, receipt),
        Fact::Renamed { from, to, sentence, name, at } => renamed(writer, (from, to), (sentence, name), *at),
        Fact::Consent { user, stops, at } => opted(writer, user, *stops, *at),
        Fact::Template(news) => template(writer, news),
        Fact::Account { sentence } => {
            tracing::info!(bot.id = %writer.bot, news = sentence, "Meta told something of a number or its account.");
            Ok(())
        }
        Fact::Unreadable(_) => Ok(()),
    }
}

/// The contact and the chat behind a person, made when they are new.
fn person(writer: &mut Writer<'_>, user: &WhatsappUser, at: Timestamp) -> Result<(Id<Contact>, i64)> {
    let known = contacts::recognise_on_whatsapp(writer.tx, &writer.scope, writer.ids, user, at)?;
    if known.is_changed {
        writer.changes.push(Change::new(FeedKind::Contact, known.contact));
    }
    let chat = whatsapp::chat_of_many(writer.tx, &writer.scope, writer.bot, user.addresses())?;
    Ok((known.contact, chat))
}

/// A person did something in their chat just now, which opens it for a while.
fn arrive(writer: &mut Writer<'_>, user: &WhatsappUser, at: Timestamp) -> Result<Place> {
    let (contact, chat_id) = person(writer, user, at)?;
    let arrival = Arrival {
        contact,
        platform: Platform::Whatsapp,
        bot: writer.bot,
        chat_id,
        chat_kind: ChatKind::Private,
        title: user.name.as_deref(),
        within: Within::Whole,
        at,
    };
    let arrived = conversations::arrive(writer.tx, &writer.scope, writer.ids, &arrival)?;
    writer.changes.push(Change::new(FeedKind::Ticket, arrived.conversation));
    Ok(Place { contact, conversation: arrived.conversation, chat_id, at })
}

fn received(writer: &mut Writer<'_>, incoming: &Incoming) -> Result<()> {
    if timeline::by_name(writer.tx, &writer.scope, writer.bot, &incoming.name)?.is_some() {
        return Ok(());
    }
    let at = happened(incoming.at, writer.now);
    let place = arrive(writer, &incoming.user, at)?;
    let mut content = incoming.content.clone();
    let is_press = content.kind == ContentKind::Button;
    if let (true, Some(data)) = (is_press, &content.callback_data) {
        let whole = callback_data::get(writer.tx, &writer.scope, data)?;
        content.callback_data = whole.or(content.callback_data);
    }
    let kind = if is_press { EntryKind::Activity } else { EntryKind::Message };
    let mut message = entry(writer, &place, kind, author(&place, &incoming.user), content);
    message.direction = Some(Direction::Incoming);
    message.provider_message_id = Some(incoming.number);
    message.provider_name = Some(incoming.name.clone());
    if let Some(name) = &incoming.reply_to {
        message.reply_to = timeline::by_name(writer.tx, &writer.scope, writer.bot, name)?;
    }
    let touch = writer.incoming();
    if timeline::receive(writer.tx, &writer.scope, &message, touch)?.is_none() {
        return Ok(());
    }
    writer.changes.push(Change::new(FeedKind::NewMessage, message.id));
    if !is_press {
        follow(writer, &place, message.id)?;
    }
    consent::obey_text(writer, &place, incoming.content.text.as_deref())
}

fn author(place: &Place, user: &WhatsappUser) -> Author {
    let name = user.name.clone().or_else(|| user.username.clone());
    Author { kind: AuthorType::Contact, id: Some(place.contact.as_uuid()), name }
}

fn entry(writer: &Writer<'_>, place: &Place, kind: EntryKind, author: Author, content: Content) -> Message {
    Message { platform: Platform::Whatsapp, ..place::entry(writer, place, kind, author, content) }
}

fn reacted(writer: &mut Writer<'_>, reacted: &Reacted) -> Result<()> {
    let at = happened(reacted.at, writer.now);
    let Some(id) = timeline::by_name(writer.tx, &writer.scope, writer.bot, &reacted.target)? else { return Ok(()) };
    let place = arrive(writer, &reacted.user, at)?;
    let reaction = Reaction {
        actor: place.chat_id.to_string(),
        actor_name: reacted.user.name.clone(),
        emoji: reacted.emoji.iter().cloned().collect(),
        reacted_at: at,
    };
    if timeline::react(writer.tx, &writer.scope, id, &reaction)? {
        writer.changes.push(Change::new(FeedKind::MessageUpdated, id));
    }
    Ok(())
}

/// A message of a person reads otherwise now; without a content it was taken back.
fn edited(writer: &mut Writer<'_>, name: &str, content: Option<&Content>, at: Option<Timestamp>) -> Result<()> {
    let Some(id) = timeline::by_name(writer.tx, &writer.scope, writer.bot, name)? else { return Ok(()) };
    let at = happened(at, writer.now);
    let is_changed = match content {
        Some(content) => messages::edit(writer.tx, id, content, at)?,
        None => messages::mark_deleted(writer.tx, id, at)?,
    };
    if is_changed {
        writer.changes.push(Change::new(FeedKind::MessageUpdated, id));
    }
    Ok(())
}

fn told(writer: &mut Writer<'_>, told: &Told) -> Result<()> {
    let what = match &told.outcome {
        Outcome::Came(receipt) => whatsapp::What::Came(*receipt),
        Outcome::Failed { code, words } => whatsapp::What::Failed { code: *code, words: words.clone() },
    };
    let at = happened(told.at, writer.now);
    let told = whatsapp::Told { name: told.name.clone(), number: told.number, what, at, ours: told.ours };
    let changes = whatsapp::told(writer.tx, &writer.scope, writer.bot, &told, writer.now)?;
    writer.changes.extend(changes);
    Ok(())
}

/// The person stays the same under another number or user id, and so does their chat.
fn renamed(
    writer: &mut Writer<'_>,
    (from, to): (&str, &WhatsappUser),
    (sentence, name): (&str, &str),
    at: Option<Timestamp>,
) -> Result<()> {
    let at = happened(at, writer.now);
    let (tx, scope, bot) = (&mut *writer.tx, &writer.scope, writer.bot);
    let Some(chat_id) = whatsapp::chat_of(tx, scope, bot, from)? else { return Ok(()) };
    let Some(contact) = contacts::rename_on_whatsapp(tx, scope, from, to, at)? else { return Ok(()) };
    if to.addresses().any(|address| address != from) {
        whatsapp::take_address(tx, scope, bot, from)?;
    }
    for address in to.addresses() {
        whatsapp::give_address(tx, scope, bot, address, chat_id)?;
    }
    writer.changes.push(Change::new(FeedKind::Contact, contact));
    let Some(conversation) = chats::find(writer.tx, &writer.scope, bot, chat_id)?.and_then(|chat| chat.conversation)
    else {
        return Ok(());
    };
    let place = Place { contact, conversation, chat_id, at };
    let content = Content {
        text: Some(sentence.to_owned()),
        detail: Some("number_changed".into()),
        ..Content::new(ContentKind::Service)
    };
    let message = entry(writer, &place, EntryKind::Activity, place::nobody(), content);
    if timeline::map_named(writer.tx, (bot, chat_id), (number_of(name), name), (message.id, None))? {
        timeline::append(writer.tx, &writer.scope, &message, Touch::INTERNAL)?;
        writer.changes.push(Change::new(FeedKind::NewMessage, message.id));
    }
    Ok(())
}

/// A person told WhatsApp that they want no marketing from this number, or want it again.
fn opted(writer: &mut Writer<'_>, user: &WhatsappUser, stops: bool, at: Option<Timestamp>) -> Result<()> {
    let at = happened(at, writer.now);
    let (contact, chat_id) = person(writer, user, at)?;
    let kind = if stops { ConsentKind::OptedOut } else { ConsentKind::OptedIn };
    chats::ensure(writer.tx, &writer.scope, writer.bot, chat_id)?;
    if contacts::opt(writer.tx, &writer.scope, writer.ids, (contact, writer.bot, chat_id), kind, at)? {
        writer.changes.push(Change::new(FeedKind::Contact, contact));
    }
    Ok(())
}

fn template(writer: &mut Writer<'_>, news: &TemplateNews) -> Result<()> {
    let news = whatsapp::News {
        waba_id: news.waba_id.clone(),
        name: news.name.clone(),
        language: news.language.clone(),
        status: news.status,
        quality: news.quality.clone(),
        reason: news.reason.clone(),
        category: news.category,
    };
    let Some(id) = whatsapp::news(writer.tx, &writer.scope, &news, writer.now)? else { return Ok(()) };
    let deed = Deed::new("whatsapp_template.reviewed", "whatsapp_template", id).named(&news.name);
    let told = json!({"language": news.language, "status": news.status, "quality": news.quality, "reason": news.reason,
        "category": news.category});
    activity::record(writer.tx, &writer.scope, writer.ids, &deed.changed(&Value::Null, &told), writer.now)
}
