//! A broadcast and its recipients as clients see them.

use std::collections::BTreeMap;

use app::{
    App,
    broadcasts::{self as use_case, Outlook},
};
use model::{
    Error, Platform, Result, Scope, Timestamp,
    broadcast::{BroadcastStatus, RecipientStatus},
    content::MediaKind,
    message::{ErrorCode, WaitingFor},
};
use serde::Serialize;
use serde_json::Value;
use store::{
    broadcasts::{self, Recipient, Record},
    db::Tx,
};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    content::{AlbumItem, VariantBody, album_items, variant_bodies},
    steering::QuietBody,
};
use crate::{
    ids::{BotId, BroadcastId, ContactId, ConversationId, MessageId, SegmentId},
    telegram::messages::ProviderMessageId,
    whatsapp::SentTemplateBody,
};

/// A broadcast with where it stands.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BroadcastView {
    id: BroadcastId,
    #[schema(example = "Autumn sale")]
    name: String,
    platform: Platform,
    status: BroadcastStatus,
    /// Why it ended or stopped as it did, where that is not plain; and what a bot of a running one waits for that only a
    /// person can give, such as a new token.
    status_reason: Option<String>,
    message_text: String,
    /// The approved template that says it, in place of everything else.
    template: Option<SentTemplateBody>,
    parse_mode: Option<String>,
    media_url: Option<String>,
    media_type: Option<MediaKind>,
    /// The items of an album, in place of `media_url`.
    media_group: Vec<AlbumItem>,
    #[schema(value_type = Option<Vec<Object>>)]
    buttons: Option<Value>,
    /// What is said otherwise to those who read another language.
    variants: BTreeMap<String, VariantBody>,
    /// Null: each contact gets it from the bot that they last wrote to.
    bot_app_id: Option<BotId>,
    tag_filter: Vec<String>,
    segment: Option<SegmentId>,
    exclude_segment: Option<SegmentId>,
    select_all: bool,
    exclude_tags: Vec<String>,
    disable_notification: bool,
    protect_content: bool,
    link_preview: Option<bool>,
    /// The user or key that made it.
    created_by: Option<Uuid>,
    scheduled_time: Option<Timestamp>,
    #[schema(example = "Europe/Berlin")]
    time_zone: Option<String>,
    quiet_hours: Option<QuietBody>,
    /// Its own, over all its bots.
    #[schema(example = "10/min")]
    rate_limit: Option<String>,
    auto_pause_after: Option<u32>,
    allow_paid_broadcast: bool,
    track_clicks: bool,
    started_at: Option<Timestamp>,
    finished_at: Option<Timestamp>,
    /// Recipients; null until the audience is worked out.
    total: Option<i64>,
    /// Not decided yet.
    pending: i64,
    /// Those who got it, as far as is known.
    sent: i64,
    /// Of those that were sent, how many arrived and were read, where the channel tells: over WhatsApp. Who read it is counted
    /// as delivered, too; who hides receipts is not counted as having read it.
    delivered: i64,
    read: i64,
    failed: i64,
    blocked: i64,
    /// Could not be reached, or not wanted; the recipients say why.
    skipped: i64,
    /// Sent, but Telegram's answer was lost.
    unknown: i64,
    cancelled: i64,
    /// The part of the recipients with whom it is over, from 0 to 1.
    #[schema(minimum = 0, maximum = 1)]
    progress: f64,
    /// Seconds until it is done at the present limits; null when it doesn't run.
    eta_seconds: Option<i64>,
    /// Why nothing of it leaves now: `schedule` (its time has not come, or it is quiet), `daily_limit`, `retry_after`.
    waiting_for: Option<WaitingFor>,
    /// Until when it waits.
    next_attempt_at: Option<Timestamp>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl BroadcastView {
    fn new(record: Record, outlook: Outlook) -> Self {
        let (waiting_for, next_attempt_at) = outlook.waiting.unzip();
        let steering = record.steering.clone();
        let (pending, progress) = (record.pending(), progress(&record));
        let (media_url, media_type) = record.script.media.map(|media| (media.url, media.kind)).unzip();
        Self {
            id: record.id,
            name: record.name,
            platform: record.platform,
            status: record.status,
            status_reason: record.status_reason.or(outlook.notice),
            message_text: record.script.text,
            template: record.script.template.map(SentTemplateBody::from),
            parse_mode: record.script.parse_mode,
            media_url,
            media_type,
            media_group: album_items(record.script.album),
            buttons: record.script.buttons,
            variants: variant_bodies(record.script.variants),
            bot_app_id: record.bot,
            tag_filter: record.audience.tags,
            segment: record.audience.segment.map(|segment| segment.id),
            exclude_segment: record.audience.exclude_segment.map(|segment| segment.id),
            select_all: record.audience.is_all,
            exclude_tags: record.audience.exclude_tags,
            disable_notification: record.script.disable_notification.unwrap_or_default(),
            protect_content: record.script.protect_content.unwrap_or_default(),
            link_preview: record.script.link_preview,
            created_by: record.created_by,
            scheduled_time: record.scheduled_at,
            time_zone: steering.time_zone.map(|zone| zone.to_string()),
            quiet_hours: steering.quiet_hours.map(QuietBody::from),
            rate_limit: steering.rate_limit.map(|rate| rate.to_string()),
            auto_pause_after: steering.auto_pause_after,
            allow_paid_broadcast: steering.allow_paid_broadcast,
            track_clicks: steering.track_clicks,
            started_at: record.started_at,
            finished_at: record.finished_at,
            total: record.counts.total,
            pending,
            sent: record.counts.sent,
            delivered: record.counts.delivered,
            read: record.counts.read,
            failed: record.counts.failed,
            blocked: record.counts.blocked,
            skipped: record.counts.skipped,
            unknown: record.counts.unknown,
            cancelled: record.counts.cancelled,
            progress,
            eta_seconds: outlook.eta_seconds,
            waiting_for,
            next_attempt_at,
            created_at: record.created_at,
            updated_at: record.updated_at,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a ratio needs no more digits")]
fn progress(record: &Record) -> f64 {
    match record.counts.total {
        Some(total) if total > 0 => (record.counts.ended() as f64 / total as f64).clamp(0.0, 1.0),
        _ if matches!(
            record.status,
            BroadcastStatus::Sent | BroadcastStatus::PartiallySent | BroadcastStatus::Failed
        ) =>
        {
            1.0
        }
        _ => 0.0,
    }
}

/// Broadcasts with the time that they will take.
pub(crate) fn with_eta(app: &App) -> impl Fn(&mut Tx, Record) -> Result<BroadcastView> + Clone + Send + 'static {
    let (rate, now) = (app.settings.bot_rate, app.clock.now());
    move |tx, record| {
        let outlook = use_case::outlook(tx, &record, rate, now)?;
        Ok(BroadcastView::new(record, outlook))
    }
}

/// One broadcast, read anew.
pub(crate) async fn shown(app: &App, scope: &Scope, id: BroadcastId) -> Result<BroadcastView> {
    let (scope, view) = (*scope, with_eta(app));
    app.db
        .read(move |tx| {
            let record = broadcasts::get(tx, &scope, id)?.ok_or_else(|| Error::not_found("broadcast"))?;
            view(tx, record)
        })
        .await
}

/// One contact of a broadcast, and what became of it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RecipientView {
    broadcast_id: BroadcastId,
    contact_id: ContactId,
    /// Null when the contact is gone.
    #[schema(example = "Ada Lovelace")]
    contact_name: Option<String>,
    status: RecipientStatus,
    /// Why it was skipped (`no_chat`, `blocked`, `do_not_contact`, `contact_deleted`, `render_error`, `bot_inactive`,
    /// `opted_out`; over WhatsApp also `no_phone`, `window_closed`, `no_template`), or the error code of its message.
    #[schema(example = "no_chat")]
    reason: Option<String>,
    bot_app_id: Option<BotId>,
    #[schema(example = 123456789)]
    chat_id: Option<i64>,
    message_id: Option<MessageId>,
    /// The channel's name of the (first) message: Telegram's number in the chat, or WhatsApp's text.
    #[schema(value_type = Option<Object>)]
    provider_message_id: Option<ProviderMessageId>,
    error_code: Option<ErrorCode>,
    /// The channel's own words.
    error_message: Option<String>,
    sent_at: Option<Timestamp>,
    /// Where the channel tells.
    delivered_at: Option<Timestamp>,
    read_at: Option<Timestamp>,
    /// When they last wrote to the bot, if that was after they got it.
    replied_at: Option<Timestamp>,
    conversation_id: Option<ConversationId>,
    /// How often they followed a link, where that is counted.
    clicks: i64,
    updated_at: Timestamp,
}

impl From<Recipient> for RecipientView {
    fn from(recipient: Recipient) -> Self {
        let name = |(first, last): (String, String)| format!("{first} {last}").trim().to_owned();
        Self {
            broadcast_id: recipient.broadcast,
            contact_id: recipient.contact,
            contact_name: recipient.names.map(name),
            status: recipient.status,
            reason: recipient.reason,
            bot_app_id: recipient.bot,
            chat_id: recipient.chat_id,
            message_id: recipient.message,
            provider_message_id: ProviderMessageId::of(recipient.provider_message_id, recipient.provider_name),
            error_code: recipient.error_code,
            error_message: recipient.error_message,
            sent_at: recipient.sent_at,
            delivered_at: recipient.delivered_at,
            read_at: recipient.read_at,
            replied_at: recipient.replied_at,
            conversation_id: recipient.conversation,
            clicks: recipient.clicks,
            updated_at: recipient.updated_at,
        }
    }
}
