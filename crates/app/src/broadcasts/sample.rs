//! What one contact would see: made by the same code that sends, so that a preview can't differ from the message.

use channels::telegram::{
    entities::utf16_len,
    split::{CAPTION_MAX, ENTITIES_MAX, TEXT_MAX},
};
use model::{
    Error, Id, Platform, Result, Scope,
    bot::Bot,
    contact::Contact,
    message::{Author, AuthorType},
};
use store::{broadcasts::Script, contacts};

use super::{
    create,
    script::{Prepared, nobody},
};
use crate::{
    App,
    send::{self, Composed, To},
};

/// A message as a contact would get it.
#[derive(Debug, Clone)]
pub struct Sample {
    /// The language that was chosen; None: what everybody else gets.
    pub language: Option<String>,
    pub composed: Composed,
    /// The names of all variables.
    pub variables: Vec<String>,
    pub warnings: Vec<Warning>,
}

/// What its author may not expect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    pub code: &'static str,
    pub message: String,
}

/// Over which channel, and by whom: the templates of a bot that is named are meant, else those of any.
#[derive(Debug, Clone, Copy)]
pub struct By {
    pub platform: Platform,
    pub bot: Option<Id<Bot>>,
}

/// For whom the sample is.
#[derive(Debug, Clone, Default)]
pub struct Reader {
    /// None: somebody of whom nothing is known.
    pub contact: Option<Id<Contact>>,
    /// In place of the contact's own.
    pub language: Option<String>,
}

/// Makes the message for one reader.
pub async fn sample(app: &App, scope: &Scope, by: By, script: &Script, reader: Reader) -> Result<Sample> {
    let now = app.clock.now();
    let prepared = Prepared::new(&*app.ids, script)?;
    prepared.check(by.platform, now)?;
    create::check_names(app, scope, &prepared).await?;
    let mut contact = match reader.contact {
        Some(id) => known(app, *scope, id).await?,
        None => nobody(now),
    };
    if reader.language.is_some() {
        contact.language_code = reader.language;
    }
    let author = Author { kind: AuthorType::Broadcast, id: None, name: None };
    let mut composed = prepared.compose(&contact, To::Contact(contact.id), author, now)?;
    composed.parts = send::fit(by.platform, composed.parts)?;
    let (words, reader) = (prepared.clone(), *scope);
    if let Some(wording) = app.db.read(move |tx| words.wording(tx, &reader, by.bot, now)).await? {
        wording.put(&mut composed.content)?;
    }
    let mut warnings: Vec<Warning> = prepared.missing(&contact, now).iter().map(|name| empty(name)).collect();
    warnings.extend(of_length(&composed));
    let language = prepared.language(&contact).map(str::to_owned);
    Ok(Sample { language, composed, variables: prepared.names(), warnings })
}

async fn known(app: &App, scope: Scope, id: Id<Contact>) -> Result<Contact> {
    let found = app.db.read(move |tx| contacts::get(tx, &scope, id)).await?;
    found.ok_or_else(|| Error::field("contact_id", "No such contact."))
}

fn empty(name: &str) -> Warning {
    let message = format!(
        "{{{{{name}}}}} has no value for this contact and stays empty. Give it a default: {{{{{name}|default:\"…\"}}}}."
    );
    Warning { code: "empty_variable", message }
}

/// Where one message does not hold it, as Telegram counts.
fn of_length(composed: &Composed) -> Option<Warning> {
    let units = utf16_len(composed.content.text.as_deref().unwrap_or_default());
    let count = composed.parts.len();
    if count < 2 {
        return None;
    }
    if composed.content.media.is_empty() {
        let message = format!(
            "The text has {units} characters and {} formats; one message holds {TEXT_MAX} and {ENTITIES_MAX}. It goes out \
             as {count} messages, each of which counts.",
            composed.content.entities.len()
        );
        return Some(Warning { code: "text_split", message });
    }
    let message = format!(
        "The caption has {units} characters and {} formats; one holds {CAPTION_MAX} and {ENTITIES_MAX}, and stickers hold \
         none. It follows as {} messages of its own.",
        composed.content.entities.len(),
        count - 1
    );
    Some(Warning { code: "caption_follows", message })
}
