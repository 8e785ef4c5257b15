//! `/contacts/{id}/consent/` and `/contacts/settings/`: who wants to be written to.

use app::{App, contacts as use_case};
use axum::extract::State;
use model::{
    Error, Timestamp,
    contact::consent::{Consent, ConsentKind, Settings},
};
use serde::{Deserialize, Serialize};
use store::contacts;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::view::ByView;
use crate::{
    extract::{Json, MayAdminister, MayRead, Path},
    ids::{BotId, ContactId},
    page::{Listing, PageQuery, Paging},
    problem::Result,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(history)).routes(routes!(read, change))
}

/// The contact agreed to be written to by broadcasts, or took that back.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ConsentView {
    kind: ConsentKind,
    by: ByView,
    /// With which bot; null: with all of them, by `do_not_contact`.
    bot_app_id: Option<BotId>,
    #[schema(example = 123456789)]
    chat_id: Option<i64>,
    created_at: Timestamp,
}

impl From<Consent> for ConsentView {
    fn from(consent: Consent) -> Self {
        let Consent { kind, by, bot, chat_id, created_at, .. } = consent;
        Self { kind, by: by.into(), bot_app_id: bot, chat_id, created_at }
    }
}

/// List what a contact agreed to and took back, newest first.
#[utoipa::path(get, path = "/contacts/{id}/consent/", tag = "contacts", params(("id" = ContactId, Path), PageQuery),
    responses((status = OK, body = Listing<ConsentView>)))]
async fn history(
    State(app): State<App>,
    MayRead(scope): MayRead,
    Path(id): Path<ContactId>,
    paging: Paging,
) -> Result<Json<Listing<ConsentView>>> {
    let request = paging.of(&contacts::CONSENTS)?;
    let page = app.db.read(move |tx| {
        if !contacts::exists(tx, &scope, id)? {
            return Err(Error::not_found("contact"));
        }
        contacts::consents(tx, &scope, id, &request)
    });
    Ok(paging.answer(page.await?.map(ConsentView::from)))
}

/// How contacts are treated.
#[derive(Debug, Serialize, ToSchema)]
struct ContactSettingsView {
    /// Whether `/stop` to a bot opts a person out of its broadcasts, and `/start` in again. Agents may answer all the
    /// same.
    #[schema(example = true)]
    obeys_stop: bool,
}

impl From<Settings> for ContactSettingsView {
    fn from(Settings { obeys_stop }: Settings) -> Self {
        Self { obeys_stop }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
struct ContactSettingsPatch {
    #[schema(example = true)]
    obeys_stop: Option<bool>,
}

/// Show how contacts are treated.
#[utoipa::path(get, path = "/contacts/settings/", tag = "contacts",
    responses((status = OK, body = ContactSettingsView)))]
async fn read(State(app): State<App>, MayRead(scope): MayRead) -> Result<Json<ContactSettingsView>> {
    Ok(Json(app.db.read(move |tx| contacts::settings(tx, &scope)).await?.into()))
}

/// Change how contacts are treated.
#[utoipa::path(patch, path = "/contacts/settings/", tag = "contacts",
    responses((status = OK, body = ContactSettingsView)))]
async fn change(
    State(app): State<App>,
    MayAdminister(scope): MayAdminister,
    Json(body): Json<ContactSettingsPatch>,
) -> Result<Json<ContactSettingsView>> {
    Ok(Json(use_case::change_settings(&app, &scope, body.obeys_stop).await?.into()))
}
