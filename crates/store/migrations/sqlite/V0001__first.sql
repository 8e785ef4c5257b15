-- Ids are 16 bytes, times milliseconds since 1970 (`*_at`), enumerations their one spelling, structured values JSON text.

CREATE TABLE tenant (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL
);

CREATE TABLE app_user (
    id BLOB PRIMARY KEY,
    -- Lower case: the form in which it is compared.
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    is_active BOOLEAN NOT NULL,
    created_at INTEGER NOT NULL
);

CREATE TABLE member (
    tenant_id BLOB NOT NULL REFERENCES tenant (id),
    user_id BLOB NOT NULL REFERENCES app_user (id),
    role TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, user_id)
);
CREATE INDEX member_user ON member (user_id);

CREATE TABLE refresh_token (
    hash BLOB PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES app_user (id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
);

CREATE TABLE api_key (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL REFERENCES tenant (id),
    name TEXT NOT NULL,
    -- The first characters of the key, for people to tell keys apart.
    prefix TEXT NOT NULL,
    hash BLOB NOT NULL UNIQUE,
    role TEXT NOT NULL,
    created_by BLOB,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    last_used_at INTEGER,
    revoked_at INTEGER
);
CREATE INDEX api_key_tenant ON api_key (tenant_id, id);

CREATE TABLE idempotency (
    tenant_id BLOB NOT NULL REFERENCES tenant (id),
    key TEXT NOT NULL,
    -- Over method, path and body.
    fingerprint BLOB NOT NULL,
    -- NULL while the first request is still at work.
    status INTEGER,
    body BLOB,
    -- When the key was first taken; what the request makes gets its id from this.
    created_at INTEGER NOT NULL,
    -- When the one that is at work took it: later than that after a crash.
    taken_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, key)
);
CREATE INDEX idempotency_age ON idempotency (created_at);

CREATE TABLE bot (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL REFERENCES tenant (id),
    name TEXT NOT NULL,
    bot_user_id INTEGER NOT NULL,
    username TEXT NOT NULL,
    -- Encrypted; NULL once the bot is removed and its webhook gone.
    token BLOB,
    token_hint TEXT NOT NULL,
    token_revoked_at INTEGER,
    is_active BOOLEAN NOT NULL,
    daily_limit INTEGER NOT NULL,
    rate_limit TEXT,
    receive_mode TEXT NOT NULL,
    webhook_status TEXT NOT NULL,
    webhook_error TEXT,
    -- Encrypted. The new one is accepted beside the old until Telegram confirmed it.
    webhook_secret BLOB,
    webhook_secret_new BLOB,
    webhook_set_at INTEGER,
    webhook_tries INTEGER NOT NULL DEFAULT 0,
    -- When the webhook doctor looks at it next; NULL: not before something changes.
    doctor_at INTEGER,
    poll_offset INTEGER,
    removed_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX bot_live ON bot (bot_user_id) WHERE removed_at IS NULL;
CREATE INDEX bot_tenant ON bot (tenant_id, id);
CREATE INDEX bot_doctor ON bot (doctor_at) WHERE doctor_at IS NOT NULL;
-- Those with something to mend come before those that are only looked at.
CREATE INDEX bot_ailing ON bot (doctor_at) WHERE doctor_at IS NOT NULL AND webhook_status <> 'REGISTERED';
CREATE INDEX bot_leaving ON bot (bot_user_id) WHERE removed_at IS NOT NULL AND token IS NOT NULL;
CREATE INDEX bot_polling ON bot (id) WHERE receive_mode = 'polling' AND is_active AND removed_at IS NULL;

-- One lane per bot: the order of acceptance, and who may send for it.
CREATE TABLE lane (
    bot_id BLOB PRIMARY KEY REFERENCES bot (id),
    next_position INTEGER NOT NULL,
    owner TEXT,
    fence INTEGER NOT NULL,
    lease_until INTEGER,
    -- A 429 over the whole bot.
    paused_until INTEGER,
    -- What bulk may send per window after 429s, in thousandths of the rate; NULL: no ceiling was learnt.
    bulk_ceiling INTEGER
);

CREATE TABLE event (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id BLOB NOT NULL,
    bot_id BLOB NOT NULL,
    update_id INTEGER NOT NULL,
    event_type TEXT NOT NULL,
    -- Events of one chat are processed in order.
    chat_key INTEGER NOT NULL,
    status TEXT NOT NULL,
    retry_count INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL,
    error_message TEXT,
    payload BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    processed_at INTEGER
);
CREATE UNIQUE INDEX event_update ON event (bot_id, update_id);
CREATE INDEX event_tenant ON event (tenant_id, seq);
CREATE INDEX event_open ON event (seq) WHERE status IN ('RECEIVED', 'FAILED');
CREATE INDEX event_failed ON event (bot_id, chat_key, seq) WHERE status = 'FAILED';

CREATE TABLE contact (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL REFERENCES tenant (id),
    kind TEXT NOT NULL,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    phone TEXT,
    email TEXT,
    company_name TEXT,
    telegram_chat_id INTEGER,
    telegram_username TEXT,
    language_code TEXT,
    source TEXT NOT NULL,
    custom TEXT NOT NULL,
    do_not_contact BOOLEAN NOT NULL,
    lead_status TEXT,
    lead_score INTEGER,
    assigned_to_type TEXT,
    assigned_to_user BLOB,
    ticket_status TEXT,
    -- Names, phone, username in the form in which searches compare.
    search_text TEXT NOT NULL,
    last_seen_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE INDEX contact_tenant ON contact (tenant_id, kind, id);
CREATE INDEX contact_phone ON contact (tenant_id, phone) WHERE phone IS NOT NULL;
CREATE INDEX contact_username ON contact (tenant_id, telegram_username) WHERE telegram_username IS NOT NULL;
CREATE INDEX contact_telegram ON contact (tenant_id, telegram_chat_id) WHERE telegram_chat_id IS NOT NULL;

CREATE TABLE identity (
    tenant_id BLOB NOT NULL,
    platform TEXT NOT NULL,
    external_id TEXT NOT NULL,
    contact_id BLOB NOT NULL REFERENCES contact (id),
    username TEXT,
    proof TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, platform, external_id)
);
CREATE INDEX identity_contact ON identity (contact_id);

CREATE TABLE contact_tag (
    tenant_id BLOB NOT NULL,
    tag TEXT NOT NULL,
    contact_id BLOB NOT NULL REFERENCES contact (id),
    PRIMARY KEY (tenant_id, tag, contact_id)
);
CREATE INDEX contact_tag_contact ON contact_tag (contact_id);

CREATE TABLE conversation (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL REFERENCES tenant (id),
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    contact_id BLOB NOT NULL REFERENCES contact (id),
    -- What the contact used last.
    platform TEXT NOT NULL,
    bot_id BLOB,
    chat_id INTEGER,
    assignee BLOB,
    priority TEXT NOT NULL,
    unread_count INTEGER NOT NULL,
    last_sequence INTEGER NOT NULL,
    last_message_id BLOB,
    last_message_at INTEGER NOT NULL,
    snoozed_until INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX conversation_contact ON conversation (tenant_id, contact_id);
CREATE INDEX conversation_recent ON conversation (tenant_id, last_message_at, id);
CREATE INDEX conversation_snoozed ON conversation (snoozed_until) WHERE status = 'SNOOZED';

CREATE TABLE conversation_label (
    tenant_id BLOB NOT NULL,
    label TEXT NOT NULL,
    conversation_id BLOB NOT NULL REFERENCES conversation (id),
    PRIMARY KEY (tenant_id, label, conversation_id)
);
CREATE INDEX conversation_label_conversation ON conversation_label (conversation_id);

CREATE TABLE canned_response (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL REFERENCES tenant (id),
    shortcut TEXT NOT NULL,
    text TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX canned_response_shortcut ON canned_response (tenant_id, shortcut);

-- What a bot knows of a Telegram chat.
CREATE TABLE chat (
    bot_id BLOB NOT NULL REFERENCES bot (id),
    chat_id INTEGER NOT NULL,
    tenant_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    title TEXT,
    contact_id BLOB,
    conversation_id BLOB,
    state TEXT NOT NULL,
    state_reason TEXT,
    migrated_to INTEGER,
    -- A 429 of this chat.
    paused_until INTEGER,
    last_inbound_at INTEGER,
    PRIMARY KEY (bot_id, chat_id)
);
CREATE INDEX chat_contact ON chat (tenant_id, contact_id, last_inbound_at);
CREATE INDEX chat_tenant ON chat (tenant_id, chat_id);

CREATE TABLE message (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL,
    conversation_id BLOB,
    sequence INTEGER NOT NULL,
    kind TEXT NOT NULL,
    direction TEXT,
    platform TEXT NOT NULL,
    bot_id BLOB,
    chat_id INTEGER,
    author_type TEXT NOT NULL,
    author_id BLOB,
    author_name TEXT,
    content TEXT NOT NULL,
    reply_to BLOB,
    provider_message_id INTEGER,
    -- Pieces of one album arrive as messages of their own and become one entry.
    media_group_id TEXT,
    broadcast_id BLOB,
    created_at INTEGER NOT NULL,
    edited_at INTEGER,
    deleted_at INTEGER,
    -- The rest is NULL or 0 on what was not sent by us.
    status TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    error_code TEXT,
    error_message TEXT,
    waiting_for TEXT,
    next_attempt_at INTEGER,
    scheduled_at INTEGER,
    expires_at INTEGER,
    sent_at INTEGER,
    failed_at INTEGER,
    parts INTEGER NOT NULL DEFAULT 0,
    parts_sent INTEGER NOT NULL DEFAULT 0,
    on_unknown TEXT
);
CREATE INDEX message_tenant ON message (tenant_id, id);
CREATE UNIQUE INDEX message_timeline ON message (conversation_id, sequence) WHERE conversation_id IS NOT NULL;
CREATE INDEX message_homeless ON message (bot_id, chat_id) WHERE conversation_id IS NULL;
CREATE INDEX message_album ON message (conversation_id, media_group_id) WHERE media_group_id IS NOT NULL;
CREATE INDEX message_broadcast ON message (broadcast_id, id) WHERE broadcast_id IS NOT NULL;
CREATE INDEX message_broadcasts ON message (tenant_id, id) WHERE broadcast_id IS NOT NULL;

-- Telegram numbers messages per chat; one entry of ours may be several of Telegram's.
CREATE TABLE provider_message (
    bot_id BLOB NOT NULL,
    chat_id INTEGER NOT NULL,
    provider_message_id INTEGER NOT NULL,
    message_id BLOB NOT NULL,
    PRIMARY KEY (bot_id, chat_id, provider_message_id)
);
CREATE INDEX provider_message_of ON provider_message (message_id);

CREATE TABLE message_edit (
    message_id BLOB NOT NULL,
    -- From 1, oldest first; the content is what stood there before the edit.
    revision INTEGER NOT NULL,
    content TEXT NOT NULL,
    edited_at INTEGER NOT NULL,
    PRIMARY KEY (message_id, revision)
);

CREATE TABLE reaction (
    message_id BLOB NOT NULL,
    -- The provider's id of who reacted.
    actor TEXT NOT NULL,
    actor_name TEXT,
    -- JSON list of what they show now.
    emoji TEXT NOT NULL,
    reacted_at INTEGER NOT NULL,
    PRIMARY KEY (message_id, actor)
);

-- Button data over the channel's 64 bytes.
CREATE TABLE callback_data (
    token TEXT PRIMARY KEY,
    tenant_id BLOB NOT NULL,
    data TEXT NOT NULL,
    created_at INTEGER NOT NULL
);

-- Calls that accepted messages still owe. A row goes when it was done; one that failed is held for a retry by hand.
CREATE TABLE delivery (
    bot_id BLOB NOT NULL,
    position INTEGER NOT NULL,
    tenant_id BLOB NOT NULL,
    message_id BLOB NOT NULL,
    part INTEGER NOT NULL,
    broadcast_id BLOB,
    class INTEGER NOT NULL,
    chat_id INTEGER NOT NULL,
    is_group BOOLEAN NOT NULL,
    weight INTEGER NOT NULL,
    counts_daily BOOLEAN NOT NULL,
    -- SEND, EDIT or DELETE.
    op TEXT NOT NULL,
    -- SCHEDULED, QUEUED, SENDING or HELD.
    state TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    expires_at INTEGER,
    attempts INTEGER NOT NULL,
    was_unknown BOOLEAN NOT NULL,
    on_unknown TEXT NOT NULL,
    fence INTEGER,
    claimed_at INTEGER,
    payload TEXT NOT NULL,
    PRIMARY KEY (bot_id, position)
);
CREATE INDEX delivery_message ON delivery (message_id);
CREATE INDEX delivery_queue ON delivery (bot_id, class, position) WHERE state = 'QUEUED';
CREATE INDEX delivery_sending ON delivery (bot_id) WHERE state = 'SENDING';
CREATE INDEX delivery_scheduled ON delivery (due_at) WHERE state = 'SCHEDULED';
CREATE INDEX delivery_broadcast ON delivery (broadcast_id) WHERE broadcast_id IS NOT NULL;

CREATE TABLE daily_usage (
    bot_id BLOB NOT NULL,
    -- First millisecond of the UTC day.
    day_at INTEGER NOT NULL,
    used INTEGER NOT NULL,
    PRIMARY KEY (bot_id, day_at)
);

-- Places taken in rate windows, so that a restart remembers them.
CREATE TABLE rate_use (
    bot_id BLOB NOT NULL,
    chat_id INTEGER NOT NULL,
    answered_at INTEGER NOT NULL,
    weight INTEGER NOT NULL
);
CREATE INDEX rate_use_bot ON rate_use (bot_id, answered_at);
CREATE INDEX rate_use_age ON rate_use (answered_at);

CREATE TABLE broadcast (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL REFERENCES tenant (id),
    name TEXT NOT NULL,
    platform TEXT NOT NULL,
    status TEXT NOT NULL,
    status_reason TEXT,
    -- Text, parse mode, media, buttons and options as they were given.
    content TEXT NOT NULL,
    audience TEXT NOT NULL,
    bot_id BLOB,
    created_by BLOB,
    scheduled_at INTEGER,
    started_at INTEGER,
    finished_at INTEGER,
    -- The last contact that was turned into a recipient; NULL before and after the freezing.
    frozen_after BLOB,
    is_frozen BOOLEAN NOT NULL,
    total INTEGER NOT NULL,
    sent INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    blocked INTEGER NOT NULL,
    skipped INTEGER NOT NULL,
    unknown INTEGER NOT NULL,
    cancelled INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE INDEX broadcast_tenant ON broadcast (tenant_id, id);
CREATE INDEX broadcast_running ON broadcast (id) WHERE status IN ('QUEUED', 'SENDING');
CREATE INDEX broadcast_scheduled ON broadcast (scheduled_at) WHERE status = 'SCHEDULED';

CREATE TABLE broadcast_recipient (
    broadcast_id BLOB NOT NULL REFERENCES broadcast (id),
    contact_id BLOB NOT NULL,
    status TEXT NOT NULL,
    reason TEXT,
    -- Chosen when the audience is frozen; NULL when there is none.
    bot_id BLOB,
    chat_id INTEGER,
    message_id BLOB,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (broadcast_id, contact_id)
);
CREATE INDEX broadcast_recipient_pending ON broadcast_recipient (broadcast_id, bot_id, contact_id) WHERE status = 'PENDING';
CREATE INDEX broadcast_recipient_message ON broadcast_recipient (message_id) WHERE message_id IS NOT NULL;

-- Contacts that a broadcast names one by one, for or against; its audience is made of them when it starts.
CREATE TABLE broadcast_contact (
    broadcast_id BLOB NOT NULL REFERENCES broadcast (id),
    is_excluded BOOLEAN NOT NULL,
    contact_id BLOB NOT NULL,
    PRIMARY KEY (broadcast_id, is_excluded, contact_id)
);

-- Bots that still have recipients of a broadcast to be turned into deliveries.
CREATE TABLE broadcast_lane (
    broadcast_id BLOB NOT NULL REFERENCES broadcast (id),
    bot_id BLOB NOT NULL,
    -- The last contact that became a delivery; NULL before the first.
    fed_after BLOB,
    PRIMARY KEY (broadcast_id, bot_id)
);
CREATE INDEX broadcast_lane_bot ON broadcast_lane (bot_id);

-- Changes that somebody may wait for, numbered per tenant in order of commit.
CREATE TABLE feed (
    tenant_id BLOB NOT NULL,
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    object_id BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, seq)
);

CREATE TABLE feed_head (
    tenant_id BLOB PRIMARY KEY REFERENCES tenant (id),
    seq INTEGER NOT NULL
);
