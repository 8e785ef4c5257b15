//! Letters to people of the team: owed in the transaction that decided on them, brought out by the postman.
//!
//! Without a mail server (`SMTP_URL`) none is owed; links are then shown to whoever passes them on.

mod letters;
mod postman;

use model::{Result, Timestamp};
use secrecy::SecretString;
use store::mails::{self, MailRow};

pub(crate) use letters::{invitation, new_password};
pub use postman::Postman;

use crate::App;

/// What is to be told to whom.
pub(crate) struct Letter {
    recipient: String,
    subject: String,
    text: SecretString,
    /// When nobody needs it any more.
    expires_at: Timestamp,
}

/// The letter as it is kept; `None` without a mail server.
pub(crate) fn sealed(app: &App, letter: Letter) -> Result<Option<MailRow>> {
    if app.mailer.is_none() {
        return Ok(None);
    }
    let Letter { recipient, subject, text, expires_at } = letter;
    let id = app.ids.id();
    let text = mails::seal_text(&app.cipher, &*app.ids, id, &text)?;
    Ok(Some(MailRow { id, recipient, subject, text, attempts: 0, expires_at }))
}
