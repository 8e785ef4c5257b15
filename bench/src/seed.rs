//! Data by the million, made by the database itself: people who wrote to a bot, their conversations, and bots.

use anyhow::Result;
use model::{Id, Timestamp, bot::Bot};
use store::{
    args,
    db::{Sql, Tx},
    search, sql, sql_by_engine,
};

use crate::house::House;

/// Rows in one transaction.
const CHUNK: i64 = 20_000;

/// Messages that come into the search index in one transaction.
const INDEXED: i64 = 2_000;

/// A statement over the numbers from `$1` to `$2`: `n.i`, with an id of its own, `n.id`, and the id of whoever it belongs
/// to, `n.owner`, of whom there are `$3`.
macro_rules! numbered {
    ($title:literal, $prefix:literal, $rest:literal) => {
        sql_by_engine!(
            $title,
            concat!(
                "WITH n AS (SELECT i, decode('",
                $prefix,
                "' || lpad(to_hex(i), 15, '0'), 'hex') AS id,
                    decode('019a0000000070008' || lpad(to_hex((i - 1) % $3 + 1), 15, '0'), 'hex') AS owner
                FROM generate_series($1::bigint, $2::bigint) AS i) ",
                $rest
            ),
            concat!(
                "WITH RECURSIVE series(i) AS (SELECT $1 UNION ALL SELECT i + 1 FROM series WHERE i < $2),
                n AS (SELECT i, unhex('",
                $prefix,
                "' || printf('%015x', i)) AS id,
                    unhex('019a0000000070008' || printf('%015x', (i - 1) % $3 + 1)) AS owner FROM series) ",
                $rest
            )
        )
    };
}

const CONTACTS: Sql = numbered!(
    "bench.contacts",
    "019a0000000070008",
    "
    INSERT INTO contact (id, tenant_id, kind, first_name, last_name, phone, telegram_chat_id, telegram_username,
        language_code, source, custom, do_not_contact, search_text, last_seen_at, created_at, updated_at)
    SELECT n.id, $4, 'PERSON', 'Ada' || (n.i % 1000), 'Lovelace' || (n.i % 977), '+4915' || (100000000 + n.i),
        500000000 + n.i, 'ada_' || n.i, 'en', 'TELEGRAM', '{}', FALSE,
        'ada' || (n.i % 1000) || ' lovelace' || (n.i % 977) || ' +4915' || (100000000 + n.i) || ' ada_' || n.i,
        $5 + n.i, $5 + n.i, $5 + n.i
    FROM n JOIN bot ON bot.id = $6 WHERE n.owner IS NOT NULL"
);
const IDENTITIES: Sql = numbered!(
    "bench.identities",
    "019a0000000070008",
    "
    INSERT INTO identity (tenant_id, platform, external_id, contact_id, username, proof, created_at)
    SELECT $4, 'TELEGRAM', CAST(500000000 + n.i AS TEXT), n.id, 'ada_' || n.i, 'SENDER', $5 + n.i
    FROM n JOIN bot ON bot.id = $6 WHERE n.owner IS NOT NULL"
);
const CHATS: Sql = numbered!(
    "bench.chats",
    "019a0000000070008",
    "
    INSERT INTO chat (bot_id, chat_id, tenant_id, kind, contact_id, conversation_id, state, last_inbound_at)
    SELECT $6, 500000000 + n.i, $4, 'private', n.id, n.id, 'ACTIVE', $5 + n.i
    FROM n WHERE n.owner IS NOT NULL"
);
const CONVERSATIONS: Sql = numbered!(
    "bench.conversations",
    "019a0000000070008",
    "
    INSERT INTO conversation (id, tenant_id, kind, status, contact_id, platform, bot_id, chat_id, priority,
        unread_count, last_sequence, last_message_at, created_at, updated_at)
    SELECT n.id, $4, 'PERSON', 'OPEN', n.id, 'TELEGRAM', $6, 500000000 + n.i, 'NORMAL', 1, 0, $5 + n.i, $5 + n.i,
        $5 + n.i
    FROM n WHERE n.owner IS NOT NULL"
);
const MESSAGES: Sql = numbered!("bench.messages", "019b0000000070008", "
    INSERT INTO message (id, tenant_id, conversation_id, sequence, kind, direction, platform, bot_id, chat_id,
        author_type, author_id, author_name, content, provider_message_id, created_at)
    SELECT n.id, $4, n.owner, (n.i - 1) / $3 + 1, 'message', 'INCOMING', 'TELEGRAM', $6, 500000001 + (n.i - 1) % $3,
        'CONTACT', n.owner, 'Ada',
        '{\"type\":\"text\",\"text\":\"Good morning! Is number ' || n.i || ' still there, in blue? Ada' || (n.i % 1000) || '\"}',
        n.i, $5 + n.i
    FROM n");
const WRITERS: Sql = numbered!(
    "bench.whatsapp_contacts",
    "019d0000000070008",
    "
    INSERT INTO contact (id, tenant_id, kind, first_name, last_name, phone, source, custom, do_not_contact, search_text,
        created_at, updated_at)
    SELECT n.id, $4, 'PERSON', 'Ada', 'Lovelace', '+' || (4915100000000 + n.i), 'WHATSAPP', '{}', FALSE, 'ada', $5, $5
    FROM n JOIN bot ON bot.id = n.owner JOIN bot AS first ON first.id = $6"
);
const NAMES: Sql = numbered!(
    "bench.whatsapp_identities",
    "019d0000000070008",
    "
    INSERT INTO identity (tenant_id, platform, external_id, contact_id, proof, created_at)
    SELECT $4, 'WHATSAPP', CAST(4915100000000 + n.i AS TEXT), n.id, 'SENDER', $5
    FROM n JOIN bot ON bot.id = n.owner JOIN bot AS first ON first.id = $6"
);
const TALKS: Sql = numbered!(
    "bench.whatsapp_conversations",
    "019d0000000070008",
    "
    INSERT INTO conversation (id, tenant_id, kind, status, contact_id, platform, bot_id, chat_id, priority,
        unread_count, last_sequence, last_message_at, created_at, updated_at)
    SELECT n.id, $4, 'PERSON', 'OPEN', n.id, 'WHATSAPP', n.owner, 4915100000000 + n.i, 'NORMAL', 0, 0, $5, $5, $5
    FROM n JOIN bot ON bot.id = n.owner JOIN bot AS first ON first.id = $6"
);
const WINDOWS: Sql = numbered!(
    "bench.whatsapp_chats",
    "019d0000000070008",
    "
    INSERT INTO chat (bot_id, chat_id, tenant_id, kind, contact_id, conversation_id, state, last_inbound_at)
    SELECT n.owner, 4915100000000 + n.i, $4, 'private', n.id, n.id, 'ACTIVE', $5
    FROM n JOIN bot ON bot.id = n.owner JOIN bot AS first ON first.id = $6"
);
const ADDRESSES: Sql = numbered!(
    "bench.whatsapp_addresses",
    "019d0000000070008",
    "
    INSERT INTO chat_address (bot_id, address, chat_id, tenant_id)
    SELECT n.owner, CAST(4915100000000 + n.i AS TEXT), 4915100000000 + n.i, $4
    FROM n JOIN bot ON bot.id = n.owner AND bot.created_at < CAST($5 AS BIGINT) + 86400000 JOIN bot AS first ON first.id = $6"
);
const LAST: Sql = sql!(
    "bench.last_messages",
    "
    UPDATE conversation SET last_sequence = message.sequence, last_message_id = message.id,
        last_message_at = message.created_at
    FROM message
    WHERE conversation.tenant_id = $1 AND message.conversation_id = conversation.id AND message.sequence = $2"
);
const BOTS: Sql = numbered!(
    "bench.bots",
    "019c0000000070008",
    "
    INSERT INTO bot (id, tenant_id, name, bot_user_id, username, token, token_hint, is_active, daily_limit,
        receive_mode, webhook_status, webhook_set_at, doctor_at, created_at, updated_at, platform)
    SELECT n.id, $4, 'Bot ' || n.i, 7000000000 + n.i, 'bench_' || n.i || '_bot', bot.token, bot.token_hint, TRUE, 1000,
        'webhook', 'REGISTERED', $5, CAST($5 AS BIGINT) + 86400000, $5, $5, 'TELEGRAM'
    FROM n JOIN bot ON bot.id = $6 WHERE n.owner IS NOT NULL"
);
const LANES: Sql = numbered!(
    "bench.lanes",
    "019c0000000070008",
    "
    INSERT INTO lane (bot_id, next_position, fence) SELECT n.id, 1, 0 FROM n JOIN bot AS model ON model.id = $6
    WHERE n.owner IS NOT NULL AND model.tenant_id = $4 AND CAST($5 AS BIGINT) > 0"
);
const BEHIND: Sql = sql!("bench.search_backlog", "INSERT INTO search_backlog (kind, after_id) VALUES ($1, $2)");

/// PostgreSQL builds the search index of a million messages at once many times faster than one by one.
const UNINDEX: Sql = sql_by_engine!("bench.unindex", "DROP INDEX search_document_grams", "SELECT 1");
const MEMORY: Sql =
    sql_by_engine!("bench.memory", "SELECT set_config('maintenance_work_mem', '2GB', true)", "SELECT 1");
const INDEX: Sql = sql_by_engine!(
    "bench.index",
    "CREATE INDEX search_document_grams ON search_document USING gin (grams)",
    "SELECT 1"
);

const SETTLE: Sql = sql_by_engine!("bench.settle", "ANALYZE", "SELECT 1");

/// How much there is of a tenant.
#[derive(Debug, Clone, Copy)]
pub struct Amount {
    pub contacts: i64,
    pub messages: i64,
}

/// People who wrote to the bot. Their conversations are empty.
pub async fn people(house: &House, bot: Id<Bot>, count: i64) -> Result<()> {
    // The order in which each refers to those before.
    fill(house, bot, (1, count), count, &[CONTACTS, IDENTITIES, CONVERSATIONS, CHATS]).await
}

/// The same with what they wrote, found by a search.
pub async fn talk(house: &House, bot: Id<Bot>, amount: Amount) -> Result<()> {
    people(house, bot, amount.contacts).await?;
    fill(house, bot, (1, amount.messages), amount.contacts, &[MESSAGES]).await?;
    let (tenant, each) = (house.tenant, amount.messages / amount.contacts);
    house.app.db.write(move |tx| tx.execute(LAST, &args![tenant, each])).await?;
    for kind in ["CONTACT", "MESSAGE"] {
        house.app.db.write(move |tx| tx.execute(BEHIND, &args![kind, Vec::<u8>::new()])).await?;
    }
    maintain(house, UNINDEX).await?;
    while house.app.db.write(|tx| search::catch_up(tx, INDEXED)).await? {}
    maintain(house, INDEX).await
}

/// The first person who wrote to a number has the one after this.
pub const PHONES: i64 = 4_915_100_000_000;

/// The id of the owner with this number.
pub fn owner(number: i64) -> Result<Id<Bot>> {
    Ok(format!("019a0000-0000-7000-8000-{number:012x}").parse()?)
}

/// People who wrote to numbers just now, in turn: the owners from 1 to `numbers`.
pub async fn writers(house: &House, numbers: i64, count: i64) -> Result<()> {
    fill(house, owner(1)?, (1, count), numbers, &[WRITERS, NAMES, TALKS, WINDOWS, ADDRESSES]).await
}

/// Bots with webhooks that Telegram knows of, under the token of one that is there.
pub async fn bots(house: &House, like: Id<Bot>, first: i64, last: i64) -> Result<()> {
    fill(house, like, (first, last), last, &[BOTS, LANES]).await
}

/// What a database that has been there for a while knows of itself.
pub async fn settle(house: &House) -> Result<()> {
    maintain(house, SETTLE).await
}

/// Runs what needs much memory to be quick.
async fn maintain(house: &House, sql: Sql) -> Result<()> {
    let each = |tx: &mut Tx, sql| tx.query_each(sql, &[], |_| Ok(()));
    house.app.db.write(move |tx| each(tx, MEMORY).and_then(|()| each(tx, sql))).await?;
    Ok(())
}

async fn fill(
    house: &House,
    bot: Id<Bot>,
    (first, last): (i64, i64),
    owners: i64,
    statements: &'static [Sql],
) -> Result<()> {
    let (tenant, since) = (house.tenant, Timestamp::from_ms(house.app.clock.now().as_ms() - last));
    for sql in statements {
        for from in (first..=last).step_by(usize::try_from(CHUNK)?) {
            let args = args![from, (from + CHUNK - 1).min(last), owners, tenant, since, bot];
            house.app.db.write(move |tx| tx.execute(*sql, &args)).await?;
        }
    }
    Ok(())
}
