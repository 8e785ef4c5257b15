//! What a broadcast says: checked when it is given, filled in for each contact when its turn comes.

mod approved;
mod face;
mod value;

use std::collections::BTreeMap;

use channels::telegram::keyboard;
use model::{
    Error, FieldErrors, Id, Ids, Platform, Result, Scope, Timestamp,
    bot::Bot,
    broadcast::Zone,
    contact::{Contact, ContactKind, Source},
    message::Author,
    template::BUILT_IN,
};
use store::{broadcasts::Script, db::Tx};

use crate::send::{self, Composed, Draft, To, Wording};
use face::Face;

/// Languages besides the one that everybody else gets.
const VARIANTS_MAX: usize = 30;

/// A script that was read, ready to be filled in many times.
#[derive(Debug, Clone)]
pub(super) struct Prepared {
    script: Script,
    default: Face,
    variants: BTreeMap<String, Face>,
    /// In which it is today.
    zone: Zone,
}

impl Prepared {
    /// Reads a script, and gives tokens to button data that are too long.
    pub fn new(ids: &dyn Ids, script: &Script) -> Result<Self> {
        let mut errors = FieldErrors::new();
        let mut long_data = script.long_data.clone();
        let mut read = |script: &Script, errors: &mut FieldErrors, place: &str| {
            let known = |data: &str| long_data.iter().find(|(_, whole)| whole == data).map(|(token, _)| token.clone());
            let face = Face::read(script, |data| known(data).unwrap_or_else(|| keyboard::token(ids.random())));
            let face = collect(errors, face, place)?;
            let fresh: Vec<_> = face.long_data().iter().filter(|pair| !long_data.contains(pair)).cloned().collect();
            long_data.extend(fresh);
            Some(face)
        };
        let default = read(script, &mut errors, "");
        let mut variants = BTreeMap::new();
        for language in script.variants.keys() {
            let place = format!("variants.{language}.");
            variants
                .extend(read(&script.in_language(language), &mut errors, &place).map(|face| (language.clone(), face)));
        }
        check_variants(script, &mut errors);
        match (default, Error::fields(errors)) {
            (Some(default), None) => {
                let in_use = |token: &str| {
                    std::iter::once(&default)
                        .chain(variants.values())
                        .any(|face| face.long_data().iter().any(|(one, _)| one == token))
                };
                long_data.retain(|(token, _)| in_use(token));
                Ok(Self { script: Script { long_data, ..script.clone() }, default, variants, zone: Zone::utc() })
            }
            (_, Some(error)) => Err(error),
            (None, None) => Err(Error::invalid("The message can't be read.")),
        }
    }

    /// The script as it is to be kept.
    pub fn script(&self) -> &Script {
        &self.script
    }

    /// The names of variables that not every contact has.
    pub fn custom_names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.names();
        names.retain(|name| !BUILT_IN.contains(&name.as_str()));
        names
    }

    /// The names of all variables.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.faces().flat_map(|(_, face)| face.names()).map(str::to_owned).collect();
        names.sort();
        names.dedup();
        names
    }

    /// The message for one contact.
    pub fn compose(&self, contact: &Contact, to: To, author: Author, now: Timestamp) -> Result<Composed> {
        let today = self.today(now);
        self.face(contact).1.compose(|name| value::of(contact, name, &today), to, author)
    }

    /// Variables that have neither a value for this contact nor a default.
    pub fn missing(&self, contact: &Contact, now: Timestamp) -> Vec<String> {
        let today = self.today(now);
        self.face(contact).1.missing(|name| value::of(contact, name, &today))
    }

    /// The language in which a contact gets it; None: as everybody else.
    pub fn language(&self, contact: &Contact) -> Option<&str> {
        self.face(contact).0
    }

    /// Whether the messages can be made at all, and go over this channel: with every variable filled in by a plain word.
    pub fn check(&self, platform: Platform, now: Timestamp) -> Result<()> {
        let mut errors = FieldErrors::new();
        let mut code = "invalid_input";
        for (place, face) in self.faces() {
            let made = example(face, now).and_then(|made| send::fit(platform, made.parts));
            if let Err(error) = made {
                code = error.code();
                let _ = collect::<()>(&mut errors, Err(renamed(error)), &place);
            }
        }
        Error::fields(errors).map_or(Ok(()), |error| Err(error.with_code(code)))
    }

    /// Whether the approved template that it needs can be sent, and has a value for each of its variables. Without a bot, some
    /// sender of the tenant must have it.
    pub fn check_approved(&self, tx: &mut Tx, scope: &Scope, bot: Option<Id<Bot>>, now: Timestamp) -> Result<()> {
        let Some(wording) = self.wording(tx, scope, bot, now)? else { return Ok(()) };
        wording.put(&mut example(&self.default, now)?.content)
    }

    /// The words of the approved template that it needs.
    pub fn wording(&self, tx: &mut Tx, scope: &Scope, bot: Option<Id<Bot>>, now: Timestamp) -> Result<Option<Wording>> {
        let Some(template) = &self.script.template else { return Ok(None) };
        Wording::of(tx, scope, bot, (&template.name, &template.language), now).map(Some)
    }

    /// The draft for one contact, for sending it by itself.
    pub fn draft(&self, contact: &Contact, to: To, author: Author, now: Timestamp) -> Draft {
        let today = self.today(now);
        self.face(contact).1.draft(|name| value::of(contact, name, &today), to, author)
    }

    /// The same, with dates in another zone than UTC.
    pub fn in_zone(self, zone: Zone) -> Self {
        Self { zone, ..self }
    }

    fn today(&self, now: Timestamp) -> String {
        self.zone.civil(now).date().to_string()
    }

    /// Every language with the place of its complaints.
    fn faces(&self) -> impl Iterator<Item = (String, &Face)> {
        let variants = self.variants.iter().map(|(language, face)| (format!("variants.{language}."), face));
        std::iter::once((String::new(), &self.default)).chain(variants)
    }

    /// `pt-br` reads `pt-br`, else `pt`, else what everybody gets.
    fn face(&self, contact: &Contact) -> (Option<&str>, &Face) {
        let code = contact.language_code.as_deref().unwrap_or_default().to_lowercase().replace('_', "-");
        let mut wanted = code.as_str();
        loop {
            if let Some((language, face)) = self.variants.get_key_value(wanted) {
                return (Some(language), face);
            }
            match wanted.rsplit_once('-') {
                Some((shorter, _)) => wanted = shorter,
                None => return (None, &self.default),
            }
        }
    }
}

/// With every variable filled in by a plain word.
fn example(face: &Face, now: Timestamp) -> Result<Composed> {
    let author = Author { kind: model::message::AuthorType::Broadcast, id: None, name: None };
    face.compose(|_| Some("x".to_owned()), To::Contact(nobody(now).id), author)
}

/// Somebody of whom nothing is known.
pub(super) fn nobody(now: Timestamp) -> Contact {
    Contact::new(model::Id::from_bytes([0; 16]), model::Id::from_bytes([0; 16]), ContactKind::Person, Source::Api, now)
}

fn check_variants(script: &Script, errors: &mut FieldErrors) {
    let mut complain = |words: String| errors.entry("variants".to_owned()).or_default().push(words);
    if script.variants.len() > VARIANTS_MAX {
        complain(format!("Give at most {VARIANTS_MAX} languages."));
    }
    for language in script.variants.keys().filter(|language| !is_language(language)) {
        let shown: String = language.chars().take(20).collect();
        complain(format!("\"{shown}\" is no language code; enter one such as de or pt-br."));
    }
}

fn is_language(code: &str) -> bool {
    let mut parts = code.split('-');
    let is_first =
        parts.next().is_some_and(|part| matches!(part.len(), 2 | 3) && part.bytes().all(|b| b.is_ascii_lowercase()));
    let is_further = |part: &str| {
        (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    is_first && parts.all(is_further)
}

/// Complaints about the text, under the name that it has here.
fn renamed(error: Error) -> Error {
    let fields = error.field_errors();
    match fields.get("text").or(fields.get("caption")) {
        Some(sentences) => Error::field("message_text", sentences.join(" ")).with_code(error.code()),
        None => error,
    }
}

/// Gathers complaints, each under the place where it belongs.
fn collect<T>(errors: &mut FieldErrors, result: Result<T>, place: &str) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(error) if error.field_errors().is_empty() => {
            errors.entry(format!("{place}message_text")).or_default().push(error.message().to_owned());
            None
        }
        Err(error) => {
            for (field, sentences) in error.field_errors() {
                errors.entry(format!("{place}{field}")).or_default().extend(sentences.iter().cloned());
            }
            None
        }
    }
}

/// A variable's value for a contact, for texts that are no broadcasts.
pub(crate) fn variable(contact: &Contact, name: &str, now: Timestamp) -> Option<String> {
    value::of(contact, name, &now.civil().date().to_string())
}
