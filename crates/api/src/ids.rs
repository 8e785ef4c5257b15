//! Ids by name. The derives for OpenAPI look into generic arguments, so bodies and views name ids by these aliases.

use model::{
    ApiKey, Id, Invite, Tenant, User, WebSession,
    activity::Activity,
    bot::Bot,
    broadcast::{Broadcast, Template},
    contact::{Contact, attribute::Attribute, import::Import, job::ContactJob, segment::Segment},
    conversation::{CannedResponse, Conversation, InboxView, Label},
    event::Event,
    message::Message,
    webhook::{Delivery, Endpoint},
};

pub type ActivityId = Id<Activity>;
pub type AttributeId = Id<Attribute>;
pub type BotId = Id<Bot>;
pub type BroadcastId = Id<Broadcast>;
pub type CannedResponseId = Id<CannedResponse>;
pub type ContactId = Id<Contact>;
pub type ContactJobId = Id<ContactJob>;
pub type ConversationId = Id<Conversation>;
pub type EndpointId = Id<Endpoint>;
pub type EventId = Id<Event>;
pub type ImportId = Id<Import>;
pub type InviteId = Id<Invite>;
pub type KeyId = Id<ApiKey>;
pub type LabelId = Id<Label>;
pub type MessageId = Id<Message>;
pub type SegmentId = Id<Segment>;
pub type SessionId = Id<WebSession>;
pub type TemplateId = Id<Template>;
pub type TenantId = Id<Tenant>;
pub type UserId = Id<User>;
pub type ViewId = Id<InboxView>;
pub type WebhookDeliveryId = Id<Delivery>;
pub type WhatsappTemplateId = Id<model::whatsapp::Template>;
