//! Lists of broadcasts and of their recipients, in pages.

use model::{
    Id, Platform, Result, Scope, Timestamp,
    bot::Bot,
    broadcast::{Broadcast, BroadcastStatus, RecipientStatus},
    contact::Contact,
    conversation::Conversation,
    message::{ErrorCode, Message},
};

use super::row::{self, Record};
use crate::{
    args, columns,
    db::{Row, Tx},
    page::{Page, Request},
    search,
};

crate::pages! {
    /// A tenant's broadcasts.
    BROADCASTS = "broadcast.list",
    select row::broadcast_columns!(),
    from concat!("broadcast WHERE broadcast.tenant_id = $4 AND (CAST($5 AS TEXT) IS NULL OR broadcast.status = $5)
        AND (broadcast.bot_id = $6 OR $6 IS NULL)
        AND (CAST($7 AS BIGINT) IS NULL OR broadcast.created_at >= $7)
        AND (CAST($8 AS BIGINT) IS NULL OR broadcast.created_at < $8)
        AND (CAST($9 AS TEXT) IS NULL OR broadcast.name = $9)
        AND (CAST($10 AS TEXT) IS NULL OR broadcast.platform = $10)",
        search::words_are_in!(("broadcast.name") 11 12 13 14 15 16)),
    unique Id "broadcast.id",
    sorts { "created_at" => Unique, "updated_at" => Int("broadcast.updated_at") }
}

macro_rules! recipient_columns {
    () => {
        "broadcast_recipient.broadcast_id, broadcast_recipient.contact_id, broadcast_recipient.status, \
         broadcast_recipient.reason, broadcast_recipient.bot_id, broadcast_recipient.chat_id, \
         broadcast_recipient.message_id, broadcast_recipient.updated_at, message.error_code, message.error_message, \
         message.sent_at, message.provider_message_id, contact.first_name, contact.last_name, \
         message.conversation_id, CASE WHEN chat.last_inbound_at > message.sent_at THEN chat.last_inbound_at END, \
         (SELECT CAST(SUM(broadcast_click.clicks) AS BIGINT) FROM broadcast_click \
            WHERE broadcast_click.broadcast_id = broadcast_recipient.broadcast_id \
                AND broadcast_click.contact_id = broadcast_recipient.contact_id), \
         message.delivered_at, message.read_at, message.provider_name"
    };
}

crate::pages! {
    /// The recipients of one broadcast.
    RECIPIENTS = "broadcast.recipients",
    select recipient_columns!(),
    from "broadcast_recipient LEFT JOIN message ON message.id = broadcast_recipient.message_id
            LEFT JOIN contact ON contact.id = broadcast_recipient.contact_id
            LEFT JOIN chat ON chat.bot_id = broadcast_recipient.bot_id AND chat.chat_id = broadcast_recipient.chat_id
        WHERE broadcast_recipient.broadcast_id = $4
        AND (CAST($5 AS TEXT) IS NULL OR broadcast_recipient.status = $5)
        AND (CAST($6 AS TEXT) IS NULL OR broadcast_recipient.reason = $6)
        AND (CAST($7 AS BIGINT) IS NULL OR CASE WHEN chat.last_inbound_at > message.sent_at THEN 1 ELSE 0 END = $7)
        AND (CAST($8 AS BIGINT) IS NULL OR $8 = CASE WHEN EXISTS (SELECT 1 FROM broadcast_click
            WHERE broadcast_click.broadcast_id = broadcast_recipient.broadcast_id
                AND broadcast_click.contact_id = broadcast_recipient.contact_id) THEN 1 ELSE 0 END)",
    unique Id "broadcast_recipient.contact_id",
    sorts { "contact_id" => Unique }
}

crate::pages! {
    /// The messages of all broadcasts of a tenant.
    MESSAGES = "broadcast.messages",
    select recipient_columns!(),
    from "message JOIN broadcast_recipient ON broadcast_recipient.message_id = message.id
            LEFT JOIN contact ON contact.id = broadcast_recipient.contact_id
            LEFT JOIN chat ON chat.bot_id = broadcast_recipient.bot_id AND chat.chat_id = broadcast_recipient.chat_id
        WHERE message.tenant_id = $4 AND message.broadcast_id IS NOT NULL
        AND (CAST($5 AS TEXT) IS NULL OR broadcast_recipient.status = $5)
        AND (CAST($6 AS TEXT) IS NULL OR broadcast_recipient.reason = $6)
        AND (broadcast_recipient.contact_id = $7 OR $7 IS NULL)",
    unique Id "message.id",
    sorts { "created_at" => Unique }
}

/// Which broadcasts are meant. An absent field does not narrow.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub status: Option<BroadcastStatus>,
    pub bot: Option<Id<Bot>>,
    /// The whole name, as it is written.
    pub name: Option<String>,
    pub platform: Option<Platform>,
    /// A part of the name.
    pub search: Option<String>,
    pub created_after: Option<Timestamp>,
    pub created_before: Option<Timestamp>,
}

/// Which recipients are meant.
#[derive(Debug, Clone, Default)]
pub struct RecipientFilter {
    pub status: Option<RecipientStatus>,
    pub reason: Option<String>,
    /// Whether they wrote to the bot after they got it.
    pub replied: Option<bool>,
    /// Whether they followed a link.
    pub clicked: Option<bool>,
}

/// One contact of a broadcast, and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Recipient {
    pub broadcast: Id<Broadcast>,
    pub contact: Id<Contact>,
    pub status: RecipientStatus,
    /// Why it was skipped or not sent.
    pub reason: Option<String>,
    pub bot: Option<Id<Bot>>,
    pub chat_id: Option<i64>,
    pub message: Option<Id<Message>>,
    pub updated_at: Timestamp,
    pub error_code: Option<ErrorCode>,
    pub error_message: Option<String>,
    pub sent_at: Option<Timestamp>,
    pub delivered_at: Option<Timestamp>,
    pub read_at: Option<Timestamp>,
    pub provider_message_id: Option<i64>,
    /// The channel's name of the message, where that is no number.
    pub provider_name: Option<String>,
    /// The contact's names; None when the contact is gone.
    pub names: Option<(String, String)>,
    pub conversation: Option<Id<Conversation>>,
    /// When they last wrote to the bot, if that was after they got it.
    pub replied_at: Option<Timestamp>,
    /// How often they followed a link.
    pub clicks: i64,
}

/// One page of a tenant's broadcasts.
pub fn list(tx: &mut Tx, scope: &Scope, filter: &Filter, request: &Request) -> Result<Page<Record>> {
    let args = args![
        scope.tenant(),
        filter.status.map(BroadcastStatus::as_str),
        filter.bot,
        filter.created_after,
        filter.created_before,
        filter.name.as_deref(),
        filter.platform.map(Platform::as_str),
    ];
    BROADCASTS.page(tx, request, &search::with_words(&args, filter.search.as_deref()), row::read)
}

/// One page of a broadcast's recipients. The broadcast must be the tenant's.
pub fn recipients(
    tx: &mut Tx,
    broadcast: Id<Broadcast>,
    filter: &RecipientFilter,
    request: &Request,
) -> Result<Page<Recipient>> {
    let args = args![
        broadcast,
        filter.status.map(RecipientStatus::as_str),
        filter.reason.as_deref(),
        filter.replied.map(i64::from),
        filter.clicked.map(i64::from),
    ];
    RECIPIENTS.page(tx, request, &args, recipient)
}

/// One page of the messages of all broadcasts.
pub fn messages(
    tx: &mut Tx,
    scope: &Scope,
    filter: &RecipientFilter,
    contact: Option<Id<Contact>>,
    request: &Request,
) -> Result<Page<Recipient>> {
    let args = args![scope.tenant(), filter.status.map(RecipientStatus::as_str), filter.reason.as_deref(), contact];
    MESSAGES.page(tx, request, &args, recipient)
}

fn recipient(row: &Row<'_>) -> Result<Recipient> {
    let first: Option<String> = row.get(12)?;
    let last: Option<String> = row.get(13)?;
    Ok(Recipient {
        broadcast: row.get(0)?,
        contact: row.get(1)?,
        status: columns::word(row, 2)?,
        reason: row.get(3)?,
        bot: row.get(4)?,
        chat_id: row.get(5)?,
        message: row.get(6)?,
        updated_at: row.get(7)?,
        error_code: columns::word_opt(row, 8)?,
        error_message: row.get(9)?,
        sent_at: row.get(10)?,
        provider_message_id: row.get(11)?,
        names: first.zip(last),
        conversation: row.get(14)?,
        replied_at: row.get(15)?,
        clicks: row.get::<Option<i64>>(16)?.unwrap_or_default(),
        delivered_at: row.get(17)?,
        read_at: row.get(18)?,
        provider_name: row.get(19)?,
    })
}
