//! What is said in one language, or by an approved template.

use channels::telegram::entities::{ParseMode, escape};
use model::{
    Error, FieldErrors, Result,
    content::Media,
    delivery::Class,
    message::{Author, OnUnknown},
    template::Template,
};
use store::broadcasts::{Script, ScriptMedia};

use super::{approved::Approved, collect};
use crate::send::{Body, Composed, Draft, Keyboard, Markup, To, compose_with};

/// Long enough for ten messages.
const TEXT_CHARS_MAX: usize = 40_960;

/// A text with its media and buttons, read.
#[derive(Debug, Clone)]
pub(super) struct Face {
    template: Template,
    mode: Option<ParseMode>,
    script: Script,
    keyboard: Keyboard,
    /// In place of all of it.
    approved: Option<Approved>,
}

impl Face {
    /// Reads a script that has no variants; `token` names button data that are too long for the channel.
    pub fn read(script: &Script, token: impl FnMut(&str) -> String) -> Result<Self> {
        let mut errors = FieldErrors::new();
        let template = collect(&mut errors, Template::parse(&script.text).map_err(|e| e.at_field("message_text")), "");
        let mode = collect(&mut errors, ParseMode::read(script.parse_mode.as_deref()), "");
        let keyboard = collect(&mut errors, Keyboard::read(script.buttons.as_ref(), token), "");
        if script.text.chars().count() > TEXT_CHARS_MAX {
            let words = format!("Enter at most {TEXT_CHARS_MAX} characters.");
            errors.entry("message_text".to_owned()).or_default().push(words);
        }
        let approved = script.template.as_ref().and_then(|given| collect(&mut errors, Approved::read(given), ""));
        if script.template.is_some() && has_more(script) {
            let words = "A template is a whole message: leave text, media, buttons and languages out.";
            errors.entry("template".to_owned()).or_default().push(words.to_owned());
        }
        match (template, mode, keyboard, Error::fields(errors)) {
            (Some(template), Some(mode), Some(keyboard), None) => {
                Ok(Self { template, mode, script: script.clone(), keyboard, approved })
            }
            (.., Some(error)) => Err(error),
            _ => Err(Error::invalid("The message can't be read.")),
        }
    }

    /// Button data that travel as tokens: token and whole value.
    pub fn long_data(&self) -> &[(String, String)] {
        &self.keyboard.long_data
    }

    /// The names of all variables, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.template.names().chain(self.approved.iter().flat_map(Approved::names))
    }

    /// The names of variables that would be empty.
    pub fn missing(&self, value: impl Fn(&str) -> Option<String>) -> Vec<String> {
        let more = self.approved.iter().flat_map(|approved| approved.missing(&value));
        self.template.missing(&value).chain(more).map(str::to_owned).collect()
    }

    pub fn compose(&self, value: impl Fn(&str) -> Option<String>, to: To, author: Author) -> Result<Composed> {
        compose_with(&self.fill(value, to, author), self.keyboard.clone())
    }

    /// With the buttons as they were given.
    pub fn draft(&self, value: impl Fn(&str) -> Option<String>, to: To, author: Author) -> Draft {
        Draft { buttons: self.script.buttons.clone(), ..self.fill(value, to, author) }
    }

    /// Text and media of its own.
    fn own(&self, value: impl Fn(&str) -> Option<String>) -> Body {
        let text = self.template.render(value, |value| escape(self.mode, value));
        let markup = Markup { text, parse_mode: self.script.parse_mode.clone() };
        match (&self.script.media, &self.script.album[..]) {
            (None, []) => Body::Text(markup),
            (Some(media), []) => Body::Media { media: as_media(media), caption: markup },
            (_, album) => Body::Album { items: album.iter().map(as_media).collect(), caption: markup },
        }
    }

    fn fill(&self, value: impl Fn(&str) -> Option<String>, to: To, author: Author) -> Draft {
        let body = match &self.approved {
            Some(approved) => approved.body(value),
            None => self.own(value),
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

/// Whether a script says more than its template.
fn has_more(script: &Script) -> bool {
    let has_media = script.media.is_some() || !script.album.is_empty();
    has_media || !script.text.is_empty() || script.buttons.is_some() || !script.variants.is_empty()
}

fn as_media(media: &ScriptMedia) -> Media {
    Media {
        url: None,
        kind: media.kind,
        file_name: None,
        mime_type: None,
        size: None,
        width: None,
        height: None,
        duration: None,
        source: Some(media.source()),
    }
}
