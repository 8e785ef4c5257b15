//! `/tenants/settings/`: what the tenant set.

use app::App;
use axum::extract::State;
use model::settings::{ActivitySettings, Automation, BusinessHours, InboxSettings, McpSettings, TenantSettings};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    extract::{Json, MayAdminister, MayRead},
    problem::Result,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(read, change))
}

/// The parts to change. Within a part, fields that are left out stay; lists are replaced whole.
#[derive(Debug, Deserialize, ToSchema)]
struct TenantSettingsPatch {
    #[schema(value_type = Option<BusinessHours>)]
    business_hours: Option<Value>,
    #[schema(value_type = Option<InboxSettings>, example = json!({"round_robin": true}))]
    inbox: Option<Value>,
    #[schema(value_type = Option<Automation>, example = json!({"greeting": {"is_on": true, "text": "Hi {{first_name}}!"}}))]
    automation: Option<Value>,
    #[schema(value_type = Option<McpSettings>)]
    mcp: Option<Value>,
    #[schema(value_type = Option<ActivitySettings>)]
    activity: Option<Value>,
}

/// Show the tenant's settings, with the defaults of what it did not set.
#[utoipa::path(get, path = "/tenants/settings/", tag = "accounts", responses((status = OK, body = TenantSettings)))]
async fn read(State(app): State<App>, MayRead(scope): MayRead) -> Result<Json<TenantSettings>> {
    Ok(Json(app::tenant_settings(&app, &scope).await?))
}

/// Change some of the tenant's settings.
#[utoipa::path(patch, path = "/tenants/settings/", tag = "accounts", responses((status = OK, body = TenantSettings)))]
async fn change(
    State(app): State<App>,
    MayAdminister(scope): MayAdminister,
    Json(body): Json<TenantSettingsPatch>,
) -> Result<Json<TenantSettings>> {
    let parts = [
        ("business_hours", body.business_hours),
        ("inbox", body.inbox),
        ("automation", body.automation),
        ("mcp", body.mcp),
        ("activity", body.activity),
    ];
    let given = parts.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    let patch = Value::Object(given.collect::<Map<_, _>>());
    Ok(Json(app::change_tenant_settings(&app, &scope, patch).await?))
}
