-- Attributes that a tenant describes: what type the values in a contact's `custom` have.
CREATE TABLE contact_attribute (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL REFERENCES tenant (id),
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    -- JSON list; of a choice.
    choices TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX contact_attribute_name ON contact_attribute (tenant_id, name);

-- Rules that say which contacts are meant, under a name.
CREATE TABLE contact_segment (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL REFERENCES tenant (id),
    name TEXT NOT NULL,
    rules TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX contact_segment_name ON contact_segment (tenant_id, name);
