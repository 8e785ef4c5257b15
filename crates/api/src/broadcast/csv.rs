//! The recipients of a broadcast as CSV, streamed page by page: a million of them never stand in memory.

use app::App;
use axum::{
    body::Body,
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use futures::stream;
use model::Result;
use store::{
    broadcasts::{self, Recipient, RecipientFilter},
    page::{Request, Start},
};

use crate::ids::BroadcastId;

const PAGE: u32 = 1_000;
const HEAD: &str = "contact_id,first_name,last_name,status,reason,bot_app_id,chat_id,message_id,provider_message_id,\
                    error_message,sent_at,updated_at,replied_at,clicks,delivered_at,read_at\r\n";

/// All recipients that a filter leaves.
pub(super) fn of_broadcast(app: App, id: BroadcastId, filter: RecipientFilter) -> Response {
    let rest = stream::try_unfold(Some(Start::First), move |start| {
        let (app, filter) = (app.clone(), filter.clone());
        async move {
            match start {
                None => Ok::<_, model::Error>(None),
                Some(start) => page(&app, id, filter, start).await.map(Some),
            }
        }
    });
    let head = stream::once(async { Ok(HEAD.to_owned()) });
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"broadcast-{id}.csv\"")),
    ];
    (headers, Body::from_stream(futures::StreamExt::chain(head, rest))).into_response()
}

async fn page(app: &App, id: BroadcastId, filter: RecipientFilter, start: Start) -> Result<(String, Option<Start>)> {
    let request = Request { sort: 0, descending: false, start, size: PAGE, count: false };
    let page = app.db.read(move |tx| broadcasts::recipients(tx, id, &filter, &request)).await?;
    let lines: String = page.rows.iter().map(line).collect();
    Ok((lines, page.next.map(Start::After)))
}

fn line(recipient: &Recipient) -> String {
    let (first, last) = recipient.names.clone().unwrap_or_default();
    let shown = |value: Option<String>| value.unwrap_or_default();
    let fields = [
        recipient.contact.to_string(),
        text(&first),
        text(&last),
        recipient.status.to_string(),
        shown(recipient.reason.clone()),
        shown(recipient.bot.map(|id| id.to_string())),
        shown(recipient.chat_id.map(|id| id.to_string())),
        shown(recipient.message.map(|id| id.to_string())),
        shown(recipient.provider_name.clone().or(recipient.provider_message_id.map(|id| id.to_string()))),
        text(recipient.error_message.as_deref().unwrap_or_default()),
        shown(recipient.sent_at.map(|at| at.to_string())),
        recipient.updated_at.to_string(),
        shown(recipient.replied_at.map(|at| at.to_string())),
        recipient.clicks.to_string(),
        shown(recipient.delivered_at.map(|at| at.to_string())),
        shown(recipient.read_at.map(|at| at.to_string())),
    ];
    let mut line = fields.join(",");
    line.push_str("\r\n");
    line
}

/// Text that others wrote: quoted, and never taken for a formula by the program that opens the file.
fn text(value: &str) -> String {
    let guard = if value.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    if guard.is_empty() && !value.contains([',', '"', '\n', '\r']) {
        return value.to_owned();
    }
    format!("\"{guard}{}\"", value.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_wrote_is_quoted() {
        assert_eq!(text("Ada"), "Ada");
        assert_eq!(text("Ada \"A\", L."), "\"Ada \"\"A\"\", L.\"");
        assert_eq!(text("=1+1"), "\"'=1+1\"");
    }
}
