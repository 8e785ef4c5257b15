-- Start links: who opens one is tied to its contact, once. The token itself is not kept.
CREATE TABLE start_link (
    token_hash BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL REFERENCES tenant (id),
    contact_id BLOB NOT NULL,
    bot_id BLOB NOT NULL REFERENCES bot (id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER
);
CREATE INDEX start_link_contact ON start_link (contact_id);

-- Imports of contacts: a file in the storage, how to read it, and how far it has been read.
CREATE TABLE contact_import (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL REFERENCES tenant (id),
    status TEXT NOT NULL,
    -- Why it stopped before its end.
    status_reason TEXT,
    file_name TEXT,
    file_key TEXT NOT NULL,
    file_bytes INTEGER NOT NULL,
    options TEXT NOT NULL,
    -- The first byte that has not been read; the header line comes first.
    next_byte INTEGER NOT NULL,
    rows_read INTEGER NOT NULL,
    rows_created INTEGER NOT NULL,
    rows_updated INTEGER NOT NULL,
    rows_unchanged INTEGER NOT NULL,
    rows_failed INTEGER NOT NULL,
    lease_until INTEGER NOT NULL,
    created_by BLOB,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    finished_at INTEGER
);
CREATE INDEX contact_import_tenant ON contact_import (tenant_id, id);
CREATE INDEX contact_import_open ON contact_import (lease_until) WHERE status = 'RUNNING';

CREATE TABLE contact_import_error (
    import_id BLOB NOT NULL REFERENCES contact_import (id),
    -- The row's number in the file, the header being 1.
    row_number INTEGER NOT NULL,
    reason TEXT NOT NULL,
    line TEXT NOT NULL,
    PRIMARY KEY (import_id, row_number)
);

-- An import looks contacts up by address.
CREATE INDEX contact_email ON contact (tenant_id, email) WHERE email IS NOT NULL;
