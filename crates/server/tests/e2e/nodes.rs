//! Several nodes on one PostgreSQL lose each other in every way, and nobody gets a message twice.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use model::{Id, bot::Bot};
use reqwest::Method;
use serde_json::{Value, json};
use store::{
    db::{Db, Options},
    deliveries,
};
use testkit::TestDb;
use tokio::time::Instant;

use super::{
    limits::fullest,
    postgres,
    service::Service,
    world::{World, until, until_within},
};

const BIG: i64 = 5_000;
const BIG_RATE: usize = 500;
const BIG_PEOPLE: i64 = 20_000;
const SMALL: std::ops::Range<i64> = 5_001..5_201;
const SMALL_RATE: usize = 20;
const SMALL_PEOPLE: i64 = 15;

/// Calls of one bot at a time: so many may be lost with a node.
const IN_FLIGHT_MAX: i64 = 128;

/// Much longer than a lease and all that others wait for.
const ASLEEP: Duration = Duration::from_secs(30);
const TAKE_OVER_MAX: Duration = Duration::from_secs(10);

/// For what tens of thousands of people have to do with.
const LONG: Duration = Duration::from_secs(420);

/// Three nodes with a broadcast under way through one big bot and many small ones.
struct Cluster {
    postgres: postgres::Cluster,
    db: Db,
    world: World,
    nodes: Vec<Service>,
    big: Id<Bot>,
    broadcast: String,
    /// The node that is asked how things are.
    asked: usize,
}

impl Cluster {
    async fn start() -> Self {
        let postgres = postgres::Cluster::start();
        let world = World::start().await;
        let settings = [("DATABASE_URL", postgres.url.as_str()), ("TELEGRAM_CHAT_RATE_LIMIT", "20/s")];
        let first = Service::start(&TestDb::sqlite().await, &world, &settings).await;
        let db = Db::open(&postgres.url, Options::default()).await.unwrap();
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
        until_within(LONG, "everybody is a contact", || async { last.count("/contacts/").await == total }).await;
        let body = json!({"name": "Sale", "platform": "TELEGRAM", "message_text": "Hi", "select_all": true});
        let (status, made) = last.post("/broadcast/", body).await;
        assert_eq!(status, 201, "{made}");
        let broadcast = format!("/broadcast/{}/", made["id"].as_str().unwrap());
        Self { postgres, db, world, nodes, big, broadcast, asked: 2 }
    }

    /// The broadcast as the asked node sees it; null while that one has lost its database.
    async fn now(&self) -> Value {
        let (status, now) = self.nodes[self.asked].call(Method::GET, &self.broadcast, None).await;
        if status == 200 { now } else { Value::Null }
    }

    async fn until_sent(&self, share: i64) {
        until("some more were sent", || async { self.now().await["sent"].as_i64() >= Some(BIG_PEOPLE * share / 100) })
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

    /// Somebody goes on sending for the big bot in time.
    async fn goes_on(&self, since: Instant) {
        let seen = self.world.get("calls?limit=0").await["total"].clone();
        let path = format!("calls?method=sendMessage&bot={BIG}&since={seen}&limit=1");
        while self.world.get(&path).await["calls"] == json!([]) {
            assert!(since.elapsed() < TAKE_OVER_MAX, "nobody took over within {TAKE_OVER_MAX:?}");
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    }

    async fn restart_database(&mut self) {
        self.postgres.stop();
        tokio::time::sleep(Duration::from_secs(3)).await;
        self.postgres.go_on();
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

        until_within(LONG, "nobody is pending", || async {
            let now = cluster.now().await;
            !now["total"].is_null() && now["pending"] == 0
        })
        .await;
        cluster.check().await;
        let names: HashSet<String> = cluster.all_known().await;
        assert_eq!(names.len(), 3, "{names:?}");
    });
}
