//! Channels of wake-ups, for `Tx::notify` and `Db::listen`. A wake-up is only a hint to look again.

/// Events are waiting for the inbound processor. No payload.
pub const INBOUND: &str = "inbound";

/// A bot's lane has something to look at: new deliveries, cancelled ones, changed limits. Payload: the bot's id.
pub const LANE: &str = "lane";

/// A bot was made, changed or removed: caches forget it, doctor and poller look at it. Payload: the bot's id.
pub const BOT: &str = "bot";

/// A broadcast was started, paused, resumed or cancelled. Payload: the broadcast's id.
pub const BROADCAST: &str = "broadcast";

/// Messages are waiting for what follows by itself. No payload.
pub const AUTOMATION: &str = "automation";

/// A tenant's feed grew. Payload: the tenant's id.
pub const FEED: &str = "feed";

/// Somebody types, or looks at a conversation. Payload: JSON, which is all there is of it.
pub const SIGN: &str = "sign";

/// Something is owed to a webhook endpoint. No payload.
pub const WEBHOOK: &str = "webhook";

/// Telegram has to be told the commands of some bots. No payload.
pub const MENU: &str = "menu";

/// A letter is owed. No payload.
pub const MAIL: &str = "mail";

/// A node came, left or was buried, or gave something back. No payload.
pub const NODE: &str = "node";
