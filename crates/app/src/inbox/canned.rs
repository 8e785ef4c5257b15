//! Canned responses: replies that the team keeps ready.

use model::{
    Actor, Error, FieldErrors, Id, Result, Scope,
    activity::Deed,
    conversation::{CannedResponse, Conversation},
    template::Template,
};
use serde_json::{Value, json};
use store::{activity, canned_responses, contacts, conversations};

use crate::{App, broadcasts::variable};

const SHORTCUT_CHARS_MAX: usize = 64;
const TEXT_CHARS_MAX: usize = 4_096;

/// What a person writes of one. `None` leaves it as it is.
#[derive(Debug, Clone, Default)]
pub struct CannedText {
    pub shortcut: Option<String>,
    pub text: Option<String>,
    /// Whether everybody has it.
    pub is_shared: Option<bool>,
}

impl CannedText {
    fn apply(self, scope: &Scope, response: &mut CannedResponse) -> Result<()> {
        let mut wrong = FieldErrors::new();
        if let Some(shortcut) = self.shortcut {
            // It is typed after a slash, which belongs to no shortcut.
            response.shortcut = shortcut.trim().trim_start_matches('/').to_owned();
        }
        if let Some(text) = self.text {
            response.text = text.trim().to_owned();
        }
        if let Err(error) = Template::parse(&response.text) {
            wrong.insert("text".into(), vec![error.message().to_owned()]);
        }
        match (self.is_shared, scope.actor()) {
            (None, _) => {}
            (Some(true), _) => response.owner = None,
            (Some(false), Actor::User(id)) => response.owner = Some(id),
            (Some(false), _) => {
                wrong.insert("shared".into(), vec!["An API key is no person: what it makes is everybody's.".into()]);
            }
        }
        let is_word = !response.shortcut.chars().any(|c| c.is_whitespace() || c.is_control());
        if !is_word || !(1..=SHORTCUT_CHARS_MAX).contains(&response.shortcut.chars().count()) {
            let sentence = format!("Enter 1 to {SHORTCUT_CHARS_MAX} characters without spaces.");
            wrong.insert("shortcut".into(), vec![sentence]);
        }
        if !(1..=TEXT_CHARS_MAX).contains(&response.text.chars().count()) {
            wrong.insert("text".into(), vec![format!("Enter 1 to {TEXT_CHARS_MAX} characters.")]);
        }
        Error::fields(wrong).map_or(Ok(()), Err)
    }
}

/// A canned response as the activity log keeps it.
fn shown(response: &CannedResponse) -> Value {
    json!({"shortcut": response.shortcut, "text": response.text, "owner": response.owner})
}

pub async fn create_canned(app: &App, scope: &Scope, new: CannedText) -> Result<CannedResponse> {
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    let (shortcut, text) = (String::new(), String::new());
    let mut response = CannedResponse {
        id: app.ids.id(),
        owner: None,
        shortcut,
        text,
        usage_count: 0,
        last_used_at: None,
        created_at: now,
        updated_at: now,
    };
    new.apply(&scope, &mut response)?;
    app.db
        .write(move |tx| {
            if !canned_responses::insert(tx, &scope, &response)? {
                return Err(taken());
            }
            let deed = Deed::new("canned_response.created", "canned_response", response.id).named(&response.shortcut);
            activity::record(tx, &scope, &*ids, &deed, now)?;
            Ok(response.clone())
        })
        .await
}

pub async fn change_canned(
    app: &App,
    scope: &Scope,
    id: Id<CannedResponse>,
    change: CannedText,
) -> Result<CannedResponse> {
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    app.db
        .write(move |tx| {
            let found = canned_responses::get(tx, &scope, id)?;
            let mut response = found.ok_or_else(|| Error::not_found("canned response"))?;
            let before = shown(&response);
            change.clone().apply(&scope, &mut response)?;
            response.updated_at = now;
            if !canned_responses::update(tx, &scope, &response)? {
                return Err(taken());
            }
            let deed = Deed::new("canned_response.changed", "canned_response", id).named(&response.shortcut);
            activity::record(tx, &scope, &*ids, &deed.changed(&before, &shown(&response)), now)?;
            Ok(response)
        })
        .await
}

pub async fn delete_canned(app: &App, scope: &Scope, id: Id<CannedResponse>) -> Result<()> {
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    app.db
        .write(move |tx| {
            let found = canned_responses::get(tx, &scope, id)?;
            let response = found.ok_or_else(|| Error::not_found("canned response"))?;
            canned_responses::delete(tx, &scope, id)?;
            let deed = Deed::new("canned_response.removed", "canned_response", id).named(&response.shortcut);
            activity::record(tx, &scope, &*ids, &deed, now)
        })
        .await
}

/// Counts that one was sent. One that is gone meanwhile is nobody's trouble.
pub async fn use_canned(app: &App, scope: &Scope, id: Id<CannedResponse>) -> Result<()> {
    let (scope, now) = (*scope, app.clock.now());
    app.db.write(move |tx| canned_responses::used(tx, &scope, id, now).map(drop)).await
}

/// A canned response as a contact would read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    pub text: String,
    /// Variables that have neither a value nor a default; they still stand in the text.
    pub missing: Vec<String>,
}

/// Fills a canned response in for the contact of a conversation.
pub async fn render_canned(
    app: &App,
    scope: &Scope,
    id: Id<CannedResponse>,
    conversation: Id<Conversation>,
) -> Result<Rendered> {
    let (scope, now) = (*scope, app.clock.now());
    app.db
        .read(move |tx| {
            let response = canned_responses::get(tx, &scope, id)?;
            let response = response.ok_or_else(|| Error::not_found("canned response"))?;
            let found = conversations::get(tx, &scope, conversation)?;
            let found = found.ok_or_else(|| Error::field("conversation_id", "There is no such conversation."))?;
            let contact = contacts::get_many(tx, &scope, &[found.contact])?.pop();
            let contact = contact.ok_or_else(|| Error::not_found("contact"))?;
            let template = Template::parse(&response.text)?;
            let value = |name: &str| variable(&contact, name, now);
            let missing: Vec<String> = template.missing(value).map(str::to_owned).collect();
            // What is missing stays visible, so that nobody sends a hole.
            let filled = |name: &str| value(name).filter(|value| !value.is_empty()).or_else(|| hole(&missing, name));
            Ok(Rendered { text: template.render(filled, str::to_owned), missing: missing.clone() })
        })
        .await
}

fn hole(missing: &[String], name: &str) -> Option<String> {
    missing.iter().any(|one| one == name).then(|| format!("{{{{{name}}}}}"))
}

fn taken() -> Error {
    let sentence = "There is a canned response with this shortcut already.";
    Error::conflict("shortcut_taken", sentence).with_field("shortcut", sentence)
}
