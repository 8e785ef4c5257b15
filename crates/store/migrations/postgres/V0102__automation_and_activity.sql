-- Messages of contacts for which something may follow by itself. Written with the message, gone when it was decided.
CREATE TABLE automation_job (
    message_id BYTEA PRIMARY KEY,
    tenant_id BYTEA NOT NULL,
    conversation_id BYTEA NOT NULL,
    is_first BOOLEAN NOT NULL,
    tries BIGINT NOT NULL,
    due_at BIGINT NOT NULL
);
CREATE INDEX automation_job_due ON automation_job (due_at);

-- Automatic answers of late, so that they stay bounded.
CREATE TABLE automation_answer (
    conversation_id BYTEA NOT NULL,
    answered_at BIGINT NOT NULL,
    -- greeting, away or keyword.
    kind TEXT COLLATE "C" NOT NULL
);
CREATE INDEX automation_answer_conversation ON automation_answer (conversation_id, answered_at);
CREATE INDEX automation_answer_age ON automation_answer (answered_at);

-- Who did what to what, when, from where. Rows are only added, and forgotten when they are old.
CREATE TABLE activity_log (
    id BYTEA PRIMARY KEY,
    tenant_id BYTEA NOT NULL,
    actor_type TEXT COLLATE "C" NOT NULL,
    actor_id BYTEA,
    actor_name TEXT,
    action TEXT COLLATE "C" NOT NULL,
    object_type TEXT COLLATE "C" NOT NULL,
    object_id BYTEA,
    object_name TEXT,
    -- JSON of what an edit changed; NULL when there is nothing to tell.
    before_json TEXT,
    after_json TEXT,
    -- http, mcp or internal.
    origin TEXT COLLATE "C" NOT NULL,
    ip TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX activity_log_tenant ON activity_log (tenant_id, id);
CREATE INDEX activity_log_object ON activity_log (tenant_id, object_id, id) WHERE object_id IS NOT NULL;
CREATE INDEX activity_log_actor ON activity_log (tenant_id, actor_id, id) WHERE actor_id IS NOT NULL;
CREATE INDEX activity_log_age ON activity_log (tenant_id, created_at);
