-- Besides their one timeline over all channels, contacts have conversations of other kinds: a group's forum topics, and
-- what a person writes to a business account that a bot answers for. `thread` tells them apart; it is empty for the one.
ALTER TABLE conversation ADD COLUMN thread TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE conversation ADD COLUMN topic_id BIGINT;
ALTER TABLE conversation ADD COLUMN title TEXT;
DROP INDEX conversation_contact;
CREATE UNIQUE INDEX conversation_contact ON conversation (tenant_id, contact_id, thread);

-- A business account's chats have message numbers of their own, so each is a chat under a number of ours. It is nobody's
-- chat with the bot: no contact is reached through it.
ALTER TABLE chat ADD COLUMN business_connection_id TEXT;
ALTER TABLE chat ADD COLUMN business_chat_id BIGINT;
CREATE INDEX chat_business ON chat (conversation_id) WHERE business_chat_id IS NOT NULL;

-- The accounts that bots may answer for, and whether they still may.
CREATE TABLE business_connection (
    bot_id BYTEA NOT NULL REFERENCES bot (id),
    connection_id TEXT COLLATE "C" NOT NULL,
    tenant_id BYTEA NOT NULL,
    user_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    is_enabled BOOLEAN NOT NULL,
    can_reply BOOLEAN NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (bot_id, connection_id)
);
CREATE INDEX business_connection_user ON business_connection (tenant_id, user_id);
