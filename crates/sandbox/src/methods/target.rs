//! The chat that a call names: whether it is there, and whether the bot may write to it.

use std::sync::Arc;

use super::Ctx;
use crate::{
    answer::{ApiError, Result},
    groups::{Group, Kind, Status},
    message::Card,
    rooms::RoomKey,
    users::User,
};

/// A chat as this bot sees it.
#[derive(Clone, Debug)]
pub struct Target {
    pub key: RoomKey,
    pub chat: Card,
    pub peer: Peer,
}

#[derive(Clone, Debug)]
pub enum Peer {
    Person(Arc<User>),
    Group(Arc<Group>),
}

impl Target {
    pub fn chat_id(&self) -> i64 {
        self.key.chat_id()
    }

    pub fn is_private(&self) -> bool {
        matches!(self.peer, Peer::Person(_))
    }

    pub fn kind(&self) -> Option<Kind> {
        match &self.peer {
            Peer::Person(_) => None,
            Peer::Group(group) => Some(group.facts().kind),
        }
    }
}

/// The chat in the parameter `name`.
pub fn find(ctx: &Ctx<'_>, name: &str) -> Result<Target> {
    let text = ctx.params.text(name).unwrap_or_default();
    let text = text.trim();
    if text.is_empty() {
        return Err(ApiError::bad(format!("{name} is empty")));
    }
    let not_found = || ApiError::bad("chat not found");
    if text.starts_with('@') {
        let group = ctx.state.groups.by_username(text).ok_or_else(not_found)?;
        return of_group(ctx, group);
    }
    match text.parse::<i64>().map_err(|_| not_found())? {
        0 => Err(not_found()),
        id if id > 0 => of_person(ctx, id),
        id => {
            let group = ctx.state.groups.get(id);
            let group = group.or_else(|| ctx.state.options.open_chats.then(|| ctx.state.groups.stand_in(id)));
            of_group(ctx, group.ok_or_else(not_found)?)
        }
    }
}

fn of_person(ctx: &Ctx<'_>, id: i64) -> Result<Target> {
    let user = match ctx.state.users.get(id) {
        Some(user) => user,
        None if ctx.state.bots.get(id).is_some() => {
            return Err(ApiError::forbidden("the bot can't send messages to the bot"));
        }
        None if ctx.state.options.open_chats => ctx.state.users.stand_in(id),
        None => return Err(ApiError::bad("chat not found")),
    };
    let key = RoomKey::Private { bot: ctx.bot.id, user: id };
    Ok(Target { key, chat: user.chat(), peer: Peer::Person(user) })
}

fn of_group(ctx: &Ctx<'_>, group: Arc<Group>) -> Result<Target> {
    if ctx.state.options.open_chats {
        group.facts().members.entry(ctx.bot.id).or_insert(Status::Administrator);
    }
    // A bot that was never there doesn't know the chat.
    let is_known = group.facts().status(ctx.bot.id).is_some();
    let target = Target { key: RoomKey::Group(group.id), chat: group.chat(), peer: Peer::Group(group) };
    if is_known { Ok(target) } else { Err(ApiError::bad("chat not found")) }
}

/// Whether the bot may send `what` ("text messages", "photos" …) there. Of a private chat, only the account is
/// judged here; whether it was started or blocked is judged with the room in hand.
pub fn check_writable(ctx: &Ctx<'_>, target: &Target, what: &str) -> Result<()> {
    match &target.peer {
        Peer::Person(user) if user.is_deleted() => Err(ApiError::forbidden("user is deactivated")),
        Peer::Person(_) => Ok(()),
        Peer::Group(group) => check_group(ctx, group, what),
    }
}

fn check_group(ctx: &Ctx<'_>, group: &Group, what: &str) -> Result<()> {
    let facts = group.facts();
    if let Some(new_id) = facts.migrated_to {
        return Err(ApiError::migrated(new_id));
    }
    if facts.deleted {
        return Err(ApiError::forbidden("the group chat was deleted"));
    }
    let place = format!("{} chat", facts.kind.name());
    match facts.status(ctx.bot.id).unwrap_or(Status::Left) {
        Status::Kicked => Err(ApiError::forbidden(format!("bot was kicked from the {place}"))),
        Status::Left => Err(ApiError::forbidden(format!("bot is not a member of the {place}"))),
        status if facts.kind == Kind::Channel && !status.is_admin() => {
            Err(ApiError::bad("need administrator rights in the channel chat"))
        }
        status if status == Status::Restricted || (facts.read_only && !status.is_admin()) => {
            Err(ApiError::bad(format!("not enough rights to send {what} to the chat")))
        }
        _ => Ok(()),
    }
}
