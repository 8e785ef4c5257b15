//! What a stored piece of a delivery means for us. Tolerant by construction: every field may be missing or of another
//! type. It decides nothing.

mod content;
mod people;

use model::{
    Id, Timestamp,
    content::Content,
    message::{ErrorCode, Message},
    whatsapp::{Receipt, TemplateCategory, TemplateStatus, WhatsappUser},
};

use super::{errors, number_of};
use crate::json::{self, Object};

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Fact {
    Message(Box<Incoming>),
    /// Somebody's reaction to a message, as it is now.
    Reaction(Reaction),
    /// A message reads otherwise now, or was taken back.
    Edited {
        user: WhatsappUser,
        name: String,
        content: Option<Box<Content>>,
        at: Option<Timestamp>,
    },
    Receipt(Told),
    /// A person has another number or user id.
    Renamed {
        from: String,
        to: WhatsappUser,
        sentence: String,
        name: String,
        at: Option<Timestamp>,
    },
    /// A person wants no more marketing, or wants it again.
    Consent {
        user: WhatsappUser,
        stops: bool,
        at: Option<Timestamp>,
    },
    Template(TemplateNews),
    /// Something about a number or an account, in a sentence.
    Account {
        sentence: String,
    },
    /// What can't be read, and why.
    Unreadable(String),
}

/// A message as it came in.
#[derive(Debug, Clone, PartialEq)]
pub struct Incoming {
    pub user: WhatsappUser,
    /// Meta's name of it, and the number made of that.
    pub name: String,
    pub number: i64,
    pub at: Option<Timestamp>,
    pub content: Content,
    /// The name of the message that is answered.
    pub reply_to: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Reaction {
    pub user: WhatsappUser,
    /// The message that it stands at.
    pub target: String,
    /// `None`: it was taken away.
    pub emoji: Option<String>,
    pub at: Option<Timestamp>,
}

/// What became of a message that was accepted.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    pub name: String,
    pub number: i64,
    pub outcome: Outcome,
    pub at: Option<Timestamp>,
    /// What we sent along: our message and its part.
    pub ours: Option<(Id<Message>, i64)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Came(Receipt),
    Failed { code: ErrorCode, words: String },
}

/// News of a template; `None` where nothing was said.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TemplateNews {
    pub waba_id: String,
    pub name: String,
    pub language: String,
    pub status: Option<TemplateStatus>,
    pub quality: Option<String>,
    pub reason: Option<String>,
    pub category: Option<TemplateCategory>,
}

/// Says what a stored piece means.
pub fn decode(payload: &[u8]) -> Fact {
    let Some(entry) = json::object(payload) else { return Fact::Unreadable("The piece is not JSON.".into()) };
    let change = entry.objects("changes").next();
    let Some((change, value)) = change.and_then(|change| Some((change, change.object("value")?))) else {
        return Fact::Unreadable("The piece has no value.".into());
    };
    if let Some(message) = value.objects("messages").next() {
        return message_fact(value, message)
            .unwrap_or_else(|| Fact::Unreadable("The message names no sender, or has no id.".into()));
    }
    if let Some(status) = value.objects("statuses").next() {
        return receipt(status)
            .unwrap_or_else(|| Fact::Unreadable("The status names no message or is unknown.".into()));
    }
    let field = change.text("field").unwrap_or_default();
    news(&entry.text("id").unwrap_or_default(), &field, value)
}

fn message_fact(value: &Object<'_>, message: &Object<'_>) -> Option<Fact> {
    let kind = message.text("type").unwrap_or_default();
    let (name, at) = (message.text("id").filter(|name| !name.is_empty())?, time(message));
    if kind == "system" {
        return Some(system(message, name, at));
    }
    let user = people::user(value.objects("contacts").next(), message)?;
    let inside = |key: &str| message.object(key);
    match kind.as_str() {
        "reaction" => {
            let target = inside("reaction")?.text("message_id")?;
            let emoji = inside("reaction")?.text("emoji").filter(|emoji| !emoji.is_empty());
            Some(Fact::Reaction(Reaction { user, target, emoji, at }))
        }
        "edit" => {
            let edit = inside("edit")?;
            let content = edit.object("message").map(|message| Box::new(content::content(message)));
            Some(Fact::Edited { user, name: edit.text("original_message_id")?, content, at })
        }
        "revoke" => {
            let name = inside("revoke")?.text("original_message_id")?;
            Some(Fact::Edited { user, name, content: None, at })
        }
        _ => {
            let reply_to = inside("context").and_then(|context| context.text("id"));
            let (number, content) = (number_of(&name), content::content(message));
            Some(Fact::Message(Box::new(Incoming { user, name, number, at, content, reply_to })))
        }
    }
}

fn system(message: &Object<'_>, name: String, at: Option<Timestamp>) -> Fact {
    let Some(system) = message.object("system") else {
        return Fact::Unreadable("A system message says nothing.".into());
    };
    let from = message.text("from").or_else(|| message.text("from_user_id")).unwrap_or_default();
    let to = WhatsappUser {
        phone: system
            .text("wa_id")
            .or_else(|| system.text("new_wa_id"))
            .filter(|phone| model::whatsapp::is_phone(phone)),
        user_id: system.text("user_id"),
        ..WhatsappUser::default()
    };
    let sentence = system.text("body").unwrap_or_else(|| "Their number or device changed.".into());
    Fact::Renamed { from, to, sentence, name, at }
}

fn receipt(status: &Object<'_>) -> Option<Fact> {
    let name = status.text("id").filter(|name| !name.is_empty())?;
    let outcome = match status.text("status")?.as_str() {
        "sent" => Outcome::Came(Receipt::Sent),
        "delivered" => Outcome::Came(Receipt::Delivered),
        "read" | "played" => Outcome::Came(Receipt::Read),
        "failed" => {
            let (code, words) = errors::late(status.objects("errors").next());
            Outcome::Failed { code, words }
        }
        _ => return None,
    };
    let ours = status.text("biz_opaque_callback_data").and_then(|text| {
        let (message, part) = text.split_once('.')?;
        Some((message.parse().ok()?, part.parse().ok()?))
    });
    Some(Fact::Receipt(Told { number: number_of(&name), name, outcome, at: time(status), ours }))
}

fn news(waba_id: &str, field: &str, value: &Object<'_>) -> Fact {
    if let Some(preference) = value.objects("user_preferences").next() {
        let stops = match preference.text("value").as_deref() {
            Some("stop") => true,
            Some("resume") => false,
            _ => return Fact::Account { sentence: "A person's preference changed.".into() },
        };
        let at = preference.integer("timestamp").map(Timestamp::from_seconds);
        return match people::user(value.objects("contacts").next().or(Some(preference)), preference) {
            Some(user) => Fact::Consent { user, stops, at },
            None => Fact::Unreadable("A preference names nobody.".into()),
        };
    }
    if let Some(name) = value.text("message_template_name") {
        return Fact::Template(template(waba_id, name, value));
    }
    let words = |key: &str| value.text(key).filter(|text| !text.is_empty());
    let what = words("event").or_else(|| value.objects("errors").next().and_then(|error| error.text("title")));
    let sentence = match what {
        Some(what) => format!("{field}: {what}"),
        None => format!("Meta told of {field}."),
    };
    Fact::Account { sentence }
}

fn template(waba_id: &str, name: String, value: &Object<'_>) -> TemplateNews {
    let word = |key: &str| value.text(key).filter(|text| !text.is_empty());
    let category = word("new_category").or_else(|| word("message_template_category"));
    TemplateNews {
        waba_id: waba_id.to_owned(),
        name,
        // Here with a hyphen, everywhere else with an underscore.
        language: word("message_template_language").unwrap_or_default().replace('-', "_"),
        status: word("event").map(|event| status_of(&event)),
        quality: word("new_quality_score"),
        reason: word("reason").filter(|reason| reason != "NONE"),
        category: category.and_then(|category| category.parse().ok()),
    }
}

/// Meta's word for a template's state.
pub(super) fn status_of(word: &str) -> TemplateStatus {
    match word {
        "REINSTATED" | "UNARCHIVED" | "FLAGGED" => TemplateStatus::Approved,
        other => other.parse().unwrap_or(TemplateStatus::Unknown),
    }
}

/// Seconds since 1970, as a string.
fn time(of: &Object<'_>) -> Option<Timestamp> {
    let seconds = of.text("timestamp").and_then(|text| text.parse().ok()).or_else(|| of.integer("timestamp"))?;
    (0..=253_402_300_799).contains(&seconds).then(|| Timestamp::from_seconds(seconds))
}
