-- What people of the team write: drafts, mentions in notes, their own canned responses, and the names that clients give
-- to what they send.

-- A client's own name of a reply: what is sent again under it is the same reply.
CREATE TABLE reply_name (
    message_id BYTEA PRIMARY KEY,
    conversation_id BYTEA NOT NULL,
    client_id TEXT COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX reply_name_client ON reply_name (conversation_id, client_id);

CREATE TABLE reply_draft (
    conversation_id BYTEA NOT NULL,
    -- A person or an API key.
    actor_id BYTEA NOT NULL,
    -- reply or note.
    mode TEXT COLLATE "C" NOT NULL,
    tenant_id BYTEA NOT NULL,
    text TEXT NOT NULL,
    reply_to BYTEA,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (conversation_id, actor_id, mode)
);
CREATE INDEX reply_draft_actor ON reply_draft (tenant_id, actor_id, updated_at);

CREATE TABLE mention (
    tenant_id BYTEA NOT NULL,
    user_id BYTEA NOT NULL,
    message_id BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, user_id, message_id)
);
CREATE INDEX mention_message ON mention (message_id);

ALTER TABLE canned_response ADD COLUMN user_id BYTEA;
ALTER TABLE canned_response ADD COLUMN usage_count BIGINT NOT NULL DEFAULT 0;
ALTER TABLE canned_response ADD COLUMN last_used_at BIGINT;
CREATE INDEX canned_response_usage ON canned_response (tenant_id, usage_count, id);
