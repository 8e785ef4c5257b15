//! What a broadcast says: checked when it is given, filled in for each contact when its turn comes.

use channels::telegram::{
    entities::{ParseMode, escape},
    keyboard,
};
use model::{
    Error, FieldErrors, Ids, Result, Timestamp,
    contact::{Contact, ContactKind, Source},
    content::{Media, MediaSource},
    delivery::Class,
    message::{Author, OnUnknown},
    template::{BUILT_IN, Template},
};
use serde_json::Value;
use store::broadcasts::Script;

use crate::send::{Body, Composed, Draft, Keyboard, Markup, To, compose_with};

/// Long enough for ten messages.
const TEXT_CHARS_MAX: usize = 40_960;

/// A script that was read, ready to be filled in many times.
#[derive(Debug, Clone)]
pub(super) struct Prepared {
    template: Template,
    mode: Option<ParseMode>,
    script: Script,
    keyboard: Keyboard,
}

impl Prepared {
    /// Reads a script, and gives tokens to button data that are too long.
    pub fn new(ids: &dyn Ids, script: &Script) -> Result<Self> {
        let known =
            |data: &str| script.long_data.iter().find(|(_, whole)| whole == data).map(|(token, _)| token.clone());
        let token = |data: &str| known(data).unwrap_or_else(|| keyboard::token(ids.random()));
        let mut errors = FieldErrors::new();
        let template = collect(&mut errors, Template::parse(&script.text).map_err(|e| e.at_field("message_text")));
        let mode = collect(&mut errors, ParseMode::read(script.parse_mode.as_deref()));
        let keyboard = collect(&mut errors, Keyboard::read(script.buttons.as_ref(), token));
        match (template, mode, keyboard, Error::fields(errors)) {
            (Some(template), Some(mode), Some(keyboard), None) => {
                let script = Script { long_data: keyboard.long_data.clone(), ..script.clone() };
                Ok(Self { template, mode, script, keyboard })
            }
            (.., Some(error)) => Err(error),
            _ => Err(Error::invalid("The message can't be read.")),
        }
    }

    /// The script as it is to be kept.
    pub fn script(&self) -> &Script {
        &self.script
    }

    /// The names of variables that not every contact has.
    pub fn custom_names(&self) -> Vec<String> {
        let mut names: Vec<String> =
            self.template.names().filter(|name| !BUILT_IN.contains(name)).map(str::to_owned).collect();
        names.sort();
        names.dedup();
        names
    }

    /// The message for one contact.
    pub fn compose(&self, contact: &Contact, to: To, author: Author, now: Timestamp) -> Result<Composed> {
        self.render(|name| value(contact, name, now), to, author)
    }

    /// Whether the message can be made at all: with every variable filled in by a plain word.
    pub fn check(&self, now: Timestamp) -> Result<()> {
        if self.script.text.chars().count() > TEXT_CHARS_MAX {
            return Err(Error::field("message_text", format!("Enter at most {TEXT_CHARS_MAX} characters.")));
        }
        let nobody = Contact::new(
            model::Id::from_bytes([0; 16]),
            model::Id::from_bytes([0; 16]),
            ContactKind::Person,
            Source::Api,
            now,
        );
        let author = Author { kind: model::message::AuthorType::Broadcast, id: None, name: None };
        self.render(|_| Some("x".to_owned()), To::Contact(nobody.id), author).map(drop).map_err(renamed)
    }

    /// The draft for one contact, for sending it by itself.
    pub fn draft(&self, contact: &Contact, to: To, author: Author, now: Timestamp) -> Draft {
        Draft { buttons: self.script.buttons.clone(), ..self.fill(|name| value(contact, name, now), to, author) }
    }

    fn render(&self, value: impl Fn(&str) -> Option<String>, to: To, author: Author) -> Result<Composed> {
        compose_with(&self.fill(value, to, author), self.keyboard.clone())
    }

    fn fill(&self, value: impl Fn(&str) -> Option<String>, to: To, author: Author) -> Draft {
        let text = self.template.render(value, |value| escape(self.mode, value));
        let markup = Markup { text, parse_mode: self.script.parse_mode.clone() };
        let body = match &self.script.media {
            None => Body::Text(markup),
            Some(media) => Body::Media { media: at_address(media), caption: markup },
        };
        Draft {
            class: Class::Bulk,
            disable_notification: self.script.disable_notification.unwrap_or_default(),
            protect_content: self.script.protect_content.unwrap_or_default(),
            link_preview: self.script.link_preview,
            on_unknown: OnUnknown::Hold,
            ..Draft::new(to, author, body)
        }
    }
}

fn at_address(media: &store::broadcasts::ScriptMedia) -> Media {
    Media {
        url: None,
        kind: media.kind,
        file_name: None,
        mime_type: None,
        size: None,
        width: None,
        height: None,
        duration: None,
        source: Some(MediaSource::Url(media.url.clone())),
    }
}

/// Complaints about the text, under the name that it has here.
fn renamed(error: Error) -> Error {
    let fields = error.field_errors();
    match fields.get("text").or(fields.get("caption")) {
        Some(sentences) => Error::field("message_text", sentences.join(" ")).with_code(error.code()),
        None => error,
    }
}

fn collect<T>(errors: &mut FieldErrors, result: Result<T>) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(error) if error.field_errors().is_empty() => {
            errors.entry("message_text".to_owned()).or_default().push(error.message().to_owned());
            None
        }
        Err(error) => {
            for (field, sentences) in error.field_errors() {
                errors.entry(field.clone()).or_default().extend(sentences.iter().cloned());
            }
            None
        }
    }
}

/// A variable's value for a contact.
fn value(contact: &Contact, name: &str, now: Timestamp) -> Option<String> {
    match name {
        "first_name" => Some(contact.first_name.clone()),
        "last_name" => Some(contact.last_name.clone()),
        "full_name" => Some(contact.full_name()),
        "phone" => contact.phone.clone(),
        "company_name" => contact.company_name.clone(),
        "today_date" => Some(now.civil().date().to_string()),
        name => contact.custom.get(name).and_then(shown),
    }
}

fn shown(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
