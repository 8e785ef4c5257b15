//! A contact's conversation as a PDF that people can read, file and print.

mod layout;
mod paper;

use model::{
    Error, Id, Result, Scope,
    contact::Contact,
    content::{Content, ContentKind},
    message::{Direction, EntryKind, Message},
};
use store::{contacts, conversations, timeline};

use crate::App;
use paper::{Paper, Style};

/// Entries on paper at most: the newest ones.
const ENTRIES_MAX: i64 = 2_000;

/// Characters of one entry at most.
const ENTRY_CHARS_MAX: usize = 20_000;

/// The timeline of a contact as a PDF, with the notes and activity of the team left out unless `with_notes`.
pub async fn transcript(app: &App, scope: &Scope, id: Id<Contact>, with_notes: bool) -> Result<Vec<u8>> {
    let scope = *scope;
    let (contact, entries, all) = app
        .db
        .read(move |tx| {
            let contact = contacts::get_many(tx, &scope, &[id])?.pop().ok_or_else(|| Error::not_found("contact"))?;
            let Some(conversation) = conversations::of_contact(tx, &scope, id)? else {
                return Ok((contact, Vec::new(), 0));
            };
            let entries = timeline::newest(tx, &scope, conversation.id, ENTRIES_MAX)?;
            Ok((contact, entries, conversation.last_sequence))
        })
        .await?;
    let messages: Vec<Message> = entries
        .into_iter()
        .map(|entry| entry.message)
        .filter(|message| with_notes || message.kind == EntryKind::Message)
        .collect();
    let title = format!("Conversation with {}", named(&contact));
    let made = app.clock.now();
    let draw = move || {
        let mut paper = Paper::new(&title, &format!("Jina Connect · {made}"));
        paper.paragraph(&title, Style::Title);
        paper.paragraph(&about(&contact), Style::Small);
        if all > ENTRIES_MAX {
            paper.paragraph(&format!("Only the newest {ENTRIES_MAX} of {all} entries are shown."), Style::Small);
        }
        for message in &messages {
            entry(&mut paper, message, &contact);
        }
        paper.finish()
    };
    // Shaping thousands of lines would hold up other requests.
    tokio::task::spawn_blocking(draw).await.map_err(|e| Error::internal("drawing a PDF failed").with_source(e))?
}

fn named(contact: &Contact) -> String {
    let name = contact.full_name();
    if name.is_empty() { contact.id.to_string() } else { name }
}

fn about(contact: &Contact) -> String {
    let username = contact.telegram_username.as_ref().map(|name| format!("@{name}"));
    let parts = [contact.phone.clone(), contact.email.clone(), username];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn entry(paper: &mut Paper, message: &Message, contact: &Contact) {
    let who = match (message.kind, message.direction) {
        (EntryKind::Note, _) => format!("Note by {}", author(message)),
        (EntryKind::Activity, _) => author(message),
        (EntryKind::Message, Some(Direction::Outgoing)) => format!("{} (team)", author(message)),
        (EntryKind::Message, _) => message.author.name.clone().unwrap_or_else(|| named(contact)),
    };
    let mut head = format!("{who} · {}", message.created_at);
    if let Some(sending) = &message.sending {
        head.push_str(&format!(" · {}", sending.status));
    }
    if message.edited_at.is_some() {
        head.push_str(" · edited");
    }
    paper.paragraph(&head, Style::Head);
    let said = if message.deleted_at.is_some() { "(deleted)".to_owned() } else { said(&message.content) };
    let said: String = said.chars().take(ENTRY_CHARS_MAX).collect();
    for line in said.lines() {
        paper.paragraph(line, Style::Body);
    }
}

fn author(message: &Message) -> String {
    message.author.name.clone().unwrap_or_else(|| message.author.kind.to_string())
}

/// The words of a message, and in brackets what has none.
fn said(content: &Content) -> String {
    let mut lines: Vec<String> = Vec::new();
    if content.kind != ContentKind::Text && content.kind != ContentKind::Service {
        let names: Vec<&str> = content.media.iter().filter_map(|media| media.file_name.as_deref()).collect();
        let names = if names.is_empty() { String::new() } else { format!(": {}", names.join(", ")) };
        lines.push(format!("[{}{names}]", content.kind));
    }
    let words = if content.text.is_some() { content.text.clone().unwrap_or_default() } else { content.search_text() };
    if !words.is_empty() {
        lines.push(words);
    }
    lines.join("\n")
}
