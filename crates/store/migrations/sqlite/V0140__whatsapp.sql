-- WhatsApp as a second channel. A number sends and receives as a bot does, so it is a row of `bot` with a lane, a daily
-- usage and a webhook of its own; what only numbers have stands beside it.

-- `bot_user_id` of a number is its phone_number_id below zero, so that the two channels' ids never meet. The app secret
-- that signs its webhook stands in `webhook_secret`.
ALTER TABLE bot ADD COLUMN platform TEXT NOT NULL DEFAULT 'TELEGRAM';
CREATE INDEX bot_platform ON bot (tenant_id, platform, id) WHERE removed_at IS NULL;

CREATE TABLE whatsapp_number (
    bot_id BLOB PRIMARY KEY REFERENCES bot (id),
    tenant_id BLOB NOT NULL REFERENCES tenant (id),
    phone_number_id TEXT NOT NULL,
    waba_id TEXT NOT NULL,
    display_phone_number TEXT NOT NULL,
    verified_name TEXT NOT NULL,
    quality_rating TEXT,
    -- Encrypted; proves to Meta that the callback is ours. Its hash finds the number at the installation's own address.
    verify_token BLOB NOT NULL,
    verify_hash BLOB NOT NULL
);
CREATE INDEX whatsapp_number_waba ON whatsapp_number (waba_id);
CREATE INDEX whatsapp_number_phone ON whatsapp_number (phone_number_id);
CREATE INDEX whatsapp_number_verify ON whatsapp_number (verify_hash);

-- What the channel calls the person of a chat, where that is no number: of one person a phone, a user id, or both.
CREATE TABLE chat_address (
    bot_id BLOB NOT NULL REFERENCES bot (id),
    address TEXT NOT NULL,
    chat_id INTEGER NOT NULL,
    tenant_id BLOB NOT NULL,
    PRIMARY KEY (bot_id, address)
);
CREATE INDEX chat_address_chat ON chat_address (bot_id, chat_id);

-- The channel's own name of a message, where that is no number, and how far it has come: 1 sent, 2 delivered, 3 read.
ALTER TABLE provider_message ADD COLUMN name TEXT;
ALTER TABLE provider_message ADD COLUMN receipt INTEGER NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX provider_message_name ON provider_message (bot_id, name) WHERE name IS NOT NULL;
ALTER TABLE message ADD COLUMN provider_name TEXT;
ALTER TABLE message ADD COLUMN delivered_at INTEGER;
ALTER TABLE message ADD COLUMN read_at INTEGER;

CREATE TABLE whatsapp_template (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL REFERENCES tenant (id),
    waba_id TEXT NOT NULL,
    -- Meta's id; NULL until Meta has taken it.
    provider_id TEXT,
    name TEXT NOT NULL,
    language TEXT NOT NULL,
    category TEXT NOT NULL,
    status TEXT NOT NULL,
    quality TEXT,
    reason TEXT,
    -- JSON as Meta has it.
    components TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX whatsapp_template_name ON whatsapp_template (tenant_id, waba_id, name, language);
CREATE INDEX whatsapp_template_tenant ON whatsapp_template (tenant_id, id);
