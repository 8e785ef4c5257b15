//! Who types where, and who looks at or answers which conversation: signs of people that pass by themselves. They live in
//! memory on every node, told over the database's wake-ups, and are never stored.

use std::{collections::BTreeMap, ops::Bound};

use model::{Id, Tenant, Timestamp, conversation::Conversation, message::Author};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

/// How long somebody counts as typing after they said so.
pub(super) const TYPING_MS: i64 = 6_000;
/// How long somebody counts as present.
pub(super) const PRESENCE_MS: i64 = 45_000;
/// The same said again within this time is no news.
const REPEAT_MS: i64 = 2_000;
/// Signs that are kept; further ones are left out until some have passed.
const SIGNS_MAX: usize = 20_000;

/// What somebody does at a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum State {
    Typing,
    Viewing,
    Replying,
    /// Not any more.
    Gone,
}

/// Typing comes and goes beside being present.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Aspect {
    Typing,
    Presence,
}

/// One sign, as nodes tell it to each other.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Sign {
    /// Version of this form.
    pub v: u8,
    pub tenant: Id<Tenant>,
    pub conversation: Id<Conversation>,
    pub aspect: Aspect,
    pub state: State,
    pub person: Author,
    pub until: Timestamp,
}

type Key = (Id<Tenant>, Id<Conversation>, Aspect, Uuid);

/// The signs that have not passed.
#[derive(Debug, Default)]
pub(super) struct Signs(BTreeMap<Key, Sign>);

impl Sign {
    fn key(&self) -> Key {
        (self.tenant, self.conversation, self.aspect, self.person.id.unwrap_or_default())
    }
}

impl Signs {
    /// Whether others don't know it yet.
    pub fn is_news(&self, sign: &Sign, now: Timestamp) -> bool {
        match self.0.get(&sign.key()).filter(|known| known.until > now) {
            Some(known) => known.state != sign.state || sign.until.since(known.until) >= REPEAT_MS,
            None => sign.state != State::Gone,
        }
    }

    pub fn note(&mut self, sign: Sign, now: Timestamp) {
        if sign.state == State::Gone {
            self.0.remove(&sign.key());
            return;
        }
        if self.0.len() >= SIGNS_MAX {
            self.0.retain(|_, known| known.until > now);
        }
        if self.0.len() < SIGNS_MAX || self.0.contains_key(&sign.key()) {
            self.0.insert(sign.key(), sign);
        }
    }

    /// Who is present at a conversation, for those who look at it.
    pub fn people(&self, tenant: Id<Tenant>, conversation: Id<Conversation>, now: Timestamp) -> Vec<Value> {
        let from = (tenant, conversation, Aspect::Presence, Uuid::nil());
        let to = (tenant, conversation, Aspect::Presence, Uuid::max());
        let present = self.0.range((Bound::Included(from), Bound::Included(to))).map(|(_, sign)| sign);
        let shown = |sign: &Sign| {
            json!({"type": sign.person.kind, "id": sign.person.id, "name": sign.person.name, "state": sign.state,
                "expires_at": sign.until})
        };
        present.filter(|sign| sign.until > now).map(shown).collect()
    }

    /// The signs of a tenant that have not passed, at most so many: for who begins to listen.
    pub fn of(&self, tenant: Id<Tenant>, now: Timestamp, limit: usize) -> Vec<Sign> {
        let from = (tenant, Id::from_uuid(Uuid::nil()), Aspect::Typing, Uuid::nil());
        let signs = self.0.range(from..).take_while(|((of, ..), _)| *of == tenant).map(|(_, sign)| sign);
        signs.filter(|sign| sign.until > now).take(limit).cloned().collect()
    }
}

/// The type of the event about a sign, and its fields.
pub(super) fn told(sign: &Sign) -> (&'static str, Map<String, Value>) {
    let user = json!({"type": sign.person.kind, "id": sign.person.id, "name": sign.person.name});
    let mut about = Map::from_iter([
        ("conversation_id".to_owned(), json!(sign.conversation)),
        ("user".to_owned(), user),
        ("state".to_owned(), json!(sign.state)),
        ("expires_at".to_owned(), json!(sign.until)),
    ]);
    match sign.aspect {
        Aspect::Presence => ("presence", about),
        Aspect::Typing => {
            about.insert("is_typing".to_owned(), (sign.state == State::Typing).into());
            ("typing_indicator", about)
        }
    }
}

#[cfg(test)]
mod tests {
    use model::message::AuthorType;

    use super::*;

    fn sign(state: State, until: i64) -> Sign {
        let person =
            Author { kind: AuthorType::User, id: Some(Uuid::from_bytes([3; 16])), name: Some("Ada".to_owned()) };
        Sign {
            v: 1,
            tenant: Id::from_bytes([1; 16]),
            conversation: Id::from_bytes([2; 16]),
            aspect: Aspect::Presence,
            state,
            person,
            until: Timestamp::from_ms(until),
        }
    }

    #[test]
    fn a_sign_is_told_once_and_passes() {
        let (mut signs, at) = (Signs::default(), Timestamp::from_ms);
        let (tenant, conversation) = (sign(State::Viewing, 0).tenant, sign(State::Viewing, 0).conversation);
        assert!(!signs.is_news(&sign(State::Gone, 0), at(0)), "who was not there has not left");
        assert!(signs.is_news(&sign(State::Viewing, 45_000), at(0)));
        signs.note(sign(State::Viewing, 45_000), at(0));
        assert!(!signs.is_news(&sign(State::Viewing, 46_999), at(1_999)));
        assert!(signs.is_news(&sign(State::Viewing, 47_000), at(2_000)));
        assert!(signs.is_news(&sign(State::Replying, 45_001), at(1)));
        assert_eq!(signs.people(tenant, conversation, at(44_999)).len(), 1);
        assert_eq!(signs.of(tenant, at(44_999), 9).len(), 1);
        assert!(signs.people(tenant, conversation, at(45_000)).is_empty());
        signs.note(sign(State::Gone, 0), at(1));
        assert!(signs.of(tenant, at(1), 9).is_empty());
    }
}
