//! What an approved template says once it is filled in, as the channel has it.

use channels::whatsapp::template;
use model::{Id, Result, Scope, Timestamp, bot::Bot, content::Content};
use serde_json::{Value, json};
use store::{db::Tx, whatsapp};

use crate::whatsapp::sendable;

/// The words of one template, with places for variables.
#[derive(Debug, Clone)]
pub(crate) struct Wording {
    components: Value,
}

impl Wording {
    /// The template of this name and language, if this sender may send it; without a sender, if some of the tenant's may.
    pub fn of(
        tx: &mut Tx,
        scope: &Scope,
        bot: Option<Id<Bot>>,
        (name, language): (&str, &str),
        now: Timestamp,
    ) -> Result<Self> {
        let found = match bot {
            None => whatsapp::find_any_template(tx, scope, name, language)?,
            Some(bot) => match whatsapp::get(tx, scope, bot, now)? {
                Some(known) => whatsapp::find_template(tx, scope, &known.number.waba_id, name, language)?,
                None => None,
            },
        };
        Ok(Self { components: sendable(found)?.components })
    }

    /// Puts into a message what the person will read. Every variable must have its value.
    pub fn put(&self, content: &mut Content) -> Result<()> {
        if let Some(filled) = &content.template {
            content.text = Some(template::text(&self.components, &json!({"components": filled.components}))?);
        }
        Ok(())
    }
}
