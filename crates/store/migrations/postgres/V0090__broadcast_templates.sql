-- Messages that are kept for broadcasts to come.
CREATE TABLE broadcast_template (
    id BYTEA PRIMARY KEY,
    tenant_id BYTEA NOT NULL REFERENCES tenant (id),
    name TEXT COLLATE "C" NOT NULL,
    -- Text, parse mode, media, buttons, languages and options as they were given.
    content TEXT NOT NULL,
    created_by BYTEA,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX broadcast_template_name ON broadcast_template (tenant_id, name);
CREATE INDEX broadcast_template_tenant ON broadcast_template (tenant_id, id);
