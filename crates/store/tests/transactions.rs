//! What `store::db` promises about transactions, on both engines.
#![cfg(test)]

use std::sync::{
    Arc, Barrier,
    atomic::{AtomicU32, Ordering},
};

use model::{Error, ErrorKind, Result};
use store::{
    args,
    db::{Arg, Db, Round, Sql, Tx, Wake},
    sql,
};
use testkit::db_test;

const CREATE: Sql = sql!(
    "test.create",
    "CREATE TABLE item (id BIGINT PRIMARY KEY, name TEXT, is_new BOOLEAN, weight DOUBLE PRECISION, count BIGINT)"
);
const INSERT: Sql = sql!("test.insert", "INSERT INTO item (id, name, count) VALUES ($1, $2, 0)");
const NAMES: Sql = sql!("test.names", "SELECT name FROM item ORDER BY id");
const ADD: Sql = sql!("test.add", "UPDATE item SET count = count + 1 WHERE id = $1");
const COUNT: Sql = sql!("test.count", "SELECT count FROM item WHERE id = $1");
const ROWS: Sql = sql!("test.rows", "INSERT INTO item (id, name, count) VALUES {rows int, text, int}");

async fn create(db: &Db) {
    db.write(|tx| tx.execute(CREATE, &[]).map(drop)).await.unwrap();
}

fn insert(tx: &mut Tx, id: i64, name: &str) -> Result<u64> {
    tx.execute(INSERT, &args![id, name])
}

async fn names(db: &Db) -> Vec<String> {
    db.read(|tx| tx.query(NAMES, &[], |row| row.get(0))).await.unwrap()
}

fn refused() -> Error {
    Error::not_found("item")
}

db_test! {
    async fn what_is_answered_is_committed_and_what_failed_is_not(db) {
        create(&db).await;
        assert_eq!(db.write(|tx| insert(tx, 1, "kept")).await.unwrap(), 1);
        let error = db.write(|tx| insert(tx, 2, "lost").and_then(|_| Err::<(), _>(refused()))).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert_eq!(names(&db).await, ["kept"]);
    }

    async fn a_failing_job_takes_nothing_of_its_batch_with_it(db) {
        create(&db).await;
        let jobs = (0..200).map(|id| {
            let db = db.clone();
            tokio::spawn(async move {
                db.write(move |tx| {
                    insert(tx, id, &id.to_string())?;
                    match id % 4 {
                        1 => Err(refused()),
                        2 => panic!("as the test wants"),
                        _ => Ok(()),
                    }
                })
                .await
            })
        });
        for (id, job) in jobs.collect::<Vec<_>>().into_iter().enumerate() {
            let kind = job.await.unwrap().map_err(|error| error.kind());
            assert_eq!(kind, [Ok(()), Err(ErrorKind::NotFound), Err(ErrorKind::Internal), Ok(())][id % 4]);
        }
        let kept: Vec<_> = (0..200).filter(|id| [0, 3].contains(&(id % 4))).map(|id| id.to_string()).collect();
        assert_eq!(names(&db).await, kept);
    }

    async fn a_broken_uniqueness_is_a_conflict(db) {
        create(&db).await;
        db.write(|tx| insert(tx, 1, "first")).await.unwrap();
        let error = db.write(|tx| insert(tx, 1, "second")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conflict);
        assert!(error.context().unwrap().contains("test.insert"), "{error:?}");
        assert_eq!(names(&db).await, ["first"]);
    }

    async fn a_body_cannot_go_on_after_a_failed_statement(db) {
        create(&db).await;
        let error = db
            .write(|tx| {
                insert(tx, 1, "first")?;
                assert!(insert(tx, 1, "again").is_err());
                assert!(insert(tx, 2, "more").is_err());
                Ok(())
            })
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Internal);
        assert_eq!(names(&db).await, [""; 0]);
    }

    async fn concurrent_writers_lose_no_update(db) {
        create(&db).await;
        db.write(|tx| insert(tx, 1, "counter")).await.unwrap();
        let writers = (0..16).map(|_| {
            let db = db.clone();
            tokio::spawn(async move {
                for _ in 0..25 {
                    assert_eq!(db.write(|tx| tx.execute(ADD, &args![1])).await.unwrap(), 1);
                }
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.unwrap();
        }
        assert_eq!(count(&db, 1).await, 400);
    }

    async fn every_type_comes_back_as_it_went(db) {
        const TYPES: Sql = sql!("test.types", "
            INSERT INTO item (id, name, is_new, weight, count) VALUES ($1, $2, $3, $4, $5)
            RETURNING id, name, is_new, weight, count");
        create(&db).await;
        let text = "Ünïcödé 😀 'quoted' \u{1}";
        db.write(move |tx| {
            tx.query_one(TYPES, &args![i64::MIN, text, true, -0.5, None::<i64>], |row| {
                assert_eq!(row.get::<i64>(0)?, i64::MIN);
                assert_eq!(row.get::<String>(1)?, text);
                assert_eq!(row.get::<Option<bool>>(2)?, Some(true));
                assert_eq!(row.get::<f64>(3)?, -0.5);
                assert_eq!(row.get::<Option<i64>>(4)?, None);
                Ok(())
            })
        })
        .await
        .unwrap();
    }

    async fn a_wrong_type_or_count_names_its_statement(db) {
        create(&db).await;
        db.write(|tx| insert(tx, 1, "text")).await.unwrap();
        let error = db.read(|tx| tx.query(NAMES, &[], |row| row.get::<i64>(0))).await.unwrap_err();
        assert_eq!(error.context(), Some("statement test.names: column 0 is text, not i64"));
        let error = db.read(|tx| tx.query(NAMES, &[], |row| row.get::<String>(1))).await.unwrap_err();
        assert!(error.context().unwrap().contains("column 1 is missing"), "{error:?}");
        let error = db.read(|tx| tx.query(NAMES, &args![1], |row| row.get::<String>(0))).await.unwrap_err();
        assert_eq!(error.context(), Some("statement test.names takes 0 arguments, not 1"));
    }

    async fn text_with_nul_is_refused_alike(db) {
        create(&db).await;
        let error = db.write(|tx| insert(tx, 1, "a\0b")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid);
    }

    async fn a_read_cannot_write(db) {
        create(&db).await;
        assert!(db.read(|tx| insert(tx, 1, "no")).await.is_err());
        assert_eq!(names(&db).await, [""; 0]);
    }

    async fn many_rows_and_long_lists_go_in_few_statements(db) {
        const IN: Sql = sql!("test.in", "SELECT id FROM item WHERE count = $1 AND id IN ({in}) ORDER BY id");
        const DELETE: Sql = sql!("test.delete_in", "DELETE FROM item WHERE id IN ({in})");
        const RENAME: Sql = sql!("test.rename", "
            UPDATE item SET name = v.column2, count = $1 FROM (VALUES {rows int, text}) AS v
            WHERE item.id = v.column1 RETURNING item.id");
        create(&db).await;
        db.write(|tx| {
            let rows: Vec<_> = (0..1_000_i64).map(|id| args![id, "row", 7]).collect();
            assert_eq!(tx.execute_rows(ROWS, &[], &rows)?, 1_000);
            let list: Vec<Arg> = (0..700_i64).map(|id| Arg::Int(id * 2)).collect();
            let found = tx.query_in(IN, &args![7], &list, |row| row.get::<i64>(0))?;
            assert_eq!(found, (0..500).map(|id| id * 2).collect::<Vec<_>>());
            assert_eq!(tx.query_in(IN, &args![7], &[], |row| row.get::<i64>(0))?, [0_i64; 0]);
            let renamed = tx.query_rows(RENAME, &args![8], &[args![1, "one"], args![3, "three"]], |row| row.get::<i64>(0))?;
            assert_eq!(renamed, [1, 3]);
            assert_eq!(tx.execute_in(DELETE, &[], &list)?, 500);
            Ok(())
        })
        .await
        .unwrap();
        let names = names(&db).await;
        assert_eq!((names.len(), &*names[0], &*names[1], &*names[2]), (500, "one", "three", "row"));
    }

    async fn a_round_takes_each_answer_to_its_place(db) {
        const NAMED: Sql = sql!("test.of", "SELECT item.id, item.name FROM {of item.id} WHERE item.count = $1");
        const HEAVY: Sql = sql!("test.heavy", "SELECT id FROM item WHERE count = $1 AND id IN ({in}) ORDER BY id");
        const BROKEN: Sql = sql!("test.broken", "SELECT id FROM item WHERE no_such_column IN ({in})");
        create(&db).await;
        db.write(|tx| {
            let rows: Vec<_> = (0..1_000_i64).map(|id| args![id, id.to_string(), id % 2]).collect();
            tx.execute_rows(ROWS, &[], &rows).map(drop)
        })
        .await
        .unwrap();
        // Sizes on both sides of what one statement takes on SQLite, which are filled up with what must find nothing.
        for size in [0, 1, 3, 49, 50, 51, 600_i64] {
            let list: Arc<[Arg]> = (0..size).map(Arg::from).collect();
            let (named, heavy) = db
                .read(move |tx| {
                    let (mut named, mut heavy) = (Vec::new(), Vec::new());
                    let mut round = Round::default();
                    round.add(NAMED, &args![1], &list, &mut named, |row| Ok((row.get(0)?, row.get(1)?)));
                    round.add(HEAVY, &args![0], &list, &mut heavy, |row| row.get::<i64>(0));
                    tx.ask(round)?;
                    named.sort();
                    Ok((named, heavy))
                })
                .await
                .unwrap();
            let odd: Vec<(i64, String)> = (0..size).filter(|id| id % 2 == 1).map(|id| (id, id.to_string())).collect();
            assert_eq!((named, heavy), (odd, (0..size).filter(|id| id % 2 == 0).collect()), "{size}");
        }

        let list: Arc<[Arg]> = [Arg::Int(1)].into();
        let error = db
            .read(move |tx| {
                let mut found = [Vec::new(), Vec::new(), Vec::new()];
                let [one, two, three] = &mut found;
                let mut round = Round::default();
                round.add(NAMED, &args![1], &list, one, |row| row.get::<i64>(0));
                round.add(BROKEN, &[], &list, two, |row| row.get::<i64>(0));
                round.add(HEAVY, &args![0], &list, three, |row| row.get::<i64>(0));
                tx.ask(round)
            })
            .await
            .unwrap_err();
        assert!(error.context().unwrap().contains("statement test.broken"), "{error:?}");
    }

    async fn a_read_sees_one_moment(db) {
        create(&db).await;
        db.write(|tx| insert(tx, 1, "counter")).await.unwrap();
        let (reader, gate) = (db.clone(), Arc::new(Barrier::new(2)));
        let inside = gate.clone();
        let reading = tokio::spawn(async move {
            reader
                .read(move |tx| {
                    let before: i64 = tx.query_one(COUNT, &args![1], |row| row.get(0))?;
                    inside.wait();
                    inside.wait();
                    Ok((before, tx.query_one(COUNT, &args![1], |row| row.get::<i64>(0))?))
                })
                .await
        });
        let wait = |gate: Arc<Barrier>| tokio::task::spawn_blocking(move || gate.wait());
        wait(gate.clone()).await.unwrap();
        db.write(|tx| tx.execute(ADD, &args![1])).await.unwrap();
        wait(gate).await.unwrap();
        assert_eq!(reading.await.unwrap().unwrap(), (0, 0));
        assert_eq!(count(&db, 1).await, 1);
    }

    async fn listeners_hear_committed_notices_only(db) {
        create(&db).await;
        let mut listener = db.listen("test");
        assert_eq!(listener.recv().await, Wake::Missed);
        db.write(|tx| tx.notify("test", "lost").and_then(|()| Err::<(), _>(refused()))).await.unwrap_err();
        db.write(|tx| tx.notify("elsewhere", "other")).await.unwrap();
        db.write(|tx| insert(tx, 1, "row").and_then(|_| tx.notify("test", "kept"))).await.unwrap();
        assert_eq!(listener.recv().await, Wake::Payload("kept".into()));
        assert_eq!(names(&db).await, ["row"]);
    }

    async fn a_closed_database_is_unavailable(db) {
        create(&db).await;
        db.close().await;
        assert_eq!(db.write(|tx| insert(tx, 1, "late")).await.unwrap_err().kind(), ErrorKind::Unavailable);
        assert_eq!(db.read(|_| Ok(())).await.unwrap_err().kind(), ErrorKind::Unavailable);
    }

    async fn two_that_wait_for_each_other_both_succeed(db) {
        create(&db).await;
        db.write(|tx| insert(tx, 1, "one").and_then(|_| insert(tx, 2, "two"))).await.unwrap();
        let attempts = Arc::new(AtomicU32::new(0));
        let transfer = |first: i64, second: i64| {
            let (db, attempts) = (db.clone(), attempts.clone());
            tokio::spawn(async move {
                db.write(move |tx| {
                    tx.execute(ADD, &args![first])?;
                    // On SQLite the other one cannot be inside as well; there nobody waits for it.
                    if attempts.fetch_add(1, Ordering::SeqCst) < 2 && tx.engine() == store::db::Engine::Postgres {
                        while attempts.load(Ordering::SeqCst) < 2 {
                            std::thread::yield_now();
                        }
                    }
                    tx.execute(ADD, &args![second])
                })
                .await
            })
        };
        let (one, other) = (transfer(1, 2), transfer(2, 1));
        assert_eq!((one.await.unwrap().unwrap(), other.await.unwrap().unwrap()), (1, 1));
        assert_eq!((count(&db, 1).await, count(&db, 2).await), (2, 2));
        let expected = if db.engine() == store::db::Engine::Postgres { 3 } else { 2 };
        assert_eq!(attempts.load(Ordering::SeqCst), expected);
    }

    async fn migrating_again_changes_nothing(db) {
        db.migrate().await.unwrap();
        let (one, other) = tokio::join!(db.migrate(), db.migrate());
        one.and(other).unwrap();
    }
}

async fn count(db: &Db, id: i64) -> i64 {
    db.read(move |tx| tx.query_one(COUNT, &args![id], |row| row.get(0))).await.unwrap()
}
