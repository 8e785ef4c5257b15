//! What a broadcast would do, as clients see it.

use std::collections::BTreeMap;

use app::broadcasts::{LeftOut, Preview, Reached};
use serde::Serialize;
use utoipa::ToSchema;

use crate::ids::{BotId, ContactId};

/// What a broadcast would do.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PreviewView {
    #[schema(example = true)]
    dry_run: bool,
    /// Contacts of the audience.
    total: i64,
    /// Those who would get it.
    recipients: i64,
    /// Those who would be skipped, in all and by reason.
    skipped: i64,
    #[schema(value_type = Object, example = json!({"no_chat": 2, "blocked": 1}))]
    exclusions: BTreeMap<String, i64>,
    /// Contacts that `exclude_tags` and `exclude_recipients` leave out.
    excluded: i64,
    #[schema(value_type = Object, example = json!({"exclude_tags": 3}))]
    excluded_by: BTreeMap<&'static str, i64>,
    /// Contacts who would not get it, skipped or left out, each with the reason; the first 1,000.
    left_out: Vec<LeftOutView>,
    /// The first ten who would get it.
    sample: Vec<ReachedView>,
    /// Messages at the channel, of which a long text or an album takes several.
    messages: i64,
    /// The first contacts whose text can't be made, and why.
    render_errors: Vec<RenderErrorView>,
    /// From its start until the last message, at today's limits.
    duration_seconds: i64,
    /// On which UTC days how many messages leave, where daily limits and quiet hours let them.
    days: Vec<DayView>,
}

/// What leaves on one UTC day.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DayView {
    #[schema(example = "2026-11-22")]
    date: String,
    messages: i64,
}

/// Somebody who would not get it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LeftOutView {
    contact_id: ContactId,
    name: String,
    /// As in `exclusions` and `excluded_by`.
    #[schema(example = "no_chat")]
    reason: &'static str,
}

/// Somebody who would get it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReachedView {
    contact_id: ContactId,
    #[schema(example = "Ada Lovelace")]
    name: String,
    /// The bot that would send it.
    bot_app_id: Option<BotId>,
}

impl From<Reached> for ReachedView {
    fn from(reached: Reached) -> Self {
        Self { contact_id: reached.contact, name: reached.name, bot_app_id: reached.bot }
    }
}

/// A contact whose text can't be made.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RenderErrorView {
    contact_id: ContactId,
    error: String,
}

impl From<LeftOut> for LeftOutView {
    fn from(LeftOut { contact, name, reason }: LeftOut) -> Self {
        Self { contact_id: contact, name, reason }
    }
}

impl From<Preview> for PreviewView {
    fn from(preview: Preview) -> Self {
        let errors = preview.render_errors.into_iter().map(|(contact_id, error)| RenderErrorView { contact_id, error });
        Self {
            dry_run: true,
            total: preview.total,
            recipients: preview.recipients,
            skipped: preview.skipped.values().sum(),
            exclusions: preview.skipped.iter().map(|(reason, count)| (reason.to_string(), *count)).collect(),
            excluded: preview.excluded.values().sum(),
            excluded_by: preview.excluded.iter().map(|(why, count)| (why.as_str(), *count)).collect(),
            left_out: preview.left_out.into_iter().map(LeftOutView::from).collect(),
            sample: preview.sample.into_iter().map(ReachedView::from).collect(),
            messages: preview.messages,
            render_errors: errors.collect(),
            duration_seconds: preview.duration_ms.saturating_add(999) / 1_000,
            days: preview
                .days
                .into_iter()
                .map(|(day, messages)| DayView { date: day.civil().date().to_string(), messages })
                .collect(),
        }
    }
}
