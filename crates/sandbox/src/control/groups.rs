//! Groups and channels: making them, joining, leaving, migrating, ending.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Given, Refusal, Result, people,
    place::{self, Place, group, somebody},
};
use crate::{
    groups::{Group, Kind, Status},
    inbox::QueueKey,
    message::{Fields, Message},
    state::{Shared, State as World},
};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewGroup {
    id: Option<i64>,
    #[serde(rename = "type")]
    kind: Kind,
    title: String,
    username: Option<String>,
    /// People by id; the first one is the creator.
    #[serde(default)]
    users: Vec<i64>,
    /// Bots by id, as members; administrators in a channel.
    #[serde(default)]
    bots: Vec<i64>,
}

/// Makes a group. Its bots learn of it as they do at Telegram: by `my_chat_member` and a service message.
pub async fn create(State(state): State<Shared>, Given(new): Given<NewGroup>) -> Result<Json<Value>> {
    if new.id.is_some_and(|id| id >= 0) {
        return Err(Refusal::bad("a group's id is negative"));
    }
    for user in &new.users {
        people::find(&state, *user)?;
    }
    let group = state.groups.make(new.id, new.kind, new.title, new.username);
    for (index, user) in new.users.iter().enumerate() {
        group.set_status(*user, if index == 0 { Status::Creator } else { Status::Member });
    }
    let by = new.users.first().copied();
    for bot in &new.bots {
        state.bots.ensure(*bot);
        let status = if new.kind == Kind::Channel { Status::Administrator } else { Status::Member };
        change_member(&state, &group, *bot, status, by)?;
    }
    Ok(Json(group.describe()))
}

pub async fn list(State(state): State<Shared>) -> Json<Value> {
    Json(json!({"groups": state.groups.list().iter().map(|group| group.describe()).collect::<Vec<_>>()}))
}

pub async fn show(State(state): State<Shared>, Path(id): Path<i64>) -> Result<Json<Value>> {
    Ok(Json(group(&state, id)?.describe()))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// While true, only administrators may write.
    read_only: Option<bool>,
}

pub async fn change(
    State(state): State<Shared>,
    Path(id): Path<i64>,
    Given(change): Given<Change>,
) -> Result<Json<Value>> {
    let group = group(&state, id)?;
    if let Some(read_only) = change.read_only {
        group.facts().read_only = read_only;
    }
    Ok(Json(group.describe()))
}

/// Somebody's new standing.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Membership {
    /// A person's or a bot's id.
    member: i64,
    status: Status,
    /// Who did it; the member themselves if nobody is named.
    by: Option<i64>,
}

pub async fn set_member(
    State(state): State<Shared>,
    Path(id): Path<i64>,
    Given(membership): Given<Membership>,
) -> Result<Json<Value>> {
    let group = group(&state, id)?;
    change_member(&state, &group, membership.member, membership.status, membership.by)?;
    Ok(Json(group.describe()))
}

fn change_member(state: &World, group: &Arc<Group>, member: i64, status: Status, by: Option<i64>) -> Result<()> {
    let (who, by) = (somebody(state, member)?, somebody(state, by.unwrap_or(member))?);
    let place = Place::Group(group.clone());
    let was = group.set_status(member, status);
    if was == status {
        return Ok(());
    }
    let standing = |status: Status| json!({"user": who.card, "status": status});
    let payload = json!({"chat": group.chat(), "from": by.card, "date": state.now(),
        "old_chat_member": standing(was), "new_chat_member": standing(status)});
    if let Some(bot) = state.bots.get(member) {
        state.push_for_a_day(&bot, "my_chat_member", &payload, QueueKey::Membership(group.id));
    }
    for bot in place.bots(state) {
        let is_admin = group.facts().status(bot.id).is_some_and(Status::is_admin);
        if is_admin && bot.id != member {
            state.push_for_a_day(&bot, "chat_member", &payload, QueueKey::Member(member));
        }
    }
    if was.is_inside() != status.is_inside() && !place.is_channel() {
        let content: Fields = if status.is_inside() {
            vec![("new_chat_members", json!([who.card]))]
        } else {
            vec![("left_chat_member", json!(who.card))]
        };
        service(state, &place, &by, content);
    }
    Ok(())
}

/// How a message says in which topic it stands.
pub fn topic_header(thread: i64) -> Fields {
    vec![("message_thread_id", json!(thread)), ("is_topic_message", json!(true))]
}

/// A message that the chat writes about itself; every bot hears it.
fn service(state: &World, place: &Place, by: &crate::message::Sender, content: Fields) -> Arc<Message> {
    service_in(state, place, by, false, content)
}

/// The same; `opens_topic`: it is the first message of a topic.
fn service_in(
    state: &World,
    place: &Place,
    by: &crate::message::Sender,
    opens_topic: bool,
    content: Fields,
) -> Arc<Message> {
    let (chat, chat_id) = (place.chat(), place.chat_id());
    let message = state.rooms.with(place.key(), |room| {
        let id = room.next_id();
        let message = Arc::new(Message {
            id,
            date: state.now(),
            edit_date: None,
            from: Some(by.clone()),
            chat_id,
            chat,
            reply_to: None,
            header: if opens_topic { topic_header(id) } else { Fields::new() },
            content,
            reply_markup: None,
            keyboard: None,
            reactions: Vec::new(),
            deleted: false,
        });
        room.push(message.clone(), state.options.messages_per_chat_max);
        message
    });
    place::push_all(state, place, "message", &*message, &QueueKey::Chat(chat_id));
    place::tell(state, place, "message", &message);
    message
}

/// A topic that somebody opens in a supergroup, which is a forum from then on.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewTopic {
    user: i64,
    name: String,
}

/// Opens a topic. Its number is that of the service message which says so.
pub async fn open_topic(
    State(state): State<Shared>,
    Path(id): Path<i64>,
    Given(new): Given<NewTopic>,
) -> Result<Json<Value>> {
    let group = group(&state, id)?;
    if group.facts().kind != Kind::Supergroup {
        return Err(Refusal::conflict("only a supergroup has topics"));
    }
    let by = somebody(&state, new.user)?;
    group.be_forum();
    let place = Place::Group(group.clone());
    let opened = json!({"name": new.name, "icon_color": 7_322_096});
    let message = service_in(&state, &place, &by, true, vec![("forum_topic_created", opened)]);
    group.facts().topics.insert(message.id, new.name);
    Ok(Json(json!({"message_thread_id": message.id})))
}

/// Turns a group into a supergroup with a new id. Both chats say so in a service message.
pub async fn migrate(State(state): State<Shared>, Path(id): Path<i64>) -> Result<Json<Value>> {
    let old = group(&state, id)?;
    let (title, members, migrated) = {
        let facts = old.facts();
        if facts.kind != Kind::Group {
            return Err(Refusal::conflict("only a basic group can become a supergroup"));
        }
        (facts.title.clone(), facts.members.clone(), facts.migrated_to)
    };
    if let Some(new_id) = migrated {
        return Err(Refusal::conflict(format!("this group already became {new_id}")));
    }
    let creator = members.iter().find(|(_, status)| **status == Status::Creator).or(members.iter().next());
    let creator = *creator.ok_or_else(|| Refusal::conflict("nobody is in this group"))?.0;
    let by = somebody(&state, creator)?;
    let new = state.groups.make(None, Kind::Supergroup, title, None);
    new.facts().members = members;
    service(&state, &Place::Group(old.clone()), &by, vec![("migrate_to_chat_id", json!(new.id))]);
    service(&state, &Place::Group(new.clone()), &by, vec![("migrate_from_chat_id", json!(old.id))]);
    old.facts().migrated_to = Some(new.id);
    Ok(Json(new.describe()))
}

/// Ends a group: nobody can write there any more.
pub async fn delete(State(state): State<Shared>, Path(id): Path<i64>) -> Result<Json<Value>> {
    let group = group(&state, id)?;
    group.facts().deleted = true;
    Ok(Json(group.describe()))
}
