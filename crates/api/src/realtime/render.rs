//! From rows of the feed to events: the objects are read as they are now, each once, in few statements for all of them.

use std::{collections::HashMap, sync::Arc};

use app::App;
use model::{
    Id, Result, Scope,
    conversation::Conversation,
    feed::{Change, FeedKind},
    message::Message,
};
use serde::Serialize;
use serde_json::{Map, Value};
use store::{bots, broadcasts, contact_jobs, contacts, conversations, db::Tx, imports, timeline, webhooks};
use uuid::Uuid;

use super::event::{Audience, Event};
use crate::{
    broadcast::with_eta,
    contacts::{ContactJobView, ContactView, ImportView},
    team_inbox::view,
    telegram::bots::BotView,
    webhooks::EndpointView,
};

/// A change at its place in the feed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placed {
    pub seq: i64,
    pub change: Change,
    pub is_late: bool,
}

/// The events that tell of these changes, in their order. An object that is gone is null.
pub(super) fn events(app: &App, tx: &mut Tx, scope: &Scope, changes: &[Placed]) -> Result<Vec<Event>> {
    let objects = Objects::read(app, tx, scope, changes)?;
    let event = |placed: &Placed| {
        let Change { kind, object, only_for } = placed.change;
        Event {
            seq: Some(placed.seq),
            kind: kind.event_type(),
            tenant: scope.tenant(),
            about: objects.about(kind, object),
            conversation: objects.conversation(kind, object),
            is_late: placed.is_late,
            audience: Audience::of(kind, only_for),
        }
    };
    Ok(changes.iter().map(event).collect())
}

/// Shows the conversations in events as the person sees them whose scope it is.
pub(super) fn personal(tx: &mut Tx, scope: &Scope, events: &[Arc<Event>]) -> Result<Vec<Arc<Event>>> {
    let mut objects = Objects::default();
    let ids = events.iter().filter_map(|event| event.conversation).map(|id| id.as_uuid());
    objects.read_conversations(tx, scope, ids.collect())?;
    let shown = |event: &Arc<Event>| {
        let Some(head) = event.conversation.and_then(|id| objects.conversations.get(&id.as_uuid())) else {
            return event.clone();
        };
        let mut own = Event::clone(event);
        own.about.insert("conversation".to_owned(), head.clone());
        Arc::new(own)
    };
    Ok(events.iter().map(shown).collect())
}

/// What the changes are about, as clients see it.
#[derive(Default)]
struct Objects {
    /// Of messages and contacts and so on; ids are unique over all of them.
    shown: HashMap<Uuid, Value>,
    conversations: HashMap<Uuid, Value>,
    conversation_of: HashMap<Uuid, Uuid>,
}

impl Objects {
    fn read(app: &App, tx: &mut Tx, scope: &Scope, changes: &[Placed]) -> Result<Self> {
        let mut objects = Self::default();
        let mut ids: HashMap<FeedKind, Vec<Uuid>> = HashMap::new();
        for Change { kind, object, .. } in changes.iter().map(|placed| placed.change) {
            let ids = ids.entry(group(kind)).or_default();
            if !ids.contains(&object) {
                ids.push(object);
            }
        }
        let mut of = |kind| ids.remove(&kind).unwrap_or_default();
        objects.read_messages(app, tx, scope, of(FeedKind::NewMessage))?;
        objects.read_conversations(tx, scope, of(FeedKind::Conversation))?;
        for contact in contacts::get_many(tx, scope, &typed(of(FeedKind::Contact)))? {
            objects.show(contact.id.as_uuid(), &ContactView::from(contact))?;
        }
        for id in of(FeedKind::Bot) {
            if let Some(found) = bots::get(tx, scope, Id::from_uuid(id), app.clock.now())? {
                objects.show(id, &BotView::new(app, found))?;
            }
        }
        let eta = with_eta(app);
        for id in of(FeedKind::Broadcast) {
            if let Some(found) = broadcasts::get(tx, scope, Id::from_uuid(id))? {
                objects.show(id, &eta(tx, found)?)?;
            }
        }
        for id in of(FeedKind::Import) {
            if let Some(found) = imports::get(tx, scope, Id::from_uuid(id))? {
                objects.show(id, &ImportView::from(found))?;
            }
        }
        for id in of(FeedKind::ContactJob) {
            if let Some(found) = contact_jobs::get(tx, scope, Id::from_uuid(id))? {
                objects.show(id, &ContactJobView::from(found))?;
            }
        }
        for id in of(FeedKind::Endpoint) {
            if let Some(found) = webhooks::get(tx, scope, Id::from_uuid(id))? {
                objects.show(id, &EndpointView::from(found))?;
            }
        }
        Ok(objects)
    }

    fn read_messages(&mut self, app: &App, tx: &mut Tx, scope: &Scope, ids: Vec<Uuid>) -> Result<()> {
        let entries = timeline::get_entries(tx, scope, &typed::<Message>(ids))?;
        for entry in view::explained(tx, entries, app.settings.rates(), app.clock.now())? {
            if let Some(conversation) = entry.conversation_id() {
                self.conversation_of.insert(entry.id().as_uuid(), conversation.as_uuid());
            }
            self.show(entry.id().as_uuid(), &entry)?;
        }
        Ok(())
    }

    /// These conversations, and those of the messages that were read.
    fn read_conversations(&mut self, tx: &mut Tx, scope: &Scope, mut ids: Vec<Uuid>) -> Result<()> {
        ids.extend(self.conversation_of.values());
        ids.sort_unstable();
        ids.dedup();
        let found = conversations::get_heads(tx, scope, &typed::<Conversation>(ids))?;
        for conversation in view::conversations(tx, scope, found)? {
            self.conversations.insert(conversation.id().as_uuid(), json(&conversation)?);
        }
        Ok(())
    }

    /// The conversation that an event about this object shows.
    fn conversation(&self, kind: FeedKind, object: Uuid) -> Option<Id<Conversation>> {
        let id = match group(kind) {
            FeedKind::NewMessage => self.conversation_of.get(&object).copied(),
            FeedKind::Conversation => Some(object),
            _ => None,
        };
        id.filter(|id| self.conversations.contains_key(id)).map(Id::from_uuid)
    }

    fn show(&mut self, id: Uuid, view: &impl Serialize) -> Result<()> {
        self.shown.insert(id, json(view)?);
        Ok(())
    }

    fn about(&self, kind: FeedKind, object: Uuid) -> Map<String, Value> {
        let id = Value::String(object.to_string());
        let shown = self.shown.get(&object).cloned().unwrap_or_default();
        let conversation = |id: Uuid| self.conversations.get(&id).cloned().unwrap_or_default();
        let fields = match group(kind) {
            FeedKind::NewMessage => {
                let place = self.conversation_of.get(&object);
                let place_id = place.map_or(Value::Null, |id| id.to_string().into());
                let head = place.map_or(Value::Null, |id| conversation(*id));
                vec![("message_id", id), ("message", shown), ("conversation_id", place_id), ("conversation", head)]
            }
            FeedKind::Contact => vec![("contact_id", id), ("contact", shown)],
            FeedKind::Bot => vec![("bot_app_id", id), ("bot", shown)],
            FeedKind::Broadcast => vec![("broadcast_id", id), ("broadcast", shown)],
            FeedKind::Import => vec![("import_id", id), ("import", shown)],
            FeedKind::ContactJob => vec![("contact_job_id", id), ("contact_job", shown)],
            FeedKind::Endpoint => vec![("endpoint_id", id), ("endpoint", shown)],
            _ => vec![("conversation_id", id), ("conversation", conversation(object))],
        };
        fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

/// The kind that stands for all kinds about the same sort of object.
fn group(kind: FeedKind) -> FeedKind {
    match kind {
        FeedKind::NewMessage | FeedKind::MessageUpdated | FeedKind::MessageStatus => FeedKind::NewMessage,
        FeedKind::Assignment | FeedKind::Ticket | FeedKind::Conversation => FeedKind::Conversation,
        FeedKind::Broadcast => FeedKind::Broadcast,
        FeedKind::Contact => FeedKind::Contact,
        FeedKind::Bot => FeedKind::Bot,
        FeedKind::Import => FeedKind::Import,
        FeedKind::ContactJob => FeedKind::ContactJob,
        FeedKind::Endpoint => FeedKind::Endpoint,
    }
}

fn typed<T>(ids: Vec<Uuid>) -> Vec<Id<T>> {
    ids.into_iter().map(Id::from_uuid).collect()
}

fn json(view: &impl Serialize) -> Result<Value> {
    serde_json::to_value(view)
        .map_err(|error| model::Error::internal("an event could not be written as JSON").with_source(error))
}
