-- Messages of contacts for which something may follow by itself. Written with the message, gone when it was decided.
CREATE TABLE automation_job (
    message_id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL,
    conversation_id BLOB NOT NULL,
    is_first BOOLEAN NOT NULL,
    tries INTEGER NOT NULL,
    due_at INTEGER NOT NULL
);
CREATE INDEX automation_job_due ON automation_job (due_at);

-- Automatic answers of late, so that they stay bounded.
CREATE TABLE automation_answer (
    conversation_id BLOB NOT NULL,
    answered_at INTEGER NOT NULL,
    -- greeting, away or keyword.
    kind TEXT NOT NULL
);
CREATE INDEX automation_answer_conversation ON automation_answer (conversation_id, answered_at);
CREATE INDEX automation_answer_age ON automation_answer (answered_at);

-- Who did what to what, when, from where. Rows are only added, and forgotten when they are old.
CREATE TABLE activity_log (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL,
    actor_type TEXT NOT NULL,
    actor_id BLOB,
    actor_name TEXT,
    action TEXT NOT NULL,
    object_type TEXT NOT NULL,
    object_id BLOB,
    object_name TEXT,
    -- JSON of what an edit changed; NULL when there is nothing to tell.
    before_json TEXT,
    after_json TEXT,
    -- http, mcp or internal.
    origin TEXT NOT NULL,
    ip TEXT,
    created_at INTEGER NOT NULL
);
CREATE INDEX activity_log_tenant ON activity_log (tenant_id, id);
CREATE INDEX activity_log_object ON activity_log (tenant_id, object_id, id) WHERE object_id IS NOT NULL;
CREATE INDEX activity_log_actor ON activity_log (tenant_id, actor_id, id) WHERE actor_id IS NOT NULL;
CREATE INDEX activity_log_age ON activity_log (tenant_id, created_at);
