//! What goes wrong outside: a full disk, a database that goes away, a Bot API that answers nonsense. Nothing that was
//! acknowledged is lost.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Value, json};
use testkit::{TestDb, db_test};

use super::{
    crash::{hook, update},
    postgres::Cluster,
    service::Service,
    world::{World, client, until},
};

/// A file system of a few megabytes, which only root can make.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// None, with a word about it, where we may not.
    #[expect(clippy::print_stderr, reason = "what a test leaves out must be seen")]
    fn mount(folder: &Path) -> Option<Self> {
        std::fs::create_dir_all(folder).unwrap();
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", "size=24m,mode=0700", "tmpfs"]).arg(folder).status();
        if mounted.is_ok_and(|status| status.success()) {
            return Some(Self(folder.to_owned()));
        }
        eprintln!("the full disk is not tested: only root can make a small file system");
        None
    }

    /// Takes all that is left of it.
    fn fill(&self) -> PathBuf {
        let path = self.0.join("filler");
        let mut file = std::fs::File::create(&path).unwrap();
        while file.write_all(&[0; 4_096]).is_ok() {}
        path
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: the server may still have its files open when a test fails.
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

/// Delivers one Update once; answers the status.
async fn deliver(url: &str, secret: &str, update: &Value) -> u16 {
    let request = client().post(url).header("X-Telegram-Bot-Api-Secret-Token", secret).json(update);
    request.send().await.map_or(0, |answer| answer.status().as_u16())
}

#[tokio::test]
async fn a_full_disk_loses_nothing_that_was_acknowledged() {
    let folder = tempfile::TempDir::with_prefix("jina-connect-disk-").unwrap();
    let Some(disk) = SmallDisk::mount(&folder.path().join("data")) else { return };
    let world = World::start().await;
    let path = disk.0.display().to_string();
    let url = format!("sqlite://{path}/jina-connect.db");
    let settings = [("DATA_DIR", path.as_str()), ("DATABASE_URL", url.as_str())];
    let mut service = Service::start(&TestDb::sqlite().await, &world, &settings).await;
    let bot = service.bot(4601, None, 1000).await;
    let (url, secret) = hook(&world, &service, 4601, &bot).await;
    assert_eq!(deliver(&url, &secret, &update(1, 700, 1)).await, 200);

    let filler = disk.fill();
    let (mut acknowledged, mut refused) = (1, None);
    for number in 2..=20_000 {
        match deliver(&url, &secret, &update(number, 700, number)).await {
            200 => acknowledged += 1,
            status => {
                refused = Some((number, status));
                break;
            }
        }
    }
    let (number, status) = refused.expect("the disk was never full");
    assert_eq!(status, 503);
    let (status, problem) = service.post("/contacts/", json!({"first_name": "Ada"})).await;
    assert_eq!((status, problem["code"].as_str()), (503, Some("unavailable")), "{problem}");
    assert!(service.log().contains("disk is full"), "{}", service.log());

    std::fs::remove_file(filler).unwrap();
    until("the refused Update is taken", || async {
        deliver(&url, &secret, &update(number, 700, number)).await == 200
    })
    .await;
    until("everything is processed", || async {
        service.count("/telegram/v1/webhook-events/?status=PROCESSED").await == acknowledged + 1
    })
    .await;
    service.kill();
    service.launch().await;
    assert_eq!(service.count("/telegram/v1/webhook-events/").await, acknowledged + 1);
    assert_eq!(service.count("/team-inbox/api/messages/").await, acknowledged + 1);
    drop(service);
}

#[tokio::test]
async fn postgres_may_stop_and_start_again() {
    let mut cluster = Cluster::start();
    let world = World::start().await;
    let settings = [("DATABASE_URL", cluster.url.as_str()), ("TELEGRAM_RATE_LIMIT", "100/s")];
    let service = Service::start(&TestDb::sqlite().await, &world, &settings).await;
    let bot = service.bot(4602, None, 1000).await;
    let (url, secret) = hook(&world, &service, 4602, &bot).await;
    let ada = world.person("Ada", 4602).await;
    until("Ada is known", || async { service.count("/contacts/").await == 1 }).await;
    let (status, _) = service.post("/telegram/v1/messages/", json!({"chat_id": ada, "text": "before"})).await;
    assert_eq!(status, 202);
    until("it arrived", || async { world.received().await.get(&ada) == Some(&1) }).await;
    let events = service.count("/telegram/v1/webhook-events/").await;

    cluster.stop();
    assert_eq!(deliver(&url, &secret, &update(900, 701, 1)).await, 503);
    assert_eq!(service.call(reqwest::Method::GET, "/readyz", None).await.0, 503);
    assert_eq!(service.call(reqwest::Method::GET, "/healthz", None).await.0, 200);
    let (status, problem) = service.post("/telegram/v1/messages/", json!({"chat_id": ada, "text": "meanwhile"})).await;
    assert_eq!((status, problem["code"].as_str()), (503, Some("unavailable")), "{problem}");

    cluster.go_on();
    until("the refused Update is taken", || async { deliver(&url, &secret, &update(900, 701, 1)).await == 200 }).await;
    until("it is processed", || async {
        service.count("/telegram/v1/webhook-events/?status=PROCESSED").await == events + 1
    })
    .await;
    let (status, _) = service.post("/telegram/v1/messages/", json!({"chat_id": ada, "text": "after"})).await;
    assert_eq!(status, 202);
    until("it arrived too", || async { world.received().await.get(&ada) == Some(&2) }).await;
}

db_test! {
    async fn a_bot_api_that_answers_nonsense_loses_nothing(db) {
        let world = World::start().await;
        let settings = [("TELEGRAM_REQUEST_TIMEOUT", "1"), ("TELEGRAM_RATE_LIMIT", "100/s"), ("TELEGRAM_MAX_RETRIES", "8")];
        let service = Service::start(&db, &world, &settings).await;
        service.bot(4603, None, 1000).await;
        let faults = [
            json!({"kind": "hang"}),
            json!({"kind": "html_502", "times": 2}),
            json!({"kind": "null_fields"}),
            json!({"kind": "unknown_fields"}),
            json!({"kind": "lost_answer"}),
            json!({"kind": "reset"}),
            json!({"kind": "throttle", "retry_after": 1}),
            json!({"kind": "status", "code": 500, "description": "Internal Server Error"}),
        ];
        let first = 9_500;
        let count = i64::try_from(faults.len()).unwrap();
        world.post("users/bulk", json!({"count": count, "start_with": 4603, "silent": true, "first_id": first})).await;
        for (chat, mut fault) in (first..).zip(faults) {
            fault["method"] = json!("sendMessage");
            fault["chat_id"] = json!(chat);
            fault["times"] = fault.get("times").cloned().unwrap_or(json!(1));
            world.post("faults", fault).await;
            let (status, sent) = service.post("/telegram/v1/messages/", json!({"chat_id": chat, "text": "hello"})).await;
            assert_eq!(status, 202, "{sent}");
        }
        until("everything is sent", || async { service.count("/telegram/v1/messages/?status=SENT").await == count }).await;
        let received = world.received().await;
        for chat in first..first + count {
            assert!(received.get(&chat).is_some_and(|times| (1..=2).contains(times)), "{chat}: {received:?}");
        }
        let doubled = received.values().filter(|times| **times == 2).count();
        assert!(doubled <= 3, "only a lost answer may double: {received:?}");
    }
}
