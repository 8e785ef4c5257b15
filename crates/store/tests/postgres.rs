//! What holds on PostgreSQL alone: lost connections, and schemas that change under prepared statements.
#![cfg(test)]

use std::time::Duration;

use model::ErrorKind;
use store::{
    args,
    db::{Db, Options, Sql, Tx, Wake, postgres_commands},
    sql,
};
use testkit::{TestApp, TestDb, run};

const CREATE: Sql = sql!("test.create", "CREATE TABLE item (id BIGINT PRIMARY KEY)");
const INSERT: Sql = sql!("test.insert", "INSERT INTO item (id) VALUES ($1)");
const ALL: Sql = sql!("test.all", "SELECT * FROM item");

async fn end_all_connections(db: &TestDb) {
    let command = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                   WHERE datname = current_database() AND pid <> pg_backend_pid()";
    postgres_commands(db.url(), &[command.to_owned()]).await.unwrap();
}

#[test]
fn lost_connections_are_made_anew() {
    run(async {
        let db = TestDb::postgres().await;
        db.write(|tx| tx.execute(CREATE, &[])).await.unwrap();
        for id in 0..5_i64 {
            end_all_connections(&db).await;
            db.write(move |tx| tx.execute(INSERT, &args![id])).await.unwrap();
            end_all_connections(&db).await;
            let found = db.read(|tx| tx.query(ALL, &[], |row| row.get::<i64>(0))).await.unwrap();
            assert_eq!(found, (0..=id).collect::<Vec<_>>());
        }
    });
}

#[test]
fn a_connection_lost_inside_a_transaction_runs_it_again() {
    run(async {
        const END: Sql = sql!("test.end", "SELECT CAST(pg_terminate_backend(pg_backend_pid()) AS TEXT)");
        let db = TestDb::postgres().await;
        db.write(|tx| tx.execute(CREATE, &[])).await.unwrap();
        let attempts = std::sync::atomic::AtomicU32::new(0);
        db.write(move |tx| {
            tx.execute(INSERT, &args![1])?;
            match attempts.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
                0 => tx.execute(END, &[]),
                _ => Ok(1),
            }
        })
        .await
        .unwrap();
        assert_eq!(db.read(|tx| tx.query(ALL, &[], |row| row.get::<i64>(0))).await.unwrap(), [1]);
    });
}

#[test]
fn listeners_hear_of_a_lost_connection() {
    run(async {
        let db = TestDb::postgres().await;
        let mut listener = db.listen("test");
        assert_eq!(listener.recv().await, Wake::Missed);
        end_all_connections(&db).await;
        assert_eq!(listener.recv().await, Wake::Missed);
        db.write(|tx| tx.notify("test", "again")).await.unwrap();
        assert_eq!(listener.recv().await, Wake::Payload("again".into()));
    });
}

#[test]
fn a_changed_table_needs_no_restart() {
    run(async {
        let db = TestDb::postgres().await;
        let other = Db::open(db.url(), Options::default()).await.unwrap();
        db.write(|tx| tx.execute(CREATE, &[])).await.unwrap();
        db.read(|tx| tx.query(ALL, &[], |row| row.get::<i64>(0))).await.unwrap();
        const ALTER: Sql = sql!("test.alter", "ALTER TABLE item ADD COLUMN name TEXT");
        other.write(|tx| tx.execute(ALTER, &[])).await.unwrap();
        assert_eq!(db.read(|tx| tx.query(ALL, &[], |row| row.get::<i64>(0))).await.unwrap(), [0_i64; 0]);
    });
}

/// How often a search by id read the whole table.
async fn whole_reads(db: &TestDb) -> i64 {
    const FIND: Sql = sql!("test.find", "SELECT id FROM item WHERE id = $1");
    const READS: Sql = sql!("test.reads", "SELECT seq_scan FROM pg_stat_xact_user_tables WHERE relname = 'item'");
    let reads = |tx: &mut Tx| tx.query_one(READS, &[], |row| row.get::<i64>(0));
    let find = move |tx: &mut Tx| {
        // Those of earlier transactions may not have been counted off yet.
        let before = reads(tx)?;
        tx.query(FIND, &args![1], |row| row.get::<i64>(0))?;
        Ok(reads(tx)? - before)
    };
    db.read(find).await.unwrap()
}

#[test]
fn a_plan_from_when_a_table_was_small_is_not_kept() {
    const ANALYZE: Sql = sql!("test.analyze", "ANALYZE item");
    const MANY: Sql = sql!("test.many", "INSERT INTO item (id) SELECT * FROM GENERATE_SERIES(2, 20000)");
    // PostgreSQL plans a statement five times before it keeps a plan.
    const KEPT_AFTER: usize = 6;
    run(async {
        let db = TestDb::postgres().await;
        db.write(|tx| tx.execute(CREATE, &[])).await.unwrap();
        db.write(|tx| tx.execute(INSERT, &args![1])).await.unwrap();
        db.write(|tx| tx.execute(ANALYZE, &[])).await.unwrap();
        for _ in 0..KEPT_AFTER {
            assert_eq!(whole_reads(&db).await, 1);
        }
        db.write(|tx| tx.execute(MANY, &[])).await.unwrap();
        let by_index = async { while whole_reads(&db).await > 0 {} };
        tokio::time::timeout(Duration::from_secs(20), by_index).await.unwrap();
    });
}

#[test]
fn an_address_without_a_server_is_unavailable_and_does_not_print_the_password() {
    run(async {
        let options = Options { connect_timeout: Duration::from_secs(1), ..Options::default() };
        let error = Db::open("postgres://me:geheim@127.0.0.1:1/db", options.clone()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable);
        assert!(!format!("{error:?}").contains("geheim"));
        let error = Db::open("postgres://me:geheim@host:port/db", options).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid);
        assert!(!format!("{error:?}").contains("geheim"));
    });
}

/// PostgreSQL takes one of two hundred to have a name of which it knows nothing. Looking for the oldest such person in the
/// order of ids would then seem the shorter way, and reads everybody where nobody has it.
#[test]
fn people_are_found_by_what_names_them_among_very_many() {
    const PEOPLE: Sql = sql!(
        "test.people",
        "INSERT INTO contact (id, tenant_id, kind, first_name, last_name, phone, email, telegram_chat_id, telegram_username,
            source, custom, do_not_contact, search_text, created_at, updated_at)
        SELECT DECODE(MD5(CAST(number AS TEXT)), 'hex'), tenant.id, 'PERSON', 'Ada', 'Lovelace', '+4915' || number,
            number || '@example.com', number, 'ada_' || number, 'TELEGRAM', '{}', FALSE, '', 0, 0
        FROM GENERATE_SERIES(1, 20000) AS number CROSS JOIN tenant"
    );
    const ANALYZE: Sql = sql!("test.analyze", "ANALYZE contact");
    const NAMED: [&str; 6] = [
        "contact.by_phone",
        "contact.by_email",
        "contact.by_username",
        "contact.by_telegram_chat_id",
        "contact_duplicate.same_phone",
        "contact_duplicate.same_username",
    ];
    run(async {
        let app = TestApp::start(TestDb::postgres().await).await;
        app.app.db.write(|tx| tx.execute(PEOPLE, &[])).await.unwrap();
        app.app.db.write(|tx| tx.execute(ANALYZE, &[])).await.unwrap();
        for name in NAMED {
            let sql = store::statements().into_iter().find(|sql| sql.name() == name).unwrap();
            let plan = app.app.db.plan(sql).await.unwrap().text;
            assert!(plan.contains("Index Cond: ((tenant_id = $1) AND "), "{name}:\n{plan}");
        }
    });
}
