//! What a run is like: drawn from its seed, and cut down when a failure is made smaller.

use engine::{delivery::planner::Config, nodes::lease::Terms};
use model::Rate;

use crate::random::Random;

/// Kinds of trouble that can be taken out of a run, one bit each.
pub const CUTS: [(&str, u32); 12] = [
    ("crashes", 1),
    ("freezes", 1 << 1),
    ("database", 1 << 2),
    ("skew", 1 << 3),
    ("429", 1 << 4),
    ("5xx", 1 << 5),
    ("lost answers", 1 << 6),
    ("blocks", 1 << 7),
    ("migrations", 1 << 8),
    ("tokens", 1 << 9),
    ("broadcasts", 1 << 10),
    ("half of the messages", 1 << 11),
];

/// Something broken on purpose, to see that the simulation notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mutation {
    None,
    /// A settlement is reported as written, and is not.
    DropSettle,
    /// Claims and settlements of former owners are admitted.
    SkipFence,
    /// Places are free one window after the request left, not after the answer came.
    CountFromRequest,
    /// A new owner does not ask what the former one left behind.
    ForgetOnCrash,
    /// An owner writes after the end of its lease.
    IgnoreDeadline,
    /// Nodes are buried before their leases can have ended.
    BuryEarly,
    /// A pause is not written down.
    ForgetPause,
}

#[derive(Debug, Clone)]
pub struct Scenario {
    pub nodes: usize,
    pub bots: usize,
    pub chats: i64,
    pub replies: usize,
    pub recipients: usize,
    pub broadcasts: usize,
    pub holds_broadcasts: bool,
    pub daily_limit: i64,
    pub total_rate: Option<Rate>,
    pub config: Config,
    pub terms: Terms,
    /// Trouble is over then, and everything has to come to its end.
    pub calm_at: i64,
    pub starts_at: i64,
    /// Mean times between; 0: never.
    pub crash_every_ms: i64,
    pub freeze_every_ms: i64,
    pub database_every_ms: i64,
    /// Chances in thousandths, per call.
    pub slow: i64,
    pub penalty: i64,
    pub bot_penalty: i64,
    pub burst_5xx: i64,
    pub lost: i64,
    pub unconnected: i64,
    pub rejected: i64,
    pub blocks: i64,
    pub migrations: i64,
    pub revocations: i64,
    pub cancels: i64,
    pub expiries: i64,
    pub skew_ms: i64,
    /// Whether every other broadcast is paid for.
    pub pays: bool,
}

impl Scenario {
    pub fn draw(random: &mut Random, cuts: u32) -> Self {
        let cut = |bit: u32| cuts & bit != 0;
        let mut often = |permille: i64, range| if random.chance(permille) { random.within(range) } else { 0 };
        let (crash_every_ms, freeze_every_ms) = (often(600, 3_000..=30_000), often(400, 8_000..=30_000));
        let database_every_ms = often(300, 8_000..=30_000);
        let (slow, penalty, bot_penalty) = (often(500, 10..=200), often(500, 5..=60), often(200, 2..=15));
        let (burst_5xx, lost, unconnected) = (often(400, 5..=30), often(500, 5..=80), often(300, 5..=80));
        let (rejected, blocks, migrations) = (often(300, 5..=50), often(400, 5..=30), often(300, 5..=30));
        let (revocations, cancels, expiries) = (often(150, 1..=10), often(300, 20..=200), often(300, 20..=200));
        let broadcasts = often(700, 1..=2) as usize;
        let nodes = if random.chance(400) { 1 } else { random.within(2..=5) as usize };
        let is_single = nodes == 1;
        let skew_ms = if is_single || cut(1 << 3) { 0 } else { random.within(0..=1_000) };
        let bot_rate = random.pick(&[
            Rate::per_minute(30),
            Rate::per_minute(60),
            Rate::per_second(20),
            Rate::per_second(5),
            Rate::per_second(300),
            Rate::per_minute(6),
        ]);
        let total_rate =
            (is_single && random.chance(300)).then(|| random.pick(&[Rate::per_minute(30), Rate::per_second(3)]));
        let config = Config {
            bot_rate,
            chat_rate: Rate::per_second(1),
            group_rate: random.pick(&[Rate::per_minute(20), Rate::per_minute(3)]),
            in_flight_max: random.pick(&[2, 8, 128]),
            entries_max: random.pick(&[4, 16, 512]),
            clock_skew_ms: if is_single { 0 } else { 1_000 },
            ..Config::default()
        };
        let half = if cut(1 << 11) { 2 } else { 1 };
        Self {
            nodes,
            bots: random.pick(&[1, 1, 2]),
            chats: random.within(2..=15),
            replies: random.within(5..=60) as usize / half,
            recipients: random.within(5..=50) as usize / half,
            broadcasts: if cut(1 << 10) { 0 } else { broadcasts },
            holds_broadcasts: random.chance(300),
            daily_limit: random.pick(&[1_000, 1_000, 25]),
            total_rate,
            config,
            terms: Terms::default(),
            calm_at: random.within(20_000..=70_000),
            starts_at: random.pick(&[3_600_000, 86_400_000 - 20_000]),
            crash_every_ms: if cut(1) { 0 } else { crash_every_ms },
            freeze_every_ms: if cut(1 << 1) { 0 } else { freeze_every_ms },
            database_every_ms: if cut(1 << 2) { 0 } else { database_every_ms },
            slow,
            penalty: if cut(1 << 4) { 0 } else { penalty },
            bot_penalty: if cut(1 << 4) { 0 } else { bot_penalty },
            burst_5xx: if cut(1 << 5) { 0 } else { burst_5xx },
            lost: if cut(1 << 6) { 0 } else { lost },
            unconnected: if cut(1 << 6) { 0 } else { unconnected },
            rejected,
            blocks: if cut(1 << 7) { 0 } else { blocks },
            migrations: if cut(1 << 8) { 0 } else { migrations },
            revocations: if cut(1 << 9) { 0 } else { revocations },
            cancels,
            expiries,
            skew_ms,
            pays: random.chance(250),
        }
    }
}
