-- What a search can find: the number runs with time, so that the newest comes first.
CREATE TABLE search_document (
    number BIGINT PRIMARY KEY,
    tenant_id BYTEA NOT NULL,
    -- MESSAGE or CONTACT.
    kind TEXT COLLATE "C" NOT NULL,
    object_id BYTEA NOT NULL,
    -- Runs of two and three characters, as hashes that hold tenant and kind.
    grams TSVECTOR NOT NULL
);
CREATE UNIQUE INDEX search_document_object ON search_document (object_id);
CREATE INDEX search_document_recent ON search_document (tenant_id, kind, number);
CREATE INDEX search_document_grams ON search_document USING gin (grams);

-- What was there before and has no documents yet. A row goes when it is done.
CREATE TABLE search_backlog (
    kind TEXT COLLATE "C" PRIMARY KEY,
    after_id BYTEA NOT NULL
);
INSERT INTO search_backlog (kind, after_id) SELECT 'CONTACT', ''::bytea WHERE EXISTS (SELECT 1 FROM contact);
INSERT INTO search_backlog (kind, after_id) SELECT 'MESSAGE', ''::bytea WHERE EXISTS (SELECT 1 FROM message);

-- Usernames are the same in upper and lower case.
CREATE INDEX contact_username_lower ON contact (tenant_id, lower(telegram_username))
    WHERE telegram_username IS NOT NULL;
