//! `/broadcast/audience/`: an audience in numbers, while somebody puts it together.

use std::collections::BTreeMap;

use app::{
    App,
    broadcasts::{self as use_case, Survey, Who},
};
use axum::extract::State;
use model::{Platform, broadcast::SkipReason};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::broadcasts::Audience;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    body::{Tags, listed, meant},
    plan::ReachedView,
};
use crate::{
    extract::{Json, LARGE_BODY_BYTES_MAX, MayManage},
    ids::{BotId, SegmentId},
    problem::Result,
    whatsapp::SentTemplateBody,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(count))
}

/// For whom it would be: the fields of a broadcast that say so.
#[derive(Debug, Default, Deserialize, ToSchema)]
struct AudienceBody {
    /// Ids of contacts, at most 100,000.
    #[schema(value_type = Option<Vec<String>>, max_items = 100000)]
    recipients: Option<Vec<Value>>,
    /// Contacts with this tag, or with any of these.
    tag_filter: Option<Tags>,
    /// Contacts of this saved segment.
    segment: Option<SegmentId>,
    /// All people that you know.
    select_all: Option<bool>,
    /// Not those of this saved segment.
    exclude_segment: Option<SegmentId>,
    /// Not those with this tag, or with any of these.
    exclude_tags: Option<Tags>,
    /// Not these contacts.
    #[schema(value_type = Option<Vec<String>>, max_items = 100000)]
    exclude_recipients: Option<Vec<Value>>,
    /// The bot or number that sends; without it each contact gets it from the one that they last wrote to.
    bot_app_id: Option<BotId>,
    /// As in a broadcast.
    platform: Option<Platform>,
    /// The approved template that would say it, as in a broadcast.
    template: Option<SentTemplateBody>,
}

/// An audience in numbers. Each contact counts once, however many bots know them.
#[derive(Debug, Serialize, ToSchema)]
struct AudienceView {
    /// Contacts, without those who are excluded.
    total: i64,
    reachable: i64,
    /// They blocked the bot.
    blocked: i64,
    /// They wrote to no bot that may send, so that none may write to them.
    never_started: i64,
    /// They said `/stop`.
    opted_out: i64,
    /// Marked as not to be contacted.
    do_not_contact: i64,
    /// All who can't be reached, by reason: `no_chat`, `blocked`, `do_not_contact`, `opted_out`, `bot_inactive`; over WhatsApp
    /// also `no_phone`, `window_closed` (they have not written for 24 hours, and there is no template) and `no_template` (the
    /// number's account has no such template, or it isn't approved).
    #[schema(value_type = Object, example = json!({"no_chat": 2, "blocked": 1}))]
    skipped_by: BTreeMap<String, i64>,
    /// Left out by `exclude_tags` and `exclude_recipients`.
    excluded: i64,
    #[schema(value_type = Object, example = json!({"exclude_tags": 3}))]
    excluded_by: BTreeMap<&'static str, i64>,
    /// Up to ten who can be reached.
    sample: Vec<ReachedView>,
}

impl From<Survey> for AudienceView {
    fn from(survey: Survey) -> Self {
        let of = |reason| survey.skipped.get(&reason).copied().unwrap_or_default();
        Self {
            total: survey.total,
            reachable: survey.reachable,
            blocked: of(SkipReason::Blocked),
            never_started: of(SkipReason::NoChat),
            opted_out: of(SkipReason::OptedOut),
            do_not_contact: of(SkipReason::DoNotContact),
            skipped_by: survey.skipped.iter().map(|(reason, count)| (reason.to_string(), *count)).collect(),
            excluded: survey.excluded.values().sum(),
            excluded_by: survey.excluded.iter().map(|(why, count)| (why.as_str(), *count)).collect(),
            sample: survey.sample.into_iter().map(ReachedView::from).collect(),
        }
    }
}

/// Count an audience: who can be reached, and who not and why. Nothing is written.
#[utoipa::path(post, path = "/broadcast/audience/", tag = "broadcasts", request_body = AudienceBody,
    responses((status = OK, body = AudienceView)))]
async fn count(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Json(body): Json<AudienceBody, LARGE_BODY_BYTES_MAX>,
) -> Result<Json<AudienceView>> {
    let who = Who {
        platform: body.platform.unwrap_or(Platform::Telegram),
        template: body.template.map(SentTemplateBody::script).transpose()?,
        audience: Audience {
            is_all: body.select_all.unwrap_or_default(),
            tags: body.tag_filter.map(Tags::list).unwrap_or_default(),
            exclude_tags: body.exclude_tags.map(Tags::list).unwrap_or_default(),
            segment: body.segment.map(meant),
            exclude_segment: body.exclude_segment.map(meant),
        },
        recipients: body.recipients.map(listed),
        exclude_recipients: body.exclude_recipients.map(listed),
        bot: body.bot_app_id,
    };
    Ok(Json(use_case::survey(&app, &scope, who).await?.into()))
}
