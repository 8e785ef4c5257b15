//! `reply_to_conversation`.

use app::send::{self, Body, Draft, Markup, ReplyTo, To};
use model::{Id, Permission, Result, conversation::Conversation, message::Message};
use schemars::JsonSchema;
use serde::Deserialize;

use super::message::{MessageView, check_wait, shown};
use crate::{
    caller::Call,
    schema::Uuid,
    tool::{About, Effect, Tool},
};

pub(super) fn tools() -> Vec<Tool> {
    let about = About {
        name: "reply_to_conversation",
        title: "Reply to a conversation",
        description: "Writes to the contact of a conversation, over the bot that they used last. It counts as an answer \
            of the team: the conversation is read, and open again if it was closed.",
        needs: Permission::Converse,
        effect: Effect::Send,
    };
    vec![Tool::new(about, reply)]
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ReplyArguments {
    #[schemars(with = "Uuid")]
    conversation_id: Id<Conversation>,
    /// The text. Over 4096 characters it goes out as several messages, in order.
    text: String,
    /// Markup of the text: HTML, MarkdownV2 or Markdown. Absent: plain text.
    parse_mode: Option<String>,
    /// The entry of the timeline that is answered, to quote it.
    #[schemars(with = "Option<Uuid>")]
    reply_to: Option<Id<Message>>,
    /// Wait up to this many seconds, at most 10, for the final status. 0 or absent: answer at once.
    #[schemars(range(max = 10))]
    wait_seconds: Option<u32>,
}

async fn reply(call: Call, arguments: ReplyArguments) -> Result<MessageView> {
    check_wait(arguments.wait_seconds)?;
    call.check_conversation(arguments.conversation_id).await?;
    super::approval::pass(&call, Some(arguments.conversation_id), &arguments.text).await?;
    let body = Body::Text(Markup { text: arguments.text, parse_mode: arguments.parse_mode });
    let to = To::Conversation(arguments.conversation_id);
    let reply_to = arguments.reply_to.map(ReplyTo::Message);
    let draft = Draft {
        reply_to,
        bot: call.limits.only_bot(),
        limits: Some(call.limits.clone()),
        ..Draft::new(to, call.author.clone(), body)
    };
    let message = send::send(&call.app, &call.scope, draft).await?;
    shown(&call, message.id, arguments.wait_seconds).await
}
