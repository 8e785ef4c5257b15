-- Start links: who opens one is tied to its contact, once. The token itself is not kept.
CREATE TABLE start_link (
    token_hash BYTEA PRIMARY KEY,
    tenant_id BYTEA NOT NULL REFERENCES tenant (id),
    contact_id BYTEA NOT NULL,
    bot_id BYTEA NOT NULL REFERENCES bot (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX start_link_contact ON start_link (contact_id);

-- Imports of contacts: a file in the storage, how to read it, and how far it has been read.
CREATE TABLE contact_import (
    id BYTEA PRIMARY KEY,
    tenant_id BYTEA NOT NULL REFERENCES tenant (id),
    status TEXT NOT NULL,
    -- Why it stopped before its end.
    status_reason TEXT,
    file_name TEXT,
    file_key TEXT NOT NULL,
    file_bytes BIGINT NOT NULL,
    options TEXT NOT NULL,
    -- The first byte that has not been read; the header line comes first.
    next_byte BIGINT NOT NULL,
    rows_read BIGINT NOT NULL,
    rows_created BIGINT NOT NULL,
    rows_updated BIGINT NOT NULL,
    rows_unchanged BIGINT NOT NULL,
    rows_failed BIGINT NOT NULL,
    lease_until BIGINT NOT NULL,
    created_by BYTEA,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    finished_at BIGINT
);
CREATE INDEX contact_import_tenant ON contact_import (tenant_id, id);
CREATE INDEX contact_import_open ON contact_import (lease_until) WHERE status = 'RUNNING';

CREATE TABLE contact_import_error (
    import_id BYTEA NOT NULL REFERENCES contact_import (id),
    -- The row's number in the file, the header being 1.
    row_number BIGINT NOT NULL,
    reason TEXT NOT NULL,
    line TEXT NOT NULL,
    PRIMARY KEY (import_id, row_number)
);

-- An import looks contacts up by address.
CREATE INDEX contact_email ON contact (tenant_id, email) WHERE email IS NOT NULL;
