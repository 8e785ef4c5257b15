-- What people of the team write: drafts, mentions in notes, their own canned responses, and the names that clients give
-- to what they send.

-- A client's own name of a reply: what is sent again under it is the same reply.
CREATE TABLE reply_name (
    message_id BLOB PRIMARY KEY,
    conversation_id BLOB NOT NULL,
    client_id TEXT NOT NULL
);
CREATE UNIQUE INDEX reply_name_client ON reply_name (conversation_id, client_id);

CREATE TABLE reply_draft (
    conversation_id BLOB NOT NULL,
    -- A person or an API key.
    actor_id BLOB NOT NULL,
    -- reply or note.
    mode TEXT NOT NULL,
    tenant_id BLOB NOT NULL,
    text TEXT NOT NULL,
    reply_to BLOB,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (conversation_id, actor_id, mode)
);
CREATE INDEX reply_draft_actor ON reply_draft (tenant_id, actor_id, updated_at);

CREATE TABLE mention (
    tenant_id BLOB NOT NULL,
    user_id BLOB NOT NULL,
    message_id BLOB NOT NULL,
    PRIMARY KEY (tenant_id, user_id, message_id)
);
CREATE INDEX mention_message ON mention (message_id);

ALTER TABLE canned_response ADD COLUMN user_id BLOB;
ALTER TABLE canned_response ADD COLUMN usage_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE canned_response ADD COLUMN last_used_at INTEGER;
CREATE INDEX canned_response_usage ON canned_response (tenant_id, usage_count, id);
