//! Several nodes on one PostgreSQL lose each other in every way, and nobody gets a message twice.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use model::{Id, bot::Bot};
use serde_json::{Value, json};
use store::{db::postgres_commands, deliveries};
use testkit::TestDb;
use tokio::time::Instant;

use super::{
    limits::fullest,
    service::Service,
    world::{World, until},
};

const BIG: i64 = 5_000;
const BIG_RATE: usize = 500;
const BIG_PEOPLE: i64 = 2_000;
const SMALL: std::ops::Range<i64> = 5_001..5_021;
const SMALL_RATE: usize = 20;
const SMALL_PEOPLE: i64 = 15;

/// Calls of one bot at a time: so many may be lost with a node.
const IN_FLIGHT_MAX: i64 = 128;

/// Longer than a lease and all that others wait for.
const ASLEEP: Duration = Duration::from_secs(9);
const TAKE_OVER_MAX: Duration = Duration::from_secs(10);

/// Three nodes with a broadcast under way through one big bot and many small ones.
struct Cluster {
    db: TestDb,
    world: World,
    nodes: Vec<Service>,
    big: Id<Bot>,
    broadcast: String,
    /// The node that is asked how things are.
    asked: usize,
}

impl Cluster {
    async fn start() -> Self {
        let db = TestDb::postgres().await;
        let world = World::start().await;
        let first = Service::start(&db, &world, &[("TELEGRAM_CHAT_RATE_LIMIT", "20/s")]).await;
        let nodes = vec![first.another().await, first.another().await, first];
        let last = &nodes[2];
        let big = last.bot(BIG, Some(&format!("{BIG_RATE}/s")), 100_000).await.parse().unwrap();
        world.post("users/bulk", json!({"count": BIG_PEOPLE, "start_with": BIG, "first_id": 100_000})).await;
        for bot in SMALL {
            last.bot(bot, Some(&format!("{SMALL_RATE}/s")), 1_000).await;
            let people = json!({"count": SMALL_PEOPLE, "start_with": bot, "first_id": 200_000 + (bot - BIG) * 100});
            world.post("users/bulk", people).await;
        }
        let total = BIG_PEOPLE + SMALL_PEOPLE * (SMALL.end - SMALL.start);
        until("everybody is a contact", || async { last.count("/contacts/").await == total }).await;
        let body = json!({"name": "Sale", "platform": "TELEGRAM", "message_text": "Hi", "select_all": true});
        let (status, made) = last.post("/broadcast/", body).await;
        assert_eq!(status, 201, "{made}");
        let broadcast = format!("/broadcast/{}/", made["id"].as_str().unwrap());
        Self { db, world, nodes, big, broadcast, asked: 2 }
    }

    async fn now(&self) -> Value {
        self.nodes[self.asked].get(&self.broadcast).await
    }

    async fn until_sent(&self, share: i64) {
        until("some more were sent", || async {
            self.now().await["sent"].as_i64().unwrap() >= BIG_PEOPLE * share / 100
        })
        .await;
    }

    /// The node that sends for the big bot, about to come to harm: from now on another one is asked.
    async fn victim(&mut self) -> usize {
        let big = self.big;
        let mut victim = None;
        until("somebody sends for the big bot", || async {
            self.db.read(move |tx| deliveries::owner(tx, big)).await.unwrap().is_some()
        })
        .await;
        let owner = self.db.read(move |tx| deliveries::owner(tx, big)).await.unwrap();
        for (index, node) in self.nodes.iter().enumerate() {
            if node.health().await["id"].as_str() == owner.as_deref() {
                victim = Some(index);
            }
        }
        let victim = victim.expect("the owner is one of the three");
        self.asked = (victim + 1) % self.nodes.len();
        victim
    }

    async fn sent_by_big(&self) -> usize {
        self.world.calls("sendMessage").await.iter().filter(|call| call["bot"] == BIG).count()
    }

    /// Somebody goes on sending for the big bot in time.
    async fn goes_on(&self, since: Instant) {
        let before = self.sent_by_big().await;
        while self.sent_by_big().await == before {
            assert!(since.elapsed() < TAKE_OVER_MAX, "nobody took over within {TAKE_OVER_MAX:?}");
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    }

    /// What a restart of PostgreSQL is to its clients, without taking it from other tests.
    async fn restart_database(&self) {
        let cluster = std::env::var("TEST_DATABASE_URL").unwrap();
        let name = self.db.url().split('?').next().unwrap().rsplit('/').next().unwrap().to_owned();
        let close = format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false");
        let cut = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
        postgres_commands(&cluster, &[close, cut]).await.unwrap();
        tokio::time::sleep(Duration::from_secs(3)).await;
        postgres_commands(&cluster, &[format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true")]).await.unwrap();
    }

    /// Every node that any node knows, itself included.
    async fn all_known(&self) -> HashSet<String> {
        let mut known = HashSet::new();
        for node in &self.nodes {
            let health = node.health().await;
            let others = health["others"].as_array().unwrap().iter().map(|other| other["id"].clone());
            known.extend(others.chain([health["id"].clone()]).map(|id| id.as_str().unwrap().to_owned()));
        }
        known
    }

    async fn check(&self) {
        let calls = self.world.calls("sendMessage").await;
        let mut by_bot: HashMap<i64, Vec<Value>> = HashMap::new();
        for call in calls {
            by_bot.entry(call["bot"].as_i64().unwrap()).or_default().push(call);
        }
        for (bot, calls) in by_bot {
            let rate = if bot == BIG { BIG_RATE } else { SMALL_RATE };
            let fullest = fullest(&calls, 1_000_000);
            assert!(fullest <= rate, "bot {bot} sent {fullest} within a second");
        }
        let ended = self.now().await;
        let received = self.world.received().await;
        assert!(received.values().all(|count| *count == 1), "somebody got it twice");
        let [total, sent, unknown] = ["total", "sent", "unknown"].map(|name| ended[name].as_i64().unwrap());
        assert_eq!(sent + unknown, total, "{ended}");
        assert!(i64::try_from(received.len()).unwrap() >= sent, "{ended}");
        assert!(unknown <= 3 * IN_FLIGHT_MAX, "{ended}");
    }
}

#[test]
fn three_nodes_lose_each_other_and_nobody_gets_it_twice() {
    testkit::run(async {
        let mut cluster = Cluster::start().await;

        cluster.until_sent(10).await;
        let victim = cluster.victim().await;
        cluster.nodes[victim].kill();
        cluster.goes_on(Instant::now()).await;
        cluster.nodes[victim].launch().await;

        cluster.until_sent(30).await;
        let victim = cluster.victim().await;
        cluster.nodes[victim].signal("STOP");
        let asleep = Instant::now();
        cluster.goes_on(asleep).await;
        tokio::time::sleep(ASLEEP.saturating_sub(asleep.elapsed())).await;
        cluster.nodes[victim].signal("CONT");

        cluster.until_sent(50).await;
        let victim = cluster.victim().await;
        assert_eq!(cluster.nodes[victim].stop(), 0);
        cluster.nodes[victim].launch().await;

        cluster.until_sent(65).await;
        cluster.restart_database().await;

        until("nobody is pending", || async {
            let now = cluster.now().await;
            !now["total"].is_null() && now["pending"] == 0
        })
        .await;
        cluster.check().await;
        let names: HashSet<String> = cluster.all_known().await;
        assert_eq!(names.len(), 3, "{names:?}");
    });
}
