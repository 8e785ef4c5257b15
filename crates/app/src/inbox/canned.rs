//! Canned responses: replies that the team keeps ready.

use model::{Error, FieldErrors, Id, Result, Scope, conversation::CannedResponse};
use store::canned_responses;

use crate::App;

const SHORTCUT_CHARS_MAX: usize = 64;
const TEXT_CHARS_MAX: usize = 4_096;

/// What a person writes of one. `None` leaves it as it is.
#[derive(Debug, Clone, Default)]
pub struct CannedText {
    pub shortcut: Option<String>,
    pub text: Option<String>,
}

impl CannedText {
    fn apply(self, response: &mut CannedResponse) -> Result<()> {
        let mut wrong = FieldErrors::new();
        if let Some(shortcut) = self.shortcut {
            // It is typed after a slash, which belongs to no shortcut.
            response.shortcut = shortcut.trim().trim_start_matches('/').to_owned();
        }
        if let Some(text) = self.text {
            response.text = text.trim().to_owned();
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

pub async fn create_canned(app: &App, scope: &Scope, new: CannedText) -> Result<CannedResponse> {
    let (scope, now) = (*scope, app.clock.now());
    let (shortcut, text) = (String::new(), String::new());
    let mut response = CannedResponse { id: app.ids.id(), shortcut, text, created_at: now, updated_at: now };
    new.apply(&mut response)?;
    app.db
        .write(move |tx| match canned_responses::insert(tx, &scope, &response)? {
            true => Ok(response.clone()),
            false => Err(taken()),
        })
        .await
}

pub async fn change_canned(
    app: &App,
    scope: &Scope,
    id: Id<CannedResponse>,
    change: CannedText,
) -> Result<CannedResponse> {
    let (scope, now) = (*scope, app.clock.now());
    app.db
        .write(move |tx| {
            let found = canned_responses::get(tx, &scope, id)?;
            let mut response = found.ok_or_else(|| Error::not_found("canned response"))?;
            change.clone().apply(&mut response)?;
            response.updated_at = now;
            match canned_responses::update(tx, &scope, &response)? {
                true => Ok(response),
                false => Err(taken()),
            }
        })
        .await
}

pub async fn delete_canned(app: &App, scope: &Scope, id: Id<CannedResponse>) -> Result<()> {
    let scope = *scope;
    app.db
        .write(move |tx| match canned_responses::delete(tx, &scope, id)? {
            true => Ok(()),
            false => Err(Error::not_found("canned response")),
        })
        .await
}

fn taken() -> Error {
    let sentence = "There is a canned response with this shortcut already.";
    Error::conflict("shortcut_taken", sentence).with_field("shortcut", sentence)
}
