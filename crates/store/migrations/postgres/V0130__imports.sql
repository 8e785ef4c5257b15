-- Since when it runs, and how long it was at work.
ALTER TABLE contact_import ADD COLUMN started_at BIGINT;
ALTER TABLE contact_import ADD COLUMN worked_ms BIGINT NOT NULL DEFAULT 0;
-- The cells of the first rows, for those who map columns; forgotten at its end.
ALTER TABLE contact_import ADD COLUMN samples TEXT;

-- Drafts and checked files wait for somebody; they are given up after some days.
CREATE INDEX contact_import_waiting ON contact_import (updated_at) WHERE status IN ('DRAFT', 'CHECKED');

-- How columns of files with the same header were mapped the last time.
CREATE TABLE contact_import_mapping (
    tenant_id BYTEA NOT NULL REFERENCES tenant (id),
    -- Over the names of the columns.
    header BYTEA NOT NULL,
    mapping TEXT NOT NULL,
    used_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, header)
);
