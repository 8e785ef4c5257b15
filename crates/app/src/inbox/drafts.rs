//! Drafts: what people began to write, kept by the server so that it is there on their other devices.

use model::{
    Error, Id, Result, Scope,
    conversation::{Conversation, DraftMode, ReplyDraft},
    message::Message,
};
use store::{conversations, reply_drafts};

use crate::App;

/// Drafts that are listed at most.
pub const DRAFTS_MAX: i64 = 200;
const DRAFT_CHARS_MAX: usize = 40_960;

/// Keeps a draft in place of the one before; a blank one removes it. The newest wins.
pub async fn keep_draft(
    app: &App,
    scope: &Scope,
    conversation: Id<Conversation>,
    mode: DraftMode,
    text: &str,
    reply_to: Option<Id<Message>>,
) -> Result<ReplyDraft> {
    if text.chars().count() > DRAFT_CHARS_MAX {
        return Err(Error::field("text", format!("Enter at most {DRAFT_CHARS_MAX} characters.")));
    }
    let scope = *scope;
    let draft = ReplyDraft { conversation, mode, text: text.to_owned(), reply_to, updated_at: app.clock.now() };
    app.db
        .write(move |tx| {
            if conversations::get(tx, &scope, conversation)?.is_none() {
                return Err(Error::not_found("conversation"));
            }
            if draft.text.trim().is_empty() {
                reply_drafts::remove(tx, &scope, conversation, mode)?;
            } else {
                reply_drafts::put(tx, &scope, &draft)?;
            }
            Ok(draft.clone())
        })
        .await
}
