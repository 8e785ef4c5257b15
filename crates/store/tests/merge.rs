//! Merging two contacts, on random pairs: nothing is lost, and each timeline keeps its inner order.
#![cfg(test)]

use model::{Clock, Id, Ids, contact::Contact, content::Content, message::Message};
use store::{contacts, conversations, timeline};
use testkit::{TestApp, db_test, user};

/// Random numbers from the test's seeded ids.
struct Dice<'a>(&'a dyn Ids);

impl Dice<'_> {
    fn below(&self, limit: u64) -> u64 {
        u64::from_be_bytes(self.0.random()) % limit
    }
}

/// A contact with up to eight messages, whose times may jump back, and some tags.
async fn contact(app: &TestApp, bot: Id<model::bot::Bot>, user_id: i64) -> (Id<Contact>, Vec<Id<Message>>) {
    let dice = Dice(&*app.app.ids);
    let (ada, now, scope) = (user(user_id, "Ada"), app.clock.now(), app.scope());
    let mut said = Vec::new();
    for number in 0..dice.below(9) {
        let at = now + i64::try_from(dice.below(20)).unwrap();
        said.push(app.says(bot, &ada, i64::try_from(number).unwrap() + 1, Content::text("x"), at).await.message);
    }
    let ids = app.app.ids.clone();
    let tags: Vec<String> = (0..dice.below(3)).map(|_| format!("t{}", dice.below(3))).collect();
    let id = app.app.db.write(move |tx| {
        let id = contacts::recognise(tx, &scope, &*ids, &ada, now)?.contact;
        contacts::add_tags(tx, &scope, &[id], &tags)?;
        Ok(id)
    });
    (id.await.unwrap(), said)
}

db_test! {
    async fn every_message_tag_and_identity_is_kept(db) {
        let app = TestApp::start(db).await;
        let (bot, scope) = (app.bot(1).await, app.scope());
        for round in 0..40 {
            let (into, into_said) = contact(&app, bot, 1_000 + 2 * round).await;
            let (from, from_said) = contact(&app, bot, 1_001 + 2 * round).await;
            let now = app.clock.now();
            let (before, after) = app.app.db.write(move |tx| {
                let before = contacts::get_many(tx, &scope, &[into, from])?;
                let unread = [into, from].map(|id| conversations::of_contact(tx, &scope, id));
                contacts::merge(tx, &scope, into, from, now)?;
                let mut unread_before = 0;
                for one in unread {
                    unread_before += one?.map_or(0, |one| one.unread_count);
                }
                let after = contacts::get_many(tx, &scope, &[into, from])?;
                let conversation = conversations::of_contact(tx, &scope, into)?;
                let entries = match &conversation {
                    Some(one) => timeline::newest(tx, &scope, one.id, 1_000)?,
                    None => Vec::new(),
                };
                Ok(((before, unread_before), (after, conversation, entries)))
            }).await.unwrap();
            let ((before, unread_before), (contacts, conversation, entries)) = (before, after);

            let [merged] = contacts.as_slice() else { panic!("{contacts:?}") };
            let mut tags: Vec<_> = before.iter().flat_map(|one| one.tags.clone()).collect();
            tags.sort();
            tags.dedup();
            assert_eq!((merged.id, &merged.tags), (into, &tags));
            assert_eq!(merged.identities.len(), 2);

            let order: Vec<_> = entries.iter().map(|entry| entry.message.id).collect();
            assert_eq!(order.len(), into_said.len() + from_said.len());
            for said in [&into_said, &from_said] {
                let kept: Vec<_> = order.iter().filter(|id| said.contains(id)).copied().collect();
                assert_eq!(&kept, said, "a timeline lost its inner order");
            }
            let sequences: Vec<_> = entries.iter().map(|entry| entry.message.sequence).collect();
            let expected: Vec<_> = (1..=i64::try_from(order.len()).unwrap()).collect();
            assert_eq!(sequences, expected);
            let author = |entry: &timeline::Entry| entry.message.author.id == Some(into.as_uuid());
            assert!(entries.iter().all(author), "{entries:?}");
            // Between the two, the one whose clock reached further back comes first.
            let mut reached = i64::MIN;
            let times: Vec<_> = entries.iter().map(|entry| entry.message.created_at.as_ms()).collect();
            assert!(times.iter().all(|at| { reached = reached.max(*at); *at + 20 > reached }), "{times:?}");
            if let Some(conversation) = conversation {
                assert_eq!(conversation.last_sequence, expected.last().copied().unwrap_or(0));
                assert_eq!(conversation.unread_count, unread_before);
                assert!(conversation.last_message.is_some_and(|id| order.contains(&id)));
            }
        }
    }

    async fn a_proven_phone_joins_the_record_that_has_it(db) {
        let app = TestApp::start(db).await;
        let (bot, scope, now) = (app.bot(1).await, app.scope(), app.clock.now());
        let ids = app.app.ids.clone();
        let record = app.app.db.write(move |tx| {
            let mut record = Contact::new(ids.id(), scope.tenant(), model::contact::ContactKind::Person,
                model::contact::Source::Import, now);
            record.first_name = "Ada".into();
            record.phone = Some("+14155550100".into());
            contacts::insert(tx, &scope, &record)?;
            Ok(record.id)
        }).await.unwrap();
        let prove = async |contact| {
            app.app.db.write(move |tx| contacts::prove_phone(tx, &scope, model::Platform::Telegram, contact, "+14155550100", now)).await.unwrap()
        };
        let said = app.says(bot, &user(77, "Ada"), 1, Content::text("hi"), now).await;
        assert_eq!(prove(said.contact).await, record);
        assert_eq!(prove(record).await, record);
        assert_eq!(app.says(bot, &user(77, "Ada"), 2, Content::text("again"), now).await.contact, record);
        // The number was given to somebody else: that is another person.
        let other = app.says(bot, &user(78, "Bob"), 1, Content::text("hi"), now).await;
        assert_eq!(prove(other.contact).await, other.contact);
        let shares = app.app.db.read(move |tx| contacts::by_phone(tx, &scope, "+14155550100")).await.unwrap();
        assert_eq!(shares, [record, other.contact]);
    }
}
