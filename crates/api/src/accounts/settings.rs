//! `/tenants/settings/`: what the tenant set.

use app::App;
use app::automation::{self, Sample, Trial};
use axum::extract::State;
use model::{
    Timestamp,
    settings::{
        ActivitySettings, AssignmentRule, Automation, BusinessHours, InboxSettings, McpSettings, TenantSettings,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    extract::{Json, MayAdminister, MayRead},
    ids::BotId,
    problem::Result,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(read, change)).routes(routes!(try_out))
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

/// A message to try the rules on.
#[derive(Debug, Deserialize, ToSchema)]
struct SampleBody {
    #[schema(example = "What is the price?", max_length = 4096)]
    text: String,
    /// Rules that are not saved yet, as a part of `automation`; those that hold when left out.
    #[schema(value_type = Option<Automation>)]
    automation: Option<Value>,
    bot_app_id: Option<BotId>,
    #[schema(example = "de")]
    language_code: Option<String>,
    /// Whether it is the contact's first message; so it is when nothing is said.
    is_first: Option<bool>,
    /// When it comes; now when nothing is said.
    at: Option<Timestamp>,
}

#[derive(Debug, Serialize, ToSchema)]
struct TrialAnswer {
    /// `greeting`, `away` or `keyword`.
    kind: &'static str,
    text: String,
}

/// What would follow a message.
#[derive(Debug, Serialize, ToSchema)]
struct TrialView {
    /// In the order in which they would be said.
    answers: Vec<TrialAnswer>,
    /// The rule that would assign.
    assignment: Option<AssignmentRule>,
    /// Whether the round would say who gets the conversation.
    round_robin: bool,
    /// Whether it is within business hours.
    is_open: bool,
}

/// Try automation against a sample message, without sending anything.
#[utoipa::path(post, path = "/tenants/settings/automation/try/", tag = "accounts",
    responses((status = OK, body = TrialView)))]
async fn try_out(
    State(app): State<App>,
    MayAdminister(scope): MayAdminister,
    Json(body): Json<SampleBody>,
) -> Result<Json<TrialView>> {
    let rules = match body.automation {
        None => None,
        Some(part) => {
            let patch = serde_json::json!({"automation": part});
            Some(app::tenant_settings(&app, &scope).await?.patched(&patch)?.automation)
        }
    };
    let sample = Sample {
        text: body.text.chars().take(4_096).collect(),
        bot: body.bot_app_id,
        language_code: body.language_code,
        is_first: body.is_first.unwrap_or(true),
        at: body.at,
    };
    let Trial { answers, assignment, is_round_robin, is_open } =
        automation::try_out(&app, &scope, rules, &sample).await?;
    let answers = answers.into_iter().map(|(kind, text)| TrialAnswer { kind, text }).collect();
    Ok(Json(TrialView { answers, assignment, round_robin: is_round_robin, is_open }))
}
