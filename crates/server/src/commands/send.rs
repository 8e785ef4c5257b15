//! `send`: one message from the command line. A running server delivers it; without one it waits for the next start.

use app::send::{self, Body, Draft, Markup};
use model::{
    Permission, Result,
    message::{Author, AuthorType, Status},
};
use serde_json::json;

use super::{Context, id};
use crate::cli::SendArgs;

pub async fn send(context: &Context, arguments: SendArgs) -> Result<()> {
    let app = &context.app;
    let scope = context.caller(&arguments.tenant).await?.require(Permission::Converse)?;
    let to = send::address(app, &scope, &arguments.to).await?;
    let author = Author { kind: AuthorType::System, id: None, name: Some("Command line".into()) };
    let body = Body::Text(Markup { text: arguments.text, parse_mode: arguments.parse_mode });
    let bot = arguments.bot.as_deref().map(id).transpose()?;
    let message = send::send(app, &scope, Draft { bot, ..Draft::new(to, author, body) }).await?;
    let until = app.clock.now() + i64::from(arguments.wait) * 1_000;
    let (message, _) = send::settled(app, &scope, message.id, until).await?;
    let sending = message.sending.as_ref();
    let status = sending.map_or(Status::Pending, |s| s.status);
    let (code, words) = (sending.and_then(|s| s.error_code), sending.and_then(|s| s.error_message.clone()));
    let document = json!({
        "id": message.id, "status": status, "chat_id": message.chat_id, "bot_app_id": message.bot,
        "provider_message_id": message.provider_message_id, "error_code": code, "error_message": words,
    });
    let lines = || {
        let why = words.as_deref().map(|w| format!(": {w}")).unwrap_or_default();
        let hint = if status.is_final() { "" } else { " It leaves as soon as a server runs and the limits allow." };
        vec![format!("Message {} is {status}{why}.{hint}", message.id)]
    };
    if status.is_final() && !status.has_left() {
        return context.output.failed(&document, lines, "The message was not sent.");
    }
    context.output.done(&document, lines)
}
