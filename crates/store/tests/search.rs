//! The index of the search: what was written before there was one comes into it.
#![cfg(test)]

use model::{Clock, Id, content::Content, message::Message, search::Words};
use store::{
    args,
    db::Sql,
    search::{self, Kind},
    sql, sql_by_engine,
};
use testkit::{TestApp, db_test, user};

const FORGET: Sql = sql!("test.forget_documents", "DELETE FROM search_document");
const FORGET_GRAMS: Sql =
    sql_by_engine!("test.forget_grams", "DELETE FROM search_document", "DELETE FROM search_gram WHERE rowid > 0");
const BEHIND: Sql = sql!("test.behind", "INSERT INTO search_backlog (kind, after_id) VALUES ($1, $2)");

async fn found(app: &TestApp, kind: Kind, typed: &'static str) -> Vec<uuid::Uuid> {
    let scope = app.scope();
    let read = move |tx: &mut store::db::Tx| {
        search::candidates(tx, &scope, kind, &Words::new(typed), search::start(None), 100)
    };
    app.app.db.read(read).await.unwrap().into_iter().map(|one| one.object).collect()
}

db_test! {
    async fn what_was_there_before_the_index_comes_into_it_once(db) {
        let app = TestApp::start(db).await;
        let (bot, now) = (app.bot(1).await, app.clock.now());
        let mut said: Vec<Id<Message>> = Vec::new();
        for number in 1..=7 {
            // All of one moment, so that their places in the index are near each other.
            let text = Content::text(format!("parcel {number}"));
            said.push(app.says(bot, &user(70 + number, "Ada"), number, text, now).await.message);
        }
        let (contacts, messages) = (found(&app, Kind::Contact, "ada").await, found(&app, Kind::Message, "parcel").await);
        assert_eq!((contacts.len(), messages.len()), (7, 7));

        app.app.db.write(|tx| {
            [FORGET_GRAMS, FORGET].iter().try_for_each(|sql| tx.execute(*sql, &[]).map(drop))?;
            ["CONTACT", "MESSAGE"].iter().try_for_each(|kind| tx.execute(BEHIND, &args![*kind, Vec::<u8>::new()]).map(drop))
        }).await.unwrap();
        assert_eq!(found(&app, Kind::Message, "parcel").await, Vec::<uuid::Uuid>::new());
        // This one comes into the index by itself, and is met there again.
        let late = app.says(bot, &user(71, "Ada"), 99, Content::text("parcel late"), now).await.message;

        let mut steps = 0;
        while app.app.db.write(|tx| search::catch_up(tx, 3)).await.unwrap() {
            steps += 1;
        }
        assert!(steps > 4, "three at a time: {steps}");
        assert!(!app.app.db.read(search::is_behind).await.unwrap());
        assert_eq!(found(&app, Kind::Contact, "ada").await, contacts);
        let again = found(&app, Kind::Message, "parcel").await;
        assert_eq!(again.len(), 8);
        assert!(messages.iter().chain([&late.as_uuid()]).all(|one| again.contains(one)), "{again:?}");
        assert_eq!(found(&app, Kind::Message, "parcel late").await, [late.as_uuid()]);
    }
}
