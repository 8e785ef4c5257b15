-- What waits for an answer, who has read how far, and what the team arranges: settings, labels, views.
ALTER TABLE conversation ADD COLUMN waiting_since BIGINT;
ALTER TABLE conversation ADD COLUMN wakes_on_reply BOOLEAN NOT NULL DEFAULT TRUE;
-- Messages that came in so far, and how many of them had come when the team answered last.
ALTER TABLE conversation ADD COLUMN incoming_count BIGINT NOT NULL DEFAULT 0;
ALTER TABLE conversation ADD COLUMN answered_count BIGINT NOT NULL DEFAULT 0;
UPDATE conversation SET incoming_count = unread_count;
UPDATE conversation SET waiting_since = last_message_at WHERE unread_count > 0 AND status <> 'CLOSED';
-- Who has waited longest; those that don't wait come last.
CREATE INDEX conversation_waiting ON conversation (tenant_id, COALESCE(waiting_since, 9223372036854775807), id);
CREATE INDEX conversation_status ON conversation (tenant_id, status, last_message_at, id);
CREATE INDEX conversation_assignee ON conversation (tenant_id, assignee, status);

-- How many of the messages that came in a person of the team has seen.
CREATE TABLE conversation_seen (
    conversation_id BYTEA NOT NULL,
    user_id BYTEA NOT NULL,
    tenant_id BYTEA NOT NULL,
    seen_count BIGINT NOT NULL,
    is_marked_unread BOOLEAN NOT NULL,
    PRIMARY KEY (conversation_id, user_id)
);

CREATE TABLE label (
    id BYTEA PRIMARY KEY,
    tenant_id BYTEA NOT NULL REFERENCES tenant (id),
    name TEXT COLLATE "C" NOT NULL,
    color TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX label_name ON label (tenant_id, name);
INSERT INTO label (id, tenant_id, name, color, created_at, updated_at)
    SELECT uuid_send(gen_random_uuid()), tenant_id, label, 'gray', 0, 0
    FROM (SELECT DISTINCT tenant_id, label FROM conversation_label) AS used;

-- Lists that people keep: a name and the query of the inbox list.
CREATE TABLE inbox_view (
    id BYTEA PRIMARY KEY,
    tenant_id BYTEA NOT NULL REFERENCES tenant (id),
    -- NULL: everybody's.
    user_id BYTEA,
    name TEXT COLLATE "C" NOT NULL,
    query TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX inbox_view_tenant ON inbox_view (tenant_id, name, id);

-- What a tenant set, as JSON; what is not there has its default.
CREATE TABLE tenant_settings (
    tenant_id BYTEA PRIMARY KEY REFERENCES tenant (id),
    settings TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);
-- Whose turn it was last, when conversations go round.
CREATE TABLE assignment_turn (
    tenant_id BYTEA PRIMARY KEY REFERENCES tenant (id),
    user_id BYTEA NOT NULL
);
