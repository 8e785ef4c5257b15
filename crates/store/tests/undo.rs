//! Merging two contacts and undoing it, on random pairs: everything stands as it stood.
#![cfg(test)]

use std::sync::Arc;

use model::{
    Clock, Error, Id, Ids, Scope, Timestamp,
    bot::Bot,
    contact::{Contact, ContactKind, Source},
    content::Content,
    conversation::Priority,
};
use store::{
    args, contacts, conversations,
    db::{Arg, Column, FromColumn, Sql, Tx},
    sql,
};
use testkit::{TestApp, db_test, say, user};

/// Random numbers from the test's seeded ids.
struct Dice<'a>(&'a dyn Ids);

impl Dice<'_> {
    fn below(&self, limit: u64) -> u64 {
        u64::from_be_bytes(self.0.random()) % limit
    }

    fn word(&self) -> Option<String> {
        (self.below(2) == 0).then(|| format!("w{}", self.below(50)))
    }
}

/// A record with anything in it, with or without a Telegram user who wrote to one of two bots.
fn contact(tx: &mut Tx, with: &With, user_id: i64) -> Result<Id<Contact>, Error> {
    let With { ids, scope, bots, now } = with;
    let (dice, ada) = (Dice(&**ids), user(user_id, "Ada"));
    let mut id = None;
    for number in 0..dice.below(5) {
        let (at, bot) = (*now + i64::try_from(dice.below(20)).unwrap(), bots[usize::try_from(dice.below(2)).unwrap()]);
        let what = (bot, &ada, i64::try_from(number).unwrap() + 1);
        id = Some(say(tx, scope, &**ids, what, Content::text("x"), at)?.contact);
    }
    let fresh: Id<Contact> = ids.id();
    let mut record = Contact::new(id.unwrap_or(fresh), scope.tenant(), ContactKind::Person, Source::Api, *now);
    (record.first_name, record.phone) = (dice.word().unwrap_or_default(), dice.word());
    (record.email, record.company_name, record.lead_status) = (dice.word(), dice.word(), dice.word());
    record.custom = dice.word().map(|word| (word, serde_json::json!([1, "x"]))).into_iter().collect();
    record.tags = (0..dice.below(3)).map(|_| format!("t{}", dice.below(4))).collect();
    record.do_not_contact = dice.below(4) == 0;
    if id.is_none() {
        contacts::insert(tx, scope, &record)?;
        return Ok(fresh);
    }
    let telegram = contacts::get(tx, scope, record.id)?.ok_or_else(|| Error::not_found("contact"))?;
    record.telegram_chat_id = telegram.telegram_chat_id;
    contacts::update(tx, scope, &record)?;
    contacts::set_tags(tx, scope, record.id, &record.tags)?;
    if let Some(conversation) = conversations::of_contact(tx, scope, record.id)? {
        conversations::set_labels(tx, scope, conversation.id, &record.tags)?;
        conversations::set_priority(tx, scope, conversation.id, Priority::High, *now)?;
    }
    Ok(record.id)
}

/// What records are made with.
#[derive(Clone)]
struct With {
    ids: Arc<dyn Ids>,
    scope: Scope,
    bots: [Id<Bot>; 2],
    now: Timestamp,
}

impl With {
    async fn of(app: &TestApp) -> Self {
        let bots = [app.bot(1).await, app.bot(2).await];
        Self { ids: app.app.ids.clone(), scope: app.scope(), bots, now: app.clock.now() }
    }
}

/// A value of any type, as text.
struct Cell(String);

impl FromColumn for Cell {
    fn from_column(column: Column<'_>) -> Option<Self> {
        Some(Cell(match column {
            Column::Null => "NULL".into(),
            Column::Int(value) => value.to_string(),
            Column::Float(value) => value.to_string(),
            // SQLite has no type of its own for truths.
            Column::Bool(value) => i64::from(value).to_string(),
            Column::Text(value) => value.to_owned(),
            Column::Bytes(value) => format!("{value:02x?}"),
        }))
    }
}

/// Every row of a table, for telling whether anything changed.
const TABLES: [(&str, Sql); 9] = [
    ("contact", sql!("t.1", "SELECT * FROM contact WHERE id IN ($1, $2) ORDER BY id")),
    ("tags", sql!("t.2", "SELECT * FROM contact_tag WHERE contact_id IN ($1, $2) ORDER BY contact_id, tag")),
    ("identity", sql!("t.3", "SELECT * FROM identity WHERE contact_id IN ($1, $2) ORDER BY external_id")),
    ("chat", sql!("t.4", "SELECT * FROM chat WHERE contact_id IN ($1, $2) ORDER BY chat_id, bot_id")),
    ("conversation", sql!("t.5", "SELECT * FROM conversation WHERE contact_id IN ($1, $2) ORDER BY id")),
    (
        "labels",
        sql!(
            "t.6",
            "SELECT * FROM conversation_label WHERE conversation_id IN
                (SELECT id FROM conversation WHERE contact_id IN ($1, $2)) ORDER BY conversation_id, label"
        ),
    ),
    (
        "message",
        sql!(
            "t.7",
            "SELECT * FROM message WHERE conversation_id IN
                (SELECT id FROM conversation WHERE contact_id IN ($1, $2)) ORDER BY id"
        ),
    ),
    ("link", sql!("t.8", "SELECT * FROM start_link WHERE contact_id IN ($1, $2) ORDER BY token_hash")),
    ("found", sql!("t.9", "SELECT object_id FROM search_document WHERE object_id IN ($1, $2) ORDER BY object_id")),
];

fn state(tx: &mut Tx, pair: [Id<Contact>; 2]) -> Result<Vec<String>, Error> {
    let mut rows = Vec::new();
    for (name, all) in TABLES {
        let args: [Arg; 2] = args![pair[0], pair[1]];
        rows.extend(tx.query(all, &args, |row| {
            let cells: Result<Vec<String>, Error> =
                (0..row.len()).map(|at| row.get(at).map(|Cell(text)| text)).collect();
            Ok(format!("{name}: {}", cells?.join(" | ")))
        })?);
    }
    Ok(rows)
}

db_test! {
    async fn merging_and_undoing_a_thousand_random_pairs_restores_the_same_state(db) {
        let app = TestApp::start(db).await;
        let with = With::of(&app).await;
        for round in 0..1_000 {
            let with = with.clone();
            let body = move |tx: &mut Tx| {
                let (into, from) = (contact(tx, &with, 10_000 + 2 * round)?, contact(tx, &with, 10_001 + 2 * round)?);
                let before = state(tx, [into, from])?;
                contacts::merge(tx, &with.scope, into, from, with.now + 77)?;
                let merged = state(tx, [into, from])?;
                contacts::undo(tx, &with.scope, into, from, with.now + 78)?;
                Ok((before, merged, state(tx, [into, from])?))
            };
            let (before, merged, after) = app.app.db.write(body).await.unwrap();
            assert_ne!(before, merged);
            assert_eq!(after, before, "round {round}");
        }
    }

    async fn what_came_since_goes_to_whom_it_belongs(db) {
        let app = TestApp::start(db).await;
        let (bot, scope, now) = (app.bot(1).await, app.scope(), app.clock.now());
        let says = async |who: i64, number: i64, text: &str| {
            app.says(bot, &user(who, "A."), number, Content::text(text), now + number).await
        };
        let (ada, bob) = (says(77, 1, "a1").await, says(78, 1, "b1").await);
        let (into, from) = (ada.contact, bob.contact);
        app.app.db.write(move |tx| contacts::merge(tx, &scope, into, from, now)).await.unwrap();
        assert_eq!(says(77, 2, "a2").await.contact, into);
        assert_eq!(says(78, 2, "b2").await.contact, into);
        let later = now + contacts::UNDO_MS + 1;
        assert!(app.app.db.write(move |tx| contacts::undo(tx, &scope, into, from, later)).await.is_err());
        app.app.db.write(move |tx| contacts::undo(tx, &scope, into, from, now)).await.unwrap();
        let (_, third) = (says(77, 3, "a3").await, says(78, 3, "b3").await);
        assert_eq!((third.contact, third.conversation), (bob.contact, bob.conversation));
        for (said, texts) in [(ada, ["a1", "a2", "a3"]), (bob, ["b1", "b2", "b3"])] {
            let path = format!("/team-inbox/api/conversations/{}/timeline/", said.conversation);
            let (_, page) = app.owner().get(&path).await;
            let entries = page["results"].as_array().unwrap();
            let found: Vec<_> = entries.iter().map(|one| one["content"]["text"].as_str().unwrap()).collect();
            assert_eq!(found, texts);
            assert!(entries.iter().all(|one| one["author"]["id"] == said.contact.to_string()), "{page}");
        }
    }

    async fn only_the_newest_merge_can_be_undone_and_none_of_a_removed_contact(db) {
        let app = TestApp::start(db).await;
        let with = With::of(&app).await;
        let (scope, now) = (with.scope, with.now);
        let made = app.app.db.write(move |tx| Ok([contact(tx, &with, 1)?, contact(tx, &with, 2)?, contact(tx, &with, 3)?]));
        let [a, b, c] = made.await.unwrap();
        let refused = app.app.db.write(move |tx| {
            contacts::merge(tx, &scope, a, b, now)?;
            contacts::merge(tx, &scope, a, c, now)?;
            Ok(contacts::undo(tx, &scope, a, b, now).unwrap_err().code())
        });
        assert_eq!(refused.await.unwrap(), "not_the_newest");
        let left = app.app.db.write(move |tx| {
            contacts::undo(tx, &scope, a, c, now)?;
            contacts::undo(tx, &scope, a, b, now)?;
            contacts::merge(tx, &scope, a, b, now)?;
            contacts::delete(tx, &scope, &[a], now)?;
            contacts::merges(tx, &scope, a, 10)
        });
        assert_eq!(left.await.unwrap().len(), 0);
    }
}
