-- Attributes that a tenant describes: what type the values in a contact's `custom` have.
CREATE TABLE contact_attribute (
    id BYTEA PRIMARY KEY,
    tenant_id BYTEA NOT NULL REFERENCES tenant (id),
    name TEXT COLLATE "C" NOT NULL,
    kind TEXT NOT NULL,
    -- JSON list; of a choice.
    choices TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX contact_attribute_name ON contact_attribute (tenant_id, name);

-- Rules that say which contacts are meant, under a name.
CREATE TABLE contact_segment (
    id BYTEA PRIMARY KEY,
    tenant_id BYTEA NOT NULL REFERENCES tenant (id),
    name TEXT COLLATE "C" NOT NULL,
    rules TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX contact_segment_name ON contact_segment (tenant_id, name);
