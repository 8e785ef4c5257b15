//! One event as clients get it, and who may.

use std::sync::Arc;

use model::{
    Actor, Caller, Id, Permission, Tenant, Timestamp, User, conversation::Conversation, feed::FeedKind,
    message::AuthorType,
};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use super::signs::State;
use crate::{
    broadcast::BroadcastView,
    contacts::{ContactJobView, ContactView, ImportView},
    ids::{BotId, BroadcastId, ContactId, ContactJobId, ConversationId, EndpointId, ImportId, MessageId, TenantId},
    team_inbox::view::{ConversationView, EntryView},
    telegram::bots::BotView,
    webhooks::EndpointView,
};

/// An event on its way to listeners.
#[derive(Debug, Clone)]
pub(super) struct Event {
    /// Its place in the feed; `None`: it passes by and is not kept.
    pub seq: Option<i64>,
    pub kind: &'static str,
    pub tenant: Id<Tenant>,
    /// The fields that tell what happened.
    pub about: Map<String, Value>,
    /// The conversation among them, which looks different to each person: what they have not read is their own.
    pub conversation: Option<Id<Conversation>>,
    /// It was held back, so that who is at its place already has not had it.
    pub is_late: bool,
    pub audience: Audience,
}

impl Event {
    pub fn text(&self) -> String {
        text(self.kind, self.seq, self.tenant, &self.about)
    }
}

/// Who may hear of an event.
#[derive(Debug, Clone, Copy)]
pub(super) struct Audience {
    pub permission: Permission,
    pub only_for: Option<Id<User>>,
}

impl Audience {
    /// Those who may read the objects of this kind, by the same rule as the resource that shows them.
    pub fn of(kind: FeedKind, only_for: Option<Id<User>>) -> Self {
        let permission = match kind {
            FeedKind::NewMessage
            | FeedKind::MessageUpdated
            | FeedKind::MessageStatus
            | FeedKind::Assignment
            | FeedKind::Ticket
            | FeedKind::Conversation
            | FeedKind::Broadcast
            | FeedKind::Contact
            | FeedKind::Bot
            | FeedKind::Import
            | FeedKind::ContactJob => Permission::Read,
            FeedKind::Endpoint => Permission::Administer,
        };
        Self { permission, only_for }
    }

    pub fn has(&self, caller: &Caller) -> bool {
        let is_meant = match (self.only_for, caller.actor) {
            (None, _) => true,
            (Some(person), Actor::User(id)) => person == id,
            (Some(_), Actor::Key(_) | Actor::System) => false,
        };
        is_meant && caller.role.allows(self.permission)
    }
}

/// The text of an event: its type, its place, its tenant, and what it is about.
pub(super) fn text(kind: &str, seq: Option<i64>, tenant: Id<Tenant>, about: &Map<String, Value>) -> String {
    let mut all = Map::new();
    all.insert("type".to_owned(), kind.into());
    if let Some(seq) = seq {
        all.insert("sequence".to_owned(), seq.into());
    }
    all.insert("tenant_id".to_owned(), tenant.to_string().into());
    all.extend(about.iter().map(|(name, value)| (name.clone(), value.clone())));
    Value::Object(all).to_string()
}

/// One event. Objects are as they were when it was read, at least as new as the change that it tells of; null: gone.
///
/// | `type` | fields |
/// | --- | --- |
/// | `hello` | `build`: comes first of all |
/// | `reset` | `reason` (`too_old`, `unknown`): ask for everything anew; what follows goes on from `sequence` |
/// | `resume` | `reason` (`too_slow`): you were too slow; the stream ends, come again with your last id |
/// | `new_message`, `message_updated`, `message_status` | `message_id`, `message`, `conversation_id`, `conversation` |
/// | `assignment_update`, `ticket_update`, `conversation_updated` | `conversation_id`, `conversation` |
/// | `contact_changed` | `contact_id`, `contact` |
/// | `bot_health` | `bot_app_id`, `bot` |
/// | `broadcast_progress` | `broadcast_id`, `broadcast`; at most two a second of one broadcast |
/// | `import_progress` | `import_id`, `import`; at most two a second of one import |
/// | `contact_job_progress` | `contact_job_id`, `contact_job`; at most two a second of one job |
/// | `webhook_endpoint_disabled` | `endpoint_id`, `endpoint`: nothing arrives there; for administrators |
/// | `typing_indicator` | `conversation_id`, `user`, `is_typing`, `expires_at`; has no `sequence`, is not told again |
/// | `presence` | `conversation_id`, `user`, `state` (`viewing`, `replying`, `gone`), `expires_at`; likewise |
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is written field by field")]
pub(super) struct StreamEvent {
    #[schema(rename = "type", example = "new_message")]
    kind: String,
    /// Where to go on after this event.
    #[schema(example = 4711)]
    sequence: Option<i64>,
    tenant_id: TenantId,
    message_id: Option<MessageId>,
    message: Option<EntryView>,
    conversation_id: Option<ConversationId>,
    conversation: Option<ConversationView>,
    contact_id: Option<ContactId>,
    contact: Option<ContactView>,
    bot_app_id: Option<BotId>,
    bot: Option<BotView>,
    broadcast_id: Option<BroadcastId>,
    broadcast: Option<BroadcastView>,
    import_id: Option<ImportId>,
    import: Option<ImportView>,
    contact_job_id: Option<ContactJobId>,
    contact_job: Option<ContactJobView>,
    endpoint_id: Option<EndpointId>,
    endpoint: Option<EndpointView>,
    /// Which build of the service answers: when it changes, a web page is due for a reload.
    build: Option<String>,
    reason: Option<String>,
    user: Option<StreamUser>,
    state: Option<State>,
    is_typing: Option<bool>,
    /// When somebody counts as gone unless it is said again.
    expires_at: Option<Timestamp>,
}

/// Who types or is present.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is written field by field")]
pub(super) struct StreamUser {
    #[schema(rename = "type")]
    kind: AuthorType,
    id: Option<Uuid>,
    name: Option<String>,
}

/// What a reader tells its listeners.
#[derive(Debug)]
pub(super) enum Said {
    /// All that there is after one place in the feed up to another.
    Stretch { after: i64, end: i64, events: Vec<Arc<Event>> },
    /// Something that is not kept.
    Passing(Arc<Event>),
}
