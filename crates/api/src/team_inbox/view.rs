//! Conversations and timeline entries as clients see them.

use std::sync::Arc;

use model::{
    ById, Id, Platform, Result, Scope, Timestamp,
    contact::Contact,
    content::{Button, ContactCard, Content, ContentKind, Entity, FieldChange, FilledTemplate, Location, Media, Poll},
    conversation::{ConversationKind, ConversationStatus, Priority},
    message::{Author, Direction, EntryKind, ErrorCode, Message, Status, WaitingFor},
};
use serde::Serialize;
use store::{
    chats::{self, Talk},
    contacts,
    conversations::{Head, Parts},
    db::{Round, Tx},
    deliveries::{self, Rates},
    timeline::{self, Edit, Entry, Reaction},
};
use utoipa::ToSchema;

use crate::{
    contacts::ContactView,
    ids::{BotId, ConversationId, MessageId, UserId},
    telegram::messages::ProviderMessageId,
};

/// One timeline: a person's over all channels, a group's, a forum topic's, a channel's, or one with a business account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConversationView {
    id: ConversationId,
    kind: ConversationKind,
    status: ConversationStatus,
    /// The person; the group of a `GROUP` or `TOPIC`, the channel of a `CHANNEL`.
    #[schema(value_type = ContactView)]
    contact: Arc<ContactView>,
    /// What a `TOPIC` is called, or the account that a `BUSINESS` chat is with.
    title: Option<String>,
    /// A `TOPIC`'s number at Telegram.
    topic_id: Option<i64>,
    /// What the contact used last.
    platform: Platform,
    bot_app_id: Option<BotId>,
    /// A person of the team.
    assignee: Option<UserId>,
    labels: Vec<String>,
    priority: Priority,
    /// What you have not seen, since you looked or the team answered; for an API key, since anybody of the team did.
    unread_count: i64,
    /// Since when the contact waits for an answer.
    waiting_since: Option<Timestamp>,
    last_message: Option<Box<EntryView>>,
    last_message_at: Option<Timestamp>,
    snoozed_until: Option<Timestamp>,
    /// Whether a snoozed one opens when the contact writes.
    wake_on_reply: bool,
    /// For each number or bot over which the contact can be written to freely only for a while after they wrote: until when.
    /// After that, and to who never wrote, only a template goes through. None over Telegram.
    windows: Vec<WindowView>,
    created_at: Timestamp,
}

/// Until when somebody can be written to freely.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct WindowView {
    platform: Platform,
    /// The number.
    bot_app_id: BotId,
    /// Null: they never wrote to it. It may have passed.
    open_until: Option<Timestamp>,
}

/// One entry of a timeline.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EntryView {
    id: MessageId,
    /// Null for a message into a chat from which nobody has answered yet.
    conversation_id: Option<ConversationId>,
    /// Place in the timeline, from 1.
    sequence: i64,
    kind: EntryKind,
    /// Null for notes and activity.
    direction: Option<Direction>,
    platform: Platform,
    bot_app_id: Option<BotId>,
    author: Author,
    content: ContentView,
    /// Null for what was not sent by us.
    status: Option<Status>,
    error_code: Option<ErrorCode>,
    /// The channel's own words.
    error_message: Option<String>,
    /// Why it has not left yet.
    waiting_for: Option<WaitingFor>,
    scheduled_time: Option<Timestamp>,
    sent_at: Option<Timestamp>,
    /// Where the channel tells: over WhatsApp. A message that was read was delivered, too.
    delivered_at: Option<Timestamp>,
    read_at: Option<Timestamp>,
    reply_to: Option<MessageId>,
    reactions: Vec<ReactionView>,
    edited_at: Option<Timestamp>,
    /// What stood there before each edit, oldest first.
    edits: Vec<EditView>,
    deleted_at: Option<Timestamp>,
    #[schema(value_type = Option<Object>)]
    provider_message_id: Option<ProviderMessageId>,
    created_at: Timestamp,
    /// What the client that sent it calls it.
    client_id: Option<String>,
}

/// What an entry says. Fields that don't belong to its type are null or empty.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ContentView {
    #[serde(rename = "type")]
    kind: ContentKind,
    /// The text, or the caption of media.
    text: Option<String>,
    /// Formatting; offsets and lengths count UTF-16 units.
    entities: Vec<Entity>,
    media: Vec<MediaView>,
    location: Option<Box<Location>>,
    contact: Option<Box<ContactCard>>,
    poll: Option<Box<Poll>>,
    /// Rows of buttons under the message.
    buttons: Vec<Vec<Button>>,
    /// Of a sticker or a die.
    emoji: Option<String>,
    dice_value: Option<i64>,
    /// The whole value behind a pressed button.
    callback_data: Option<String>,
    /// Which service event or unsupported kind.
    detail: Option<String>,
    forwarded_from: Option<String>,
    quote: Option<String>,
    topic_id: Option<i64>,
    /// What an activity changed, and what stood there before.
    change: Option<Box<FieldChange>>,
    /// The people of the team whom a note names.
    mentions: Vec<uuid::Uuid>,
    /// The approved template that says it.
    template: Option<Box<FilledTemplate>>,
}

/// A picture, file, clip or sound.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MediaView {
    /// Where to fetch it, with the same token; relative to the address of this installation.
    #[schema(example = "/team-inbox/api/media/01939d5e-2b7c-7cc3-98c4-dc0c0c07398f/0/")]
    url: Option<String>,
    #[serde(rename = "type")]
    kind: model::content::MediaKind,
    file_name: Option<String>,
    mime_type: Option<String>,
    /// Bytes.
    size: Option<i64>,
    width: Option<i64>,
    height: Option<i64>,
    /// Seconds.
    duration: Option<i64>,
}

/// What one person shows at an entry.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReactionView {
    /// The channel's id of the person.
    actor: String,
    actor_name: Option<String>,
    emoji: Vec<String>,
    reacted_at: Timestamp,
}

/// What stood there before an edit.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EditView {
    content: ContentView,
    /// When it was replaced.
    edited_at: Timestamp,
}

impl ConversationView {
    pub(crate) fn id(&self) -> ConversationId {
        self.id
    }
}

impl EntryView {
    pub(crate) fn id(&self) -> MessageId {
        self.id
    }

    pub(crate) fn conversation_id(&self) -> Option<ConversationId> {
        self.conversation_id
    }

    pub(crate) fn new(entry: Entry) -> Self {
        let Entry { message, edits, reactions, client_id } = entry;
        let id = message.id;
        let sending = message.sending.as_ref();
        Self {
            id,
            conversation_id: message.conversation,
            sequence: message.sequence,
            kind: message.kind,
            direction: message.direction,
            platform: message.platform,
            bot_app_id: message.bot,
            status: sending.map(|one| one.status),
            error_code: sending.and_then(|one| one.error_code),
            error_message: sending.and_then(|one| one.error_message.clone()),
            waiting_for: sending.and_then(|one| one.waiting_for),
            scheduled_time: sending.and_then(|one| one.scheduled_time),
            sent_at: sending.and_then(|one| one.sent_at),
            delivered_at: sending.and_then(|one| one.delivered_at),
            read_at: sending.and_then(|one| one.read_at),
            author: message.author,
            content: ContentView::new(id, message.content),
            reply_to: message.reply_to,
            reactions: reactions.into_iter().map(ReactionView::from).collect(),
            edited_at: message.edited_at,
            edits: edits.into_iter().map(|edit| EditView::new(id, edit)).collect(),
            deleted_at: message.deleted_at,
            provider_message_id: ProviderMessageId::of(message.provider_message_id, message.provider_name),
            created_at: message.created_at,
            client_id,
        }
    }
}

impl From<Message> for EntryView {
    fn from(message: Message) -> Self {
        Self::new(Entry { message, edits: Vec::new(), reactions: Vec::new(), client_id: None })
    }
}

impl ContentView {
    fn new(message: Id<Message>, content: Content) -> Self {
        let media = content.media.into_iter().enumerate().map(|(index, media)| MediaView::new(message, index, media));
        Self {
            kind: content.kind,
            text: content.text,
            entities: content.entities,
            media: media.collect(),
            location: content.location,
            contact: content.contact,
            poll: content.poll,
            buttons: content.buttons,
            emoji: content.emoji,
            dice_value: content.dice_value,
            callback_data: content.callback_data,
            detail: content.detail,
            forwarded_from: content.forwarded_from,
            quote: content.quote,
            topic_id: content.topic_id,
            change: content.change,
            mentions: content.mentions,
            template: content.template,
        }
    }
}

impl MediaView {
    fn new(message: Id<Message>, index: usize, media: Media) -> Self {
        Self {
            // What has no source can't be fetched from anywhere.
            url: media.source.map(|_| format!("/team-inbox/api/media/{message}/{index}/")),
            kind: media.kind,
            file_name: media.file_name,
            mime_type: media.mime_type,
            size: media.size,
            width: media.width,
            height: media.height,
            duration: media.duration,
        }
    }
}

impl From<Reaction> for ReactionView {
    fn from(Reaction { actor, actor_name, emoji, reacted_at }: Reaction) -> Self {
        Self { actor, actor_name, emoji, reacted_at }
    }
}

impl EditView {
    fn new(message: Id<Message>, edit: Edit) -> Self {
        Self { content: ContentView::new(message, edit.content), edited_at: edit.edited_at }
    }
}

/// Whole conversations, with their contacts and last messages: all of it asked for at once.
pub(crate) fn conversations(tx: &mut Tx, scope: &Scope, heads: Vec<Head>) -> Result<Vec<ConversationView>> {
    let contact_ids: Vec<_> = heads.iter().map(Head::contact).collect();
    let message_ids: Vec<_> = heads.iter().filter_map(Head::last_message).collect();
    let (mut parts, mut people, mut last) = (Parts::default(), contacts::Asked::default(), timeline::Asked::default());
    let mut talks =
        limited_channels().map(|(platform, window_ms)| (platform, window_ms, Vec::new())).collect::<Vec<_>>();
    let mut round = Round::default();
    parts.ask(&mut round, scope, &heads);
    people.ask(&mut round, scope, &contact_ids);
    last.ask(&mut round, scope, &message_ids);
    for (platform, _, talks) in &mut talks {
        chats::ask_talks(&mut round, scope, *platform, &contact_ids, talks);
    }
    tx.ask(round)?;
    let people: ById<_, _> = people.found().map(|contact| (contact.id, Arc::new(ContactView::from(contact)))).collect();
    let last = last.found(tx)?.into_iter().map(|entry| (entry.message.id, Box::new(EntryView::new(entry))));
    let (mut last, mut windows) = (last.collect::<ById<_, _>>(), windows(talks));
    let mut views = Vec::with_capacity(heads.len());
    for one in parts.complete(scope, heads) {
        let Some(contact) = people.get(&one.contact) else { continue };
        let last_message = one.last_message.and_then(|id| last.remove(&id));
        views.push(ConversationView {
            id: one.id,
            kind: one.kind,
            status: one.status,
            contact: contact.clone(),
            title: one.title,
            topic_id: one.topic_id,
            platform: one.platform,
            bot_app_id: one.bot,
            assignee: one.assignee,
            labels: one.labels,
            priority: one.priority,
            unread_count: one.unread_count,
            waiting_since: one.waiting_since,
            last_message_at: one.last_message.map(|_| one.last_message_at),
            last_message,
            snoozed_until: one.snoozed_until,
            wake_on_reply: one.wakes_on_reply,
            windows: windows.remove(&one.contact).unwrap_or_default(),
            created_at: one.created_at,
        });
    }
    Ok(views)
}

/// The channels over which people can be written to freely for a while only, with how long.
fn limited_channels() -> impl Iterator<Item = (Platform, i64)> {
    Platform::ALL.iter().filter_map(|platform| Some((*platform, platform.capabilities().window_ms?)))
}

/// The windows of contacts, the one that is open longest first.
fn windows(channels: Vec<(Platform, i64, Vec<Talk>)>) -> ById<Contact, Vec<WindowView>> {
    let mut windows = ById::<Contact, Vec<WindowView>>::default();
    for (platform, window_ms, talks) in channels {
        for Talk { contact, bot, last_inbound_at } in talks {
            let open_until = last_inbound_at.map(|at| at + window_ms);
            windows.entry(contact).or_default().push(WindowView { platform, bot_app_id: bot, open_until });
        }
    }
    windows.values_mut().for_each(|all| all.sort_by_key(|window| std::cmp::Reverse(window.open_until)));
    windows
}

/// Entries with the true reasons why those that have not left yet wait.
pub(crate) fn explained(tx: &mut Tx, mut entries: Vec<Entry>, rates: Rates, now: Timestamp) -> Result<Vec<EntryView>> {
    for entry in &mut entries {
        deliveries::explain(tx, std::slice::from_mut(&mut entry.message), rates, now)?;
    }
    Ok(entries.into_iter().map(EntryView::new).collect())
}

/// One entry, if there is such a one.
pub(super) fn entry(
    tx: &mut Tx,
    scope: &Scope,
    id: Id<Message>,
    rates: Rates,
    now: Timestamp,
) -> Result<Option<EntryView>> {
    let found = timeline::get_entry(tx, scope, id)?;
    Ok(explained(tx, found.into_iter().collect(), rates, now)?.pop())
}
