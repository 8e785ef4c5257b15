//! What goes into a lane and what comes out.

use model::{
    Id, Rate, Timestamp,
    broadcast::Broadcast,
    delivery::{Class, DeliveryKey, Outcome, Queued},
    message::{ErrorCode, WaitingFor},
};

/// Entries of one class in memory, unless set otherwise.
pub const ENTRIES_MAX: usize = 512;
/// The heaviest call: an album of ten.
const WEIGHT_MAX: u32 = 10;

/// The settings of a lane.
#[derive(Debug, Clone)]
pub struct Config {
    /// The bot's effective rate.
    pub bot_rate: Rate,
    pub chat_rate: Rate,
    pub group_rate: Rate,
    /// Tries after the first.
    pub max_retries: u32,
    pub back_off_min_ms: i64,
    pub back_off_max_ms: i64,
    /// Calls of one bot at a time; one eighth of them is kept for replies.
    pub in_flight_max: usize,
    /// Entries of one class in memory.
    pub entries_max: usize,
    /// How long a request that was written by a process which died meanwhile may take to arrive.
    pub in_transit_ms: i64,
    /// The most by which the clock of an earlier owner may differ: restored times count that much later. 0 on one node.
    pub clock_skew_ms: i64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            bot_rate: Rate::per_minute(30),
            chat_rate: Rate::per_second(1),
            group_rate: Rate::per_minute(20),
            max_retries: 3,
            back_off_min_ms: 1_000,
            back_off_max_ms: 60_000,
            in_flight_max: 128,
            entries_max: ENTRIES_MAX,
            in_transit_ms: 1_000,
            clock_skew_ms: 0,
        }
    }
}

/// A place in the windows that was taken before the lane was opened here.
#[derive(Debug, Clone, Copy)]
pub struct Used {
    pub chat_id: i64,
    pub weight: u32,
    pub answered_at: Timestamp,
    pub is_paid: bool,
}

/// What a lane must know from the database before it acts.
#[derive(Debug, Clone, Default)]
pub struct Restore {
    /// Places taken within the longest window.
    pub used: Vec<Used>,
    pub paused_until: Option<Timestamp>,
    pub paused_chats: Vec<(i64, Timestamp)>,
    /// Thousandths of the rate which bulk may use after 429s.
    pub bulk_ceiling: Option<u32>,
    /// `SENDING` rows of an earlier owner: their outcomes are unknown.
    pub left_over: Vec<Queued>,
    /// Paused broadcasts with rows in the queue.
    pub held: Vec<Id<Broadcast>>,
    /// Broadcasts with a rate of their own, and whether something of them has left before.
    pub capped: Vec<(Id<Broadcast>, Rate, bool)>,
    /// The bot's token is known to be bad.
    pub revoked: Option<String>,
}

/// What happened.
#[derive(Debug, Clone)]
pub enum Event {
    Restore(Restore),
    /// There may be new rows of this class.
    Woken {
        class: Class,
    },
    /// Rows after the asked position, oldest first. `more`: there may be others after these.
    Loaded {
        class: Class,
        rows: Vec<Queued>,
        more: bool,
    },
    /// The same for one chat.
    ChatLoaded {
        class: Class,
        chat_id: i64,
        rows: Vec<Queued>,
        more: bool,
    },
    /// The answer to [`Action::Feed`]. `more`: there are other recipients. `Woken` tells of the rows.
    Fed {
        more: bool,
    },
    /// A broadcast has recipients for the feeder.
    FeedReady,
    /// The granted are being sent; the gone were cancelled, ended or taken away; for the rest there is no room until
    /// the next day begins.
    Claimed {
        granted: Vec<DeliveryKey>,
        gone: Vec<DeliveryKey>,
        daily_limit: Vec<DeliveryKey>,
        /// They weigh more than a whole day's limit.
        too_heavy: Vec<DeliveryKey>,
        next_day: Timestamp,
    },
    /// A call ended at `at`, by an answer or by giving it up.
    Answered {
        key: DeliveryKey,
        outcome: Outcome,
        at: Timestamp,
    },
    /// A granted delivery was not called after all: this node was no longer allowed to.
    NotCalled {
        key: DeliveryKey,
    },
    /// These settlements are committed.
    Settled {
        keys: Vec<DeliveryKey>,
    },
    /// A waiting row was taken out of the queue.
    Cancelled {
        key: DeliveryKey,
    },
    /// A broadcast was paused or cancelled: its rows stay where they are.
    BroadcastHeld {
        broadcast: Id<Broadcast>,
    },
    BroadcastReleased {
        broadcast: Id<Broadcast>,
    },
    /// A broadcast has, or no longer has, a rate of its own.
    BroadcastCapped {
        broadcast: Id<Broadcast>,
        rate: Option<Rate>,
    },
    /// The daily limit was raised.
    DailyRoom,
    /// The bot's rate was changed.
    RateChanged {
        rate: Rate,
    },
    /// The bot has a new token.
    TokenReplaced,
    /// The time asked for by [`Action::WakeAt`] has come.
    Tick,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Read queued rows of the class with a position after this one, oldest first.
    Load { class: Class, after: i64, limit: usize },
    /// The same for one chat.
    LoadChat { class: Class, chat_id: i64, after: i64, limit: usize },
    /// Turn up to so many more recipients of broadcasts into rows.
    Feed { room: usize },
    /// Mark these `SENDING`, reserve the daily limit, and send the granted at once, in this order.
    Claim { keys: Vec<DeliveryKey> },
    /// Do not send these, although they were granted: a reply came up meanwhile, and they would pass it.
    Recall { keys: Vec<DeliveryKey> },
    /// Write what came of a delivery.
    Settle(Box<Settle>),
    /// Remember that nothing may go there before.
    Pause(Pause),
    /// The bot can't send until it has a new token.
    TokenRevoked { message: String },
    /// Send a [`Event::Tick`] then; replaces the earlier wish.
    WakeAt(Timestamp),
}

/// A pause after a 429, which has to survive restarts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    /// None: the whole bot.
    pub chat_id: Option<i64>,
    pub until: Timestamp,
    /// Thousandths of the rate which bulk may use from now on.
    pub bulk_ceiling: u32,
}

/// What came of a delivery.
#[derive(Debug, Clone, PartialEq)]
pub struct Settle {
    pub queued: Queued,
    /// When the answer came or was given up; None when no call was made. A call keeps its places in the windows.
    pub answered_at: Option<Timestamp>,
    /// False: a call was made that certainly did nothing, and what was reserved for it is given back.
    pub keeps_daily: bool,
    /// The chat can't be written to.
    pub blocks_chat: Option<ErrorCode>,
    pub verdict: Verdict,
}

/// How a delivery goes on.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    Sent {
        provider_message_ids: Vec<i64>,
    },
    /// One message, with the channel's name of it.
    Accepted {
        provider_message_id: i64,
        name: String,
    },
    Failed {
        code: ErrorCode,
        message: String,
    },
    Blocked {
        code: ErrorCode,
        message: String,
    },
    Expired,
    /// It may have been sent, and is not tried again by itself.
    Unknown {
        message: String,
    },
    TryAgain {
        due_at: Timestamp,
        /// Of the row, after this.
        attempts: u32,
        was_unknown: bool,
        waiting_for: Option<WaitingFor>,
        error: Option<(ErrorCode, String)>,
    },
    /// The chat and all that waits for it move to a new id; the delivery keeps its place.
    Moved {
        chat_id: i64,
    },
}

impl Config {
    /// How far back a used place still counts: [`Restore::used`] needs the rows since then.
    pub fn memory_ms(&self) -> i64 {
        let keeps = |rate: Rate| rate.window_ms() * i64::from(WEIGHT_MAX.div_ceil(rate.count()));
        [self.bot_rate, self.chat_rate, self.group_rate].map(keeps).into_iter().fold(0, i64::max)
    }
}
