//! Where the tenant wants it, what an agent writes waits for a person: it becomes a note, which has no way out.

use app::inbox::{self, NoteText};
use model::{Error, Id, Result, conversation::Conversation};

use crate::caller::Call;

/// Lets an agent's text pass, or leaves it to the team and says so.
pub(super) async fn pass(call: &Call, conversation: Option<Id<Conversation>>, text: &str) -> Result<()> {
    if !app::tenant_settings(&call.app, &call.scope).await?.mcp.drafts_need_approval {
        return Ok(());
    }
    let Some(conversation) = conversation else {
        return Err(refusal("Use reply_to_conversation, which leaves your text to the team as a draft."));
    };
    let written = NoteText { text: format!("Draft for approval:\n{text}"), ..NoteText::default() };
    inbox::note(&call.app, &call.scope, None, conversation, written).await?;
    Err(refusal("Your text stands in the conversation as a draft for the team. Don't send it again."))
}

/// For what has no conversation that a draft could wait in.
pub(super) async fn forbid(call: &Call, words: &str) -> Result<()> {
    match app::tenant_settings(&call.app, &call.scope).await?.mcp.drafts_need_approval {
        true => Err(refusal(words)),
        false => Ok(()),
    }
}

fn refusal(words: &str) -> Error {
    Error::conflict("approval_needed", format!("Here a person approves what agents write. {words}"))
}
