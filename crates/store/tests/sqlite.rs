//! What holds on SQLite alone: other processes, full disks, full queues, backups.
#![cfg(test)]

use std::{
    sync::mpsc,
    time::{Duration, Instant},
};

use model::ErrorKind;
use store::{
    args,
    db::{Db, Options, Sql},
    sql,
};
use testkit::{TestDb, run};

const CREATE: Sql = sql!("test.create", "CREATE TABLE item (id INTEGER PRIMARY KEY, body BLOB)");
const INSERT: Sql = sql!("test.insert", "INSERT INTO item (body) VALUES ($1)");
const COUNT: Sql = sql!("test.count", "SELECT COUNT(*) FROM item");

async fn database() -> TestDb {
    let db = TestDb::sqlite().await;
    db.write(|tx| tx.execute(CREATE, &[])).await.unwrap();
    db
}

/// The same file, as another process has it.
async fn another(db: &TestDb, change: impl FnOnce(&mut Options)) -> Db {
    let mut options = Options { readers: 1, ..Options::default() };
    change(&mut options);
    Db::open(db.url(), options).await.unwrap()
}

async fn insert(db: &Db, bytes: usize) -> model::Result<u64> {
    db.write(move |tx| tx.execute(INSERT, &args![vec![7; bytes]])).await
}

async fn count(db: &Db) -> i64 {
    db.read(|tx| tx.query_one(COUNT, &[], |row| row.get(0))).await.unwrap()
}

/// Keeps the writer of `db` inside a transaction until the sender is dropped.
async fn occupy(db: &Db) -> (mpsc::Sender<()>, tokio::task::JoinHandle<()>) {
    let (release, released) = mpsc::channel::<()>();
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let (db, released, begun) = (db.clone(), std::sync::Mutex::new(released), std::sync::Mutex::new(Some(begun)));
    let job = tokio::spawn(async move {
        let body = move |_: &mut store::db::Tx| {
            if let Some(begun) = begun.lock().unwrap().take() {
                begun.send(()).unwrap();
            }
            let _ = released.lock().unwrap().recv();
            Ok(())
        };
        db.write(body).await.unwrap();
    });
    has_begun.await.unwrap();
    (release, job)
}

#[test]
fn another_process_that_writes_is_waited_for_and_then_unavailable() {
    run(async {
        let db = database().await;
        let hasty = another(&db, |options| options.lock_timeout = Duration::from_millis(50)).await;
        let patient = another(&db, |_| ()).await;
        let (release, job) = occupy(&db).await;
        assert_eq!(insert(&hasty, 1).await.unwrap_err().kind(), ErrorKind::Unavailable);
        assert_eq!(count(&hasty).await, 0);
        let waiting = tokio::spawn(async move { insert(&patient, 1).await });
        drop(release);
        job.await.unwrap();
        waiting.await.unwrap().unwrap();
        insert(&hasty, 1).await.unwrap();
        assert_eq!(count(&db).await, 2);
    });
}

#[test]
fn a_full_queue_turns_callers_away() {
    run(async {
        let db = database().await;
        let small = another(&db, |options| {
            options.queue_max = 1;
            options.queue_wait = Duration::from_millis(20);
        })
        .await;
        let (release, job) = occupy(&small).await;
        let queued = tokio::spawn({
            let small = small.clone();
            async move { insert(&small, 1).await }
        });
        let refused = loop {
            match tokio::time::timeout(Duration::from_millis(100), insert(&small, 1)).await {
                Ok(outcome) => break outcome.unwrap_err(),
                // It took the place before the first one came; dropped, it leaves the place taken all the same.
                Err(_) => continue,
            }
        };
        assert_eq!(refused.kind(), ErrorKind::Unavailable);
        drop(release);
        job.await.unwrap();
        let _ = queued.await.unwrap();
        insert(&small, 1).await.unwrap();
    });
}

#[test]
fn a_full_disk_is_unavailable_and_heals() {
    run(async {
        const LIMIT: Sql = sql!("test.limit", "PRAGMA max_page_count = 400");
        const LIFT: Sql = sql!("test.lift", "PRAGMA max_page_count = 4294967294");
        let db = database().await;
        db.write(|tx| tx.query(LIMIT, &[], |_| Ok(()))).await.unwrap();
        let error = insert(&db, 4_000_000).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable, "{error:?}");
        assert_eq!(count(&db).await, 0);
        db.write(|tx| tx.query(LIFT, &[], |_| Ok(()))).await.unwrap();
        insert(&db, 4_000_000).await.unwrap();
        assert_eq!(count(&db).await, 1);
    });
}

#[test]
fn one_process_serves_from_a_file() {
    run(async {
        let db = database().await;
        let second = another(&db, |_| ()).await;
        let lock = db.lock_for_serving().unwrap();
        let refused = second.lock_for_serving().unwrap_err();
        assert_eq!((refused.kind(), refused.code()), (ErrorKind::Conflict, "already_serving"));
        insert(&second, 1).await.unwrap();
        drop(lock);
        second.lock_for_serving().unwrap();
    });
}

#[test]
fn a_backup_is_whole_while_others_write() {
    run(async {
        let db = database().await;
        for _ in 0..20 {
            insert(&db, 100_000).await.unwrap();
        }
        let folder = std::path::Path::new(db.url().strip_prefix("sqlite://").unwrap()).parent().unwrap();
        let target = folder.join("backup.db");
        let backup = db.backup_to(&target);
        let writes = async {
            for _ in 0..20 {
                insert(&db, 1).await.unwrap();
            }
        };
        let (backup, ()) = tokio::join!(backup, writes);
        backup.unwrap();
        let copy = Db::open(&format!("sqlite://{}", target.display()), Options::default()).await.unwrap();
        assert!((20..=40).contains(&count(&copy).await));
        assert_eq!(db.backup_to(&target).await.unwrap_err().kind(), ErrorKind::Conflict);
    });
}

#[test]
fn the_log_stays_bounded_under_steady_load() {
    run(async {
        let db = database().await;
        let began = Instant::now();
        // Three times what the log may hold, without a pause in which the copier could catch up.
        for _ in 0..200 {
            insert(&db, 1_000_000).await.unwrap();
        }
        let log = format!("{}-wal", db.url().strip_prefix("sqlite://").unwrap());
        let bytes = std::fs::metadata(&log).unwrap().len();
        assert!(bytes < 100_000_000, "{bytes} bytes of log after {:?}", began.elapsed());
    });
}

#[test]
fn closing_leaves_one_file() {
    run(async {
        let db = database().await;
        insert(&db, 1).await.unwrap();
        db.close().await;
        let path = db.url().strip_prefix("sqlite://").unwrap();
        assert!(!std::path::Path::new(&format!("{path}-wal")).exists());
        let again = another(&db, |_| ()).await;
        assert_eq!(count(&again).await, 1);
    });
}
