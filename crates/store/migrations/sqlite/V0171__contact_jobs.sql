-- The same done to many contacts: what, to whom, and how far it is.
CREATE TABLE contact_job (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL REFERENCES tenant (id),
    status TEXT NOT NULL,
    -- Why it stopped before its end.
    status_reason TEXT,
    actor_type TEXT NOT NULL,
    actor_id BLOB,
    act TEXT NOT NULL,
    target TEXT NOT NULL,
    total INTEGER NOT NULL,
    done INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    -- The last contact that was looked at, or the first that is not meant; they are walked by id, downwards.
    below BLOB,
    lease_until INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    finished_at INTEGER
);
CREATE INDEX contact_job_tenant ON contact_job (tenant_id, id);
CREATE INDEX contact_job_open ON contact_job (lease_until) WHERE status = 'RUNNING';
CREATE INDEX contact_job_ended ON contact_job (finished_at) WHERE finished_at IS NOT NULL;

-- Refused rows are about people; they are forgotten some time after the import's end.
CREATE INDEX contact_import_refused ON contact_import (finished_at) WHERE rows_failed > 0 AND finished_at IS NOT NULL;

-- By what the rows of a dry run would be known again: a row further down that says the same is no new contact.
CREATE TABLE contact_import_seen (
    import_id BLOB NOT NULL REFERENCES contact_import (id),
    -- The beginning of a hash.
    key BLOB NOT NULL,
    PRIMARY KEY (import_id, key)
);
