-- Messages that are kept for broadcasts to come.
CREATE TABLE broadcast_template (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL REFERENCES tenant (id),
    name TEXT NOT NULL,
    -- Text, parse mode, media, buttons, languages and options as they were given.
    content TEXT NOT NULL,
    created_by BLOB,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX broadcast_template_name ON broadcast_template (tenant_id, name);
CREATE INDEX broadcast_template_tenant ON broadcast_template (tenant_id, id);
