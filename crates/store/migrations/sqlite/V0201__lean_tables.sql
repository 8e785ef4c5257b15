-- Rows that are written and removed by the thousand live in the tree of their key alone: one tree less to write each time.
CREATE TABLE lean_delivery (
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
    -- SEND, EDIT, DELETE or REACT.
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
    is_paid BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (bot_id, position)
) WITHOUT ROWID;
INSERT INTO lean_delivery SELECT * FROM delivery;
DROP TABLE delivery;
ALTER TABLE lean_delivery RENAME TO delivery;
CREATE INDEX delivery_message ON delivery (message_id);
CREATE INDEX delivery_queue ON delivery (bot_id, class, position) WHERE state = 'QUEUED';
CREATE INDEX delivery_sending ON delivery (bot_id) WHERE state = 'SENDING';
CREATE INDEX delivery_scheduled ON delivery (due_at) WHERE state = 'SCHEDULED';
CREATE INDEX delivery_broadcast ON delivery (broadcast_id) WHERE broadcast_id IS NOT NULL;
CREATE INDEX delivery_held ON delivery (due_at) WHERE state = 'HELD';

CREATE TABLE lean_provider_message (
    bot_id BLOB NOT NULL,
    chat_id INTEGER NOT NULL,
    provider_message_id INTEGER NOT NULL,
    message_id BLOB NOT NULL,
    name TEXT,
    receipt INTEGER NOT NULL DEFAULT 0,
    part INTEGER,
    PRIMARY KEY (bot_id, chat_id, provider_message_id)
) WITHOUT ROWID;
INSERT INTO lean_provider_message SELECT * FROM provider_message;
DROP TABLE provider_message;
ALTER TABLE lean_provider_message RENAME TO provider_message;
CREATE INDEX provider_message_of ON provider_message (message_id);
CREATE UNIQUE INDEX provider_message_name ON provider_message (bot_id, name) WHERE name IS NOT NULL;

CREATE TABLE lean_daily_usage (
    bot_id BLOB NOT NULL,
    -- First millisecond of the UTC day.
    day_at INTEGER NOT NULL,
    used INTEGER NOT NULL,
    PRIMARY KEY (bot_id, day_at)
) WITHOUT ROWID;
INSERT INTO lean_daily_usage SELECT * FROM daily_usage;
DROP TABLE daily_usage;
ALTER TABLE lean_daily_usage RENAME TO daily_usage;

CREATE TABLE lean_feed (
    tenant_id BLOB NOT NULL,
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    object_id BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    only_for BLOB,
    PRIMARY KEY (tenant_id, seq)
) WITHOUT ROWID;
INSERT INTO lean_feed SELECT * FROM feed;
DROP TABLE feed;
ALTER TABLE lean_feed RENAME TO feed;

CREATE TABLE lean_bot_tick (
    bot_id BLOB NOT NULL,
    at INTEGER NOT NULL,
    sent INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    blocked INTEGER NOT NULL,
    unknown INTEGER NOT NULL,
    throttled INTEGER NOT NULL,
    -- The most that was seen waiting at one moment.
    waiting INTEGER NOT NULL,
    PRIMARY KEY (bot_id, at)
) WITHOUT ROWID;
INSERT INTO lean_bot_tick SELECT * FROM bot_tick;
DROP TABLE bot_tick;
ALTER TABLE lean_bot_tick RENAME TO bot_tick;
CREATE INDEX bot_tick_age ON bot_tick (at);
