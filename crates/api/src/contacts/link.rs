//! `/contacts/{id}/link/`: start links.

use app::{
    App,
    contacts::{self as use_case, MadeLink},
};
use axum::{extract::State, http::StatusCode};
use model::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    extract::{Json, MayConverse, Path},
    ids::{BotId, ContactId},
    problem::Result,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(create))
}

#[derive(Debug, Default, Deserialize, ToSchema)]
struct LinkBody {
    /// The bot that the link opens; not needed when you have one only.
    bot_app_id: Option<BotId>,
    /// In 30 days when left out; at most 366 days ahead.
    expires_at: Option<Timestamp>,
}

/// A link that ties whoever opens it to the contact, once. It is not shown again.
#[derive(Debug, Serialize, ToSchema)]
struct LinkView {
    #[schema(example = "https://t.me/my_support_bot?start=x7Gq2AbC")]
    url: String,
    /// What to send to the bot where an app drops the link's payload, as Telegram Desktop does for known bots.
    #[schema(example = "/start x7Gq2AbC")]
    start_command: String,
    bot_app_id: BotId,
    expires_at: Timestamp,
}

impl From<MadeLink> for LinkView {
    fn from(MadeLink { url, start_command, bot, expires_at }: MadeLink) -> Self {
        Self { url, start_command, bot_app_id: bot, expires_at }
    }
}

/// Make a link that ties whoever opens it in Telegram to this contact.
///
/// It works once. If the opener is a contact already, the two become one, and this one stays.
#[utoipa::path(post, path = "/contacts/{id}/link/", tag = "contacts", params(("id" = ContactId, Path)),
    request_body = Option<LinkBody>, responses((status = CREATED, body = LinkView)))]
async fn create(
    State(app): State<App>,
    MayConverse(scope): MayConverse,
    Path(id): Path<ContactId>,
    body: Option<Json<LinkBody>>,
) -> Result<(StatusCode, Json<LinkView>)> {
    let body = body.map(|Json(body)| body).unwrap_or_default();
    let made = use_case::link(&app, &scope, id, body.bot_app_id, body.expires_at).await?;
    Ok((StatusCode::CREATED, Json(made.into())))
}
