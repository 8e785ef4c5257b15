-- What a search can find: the number runs with time, so that the newest comes first.
CREATE TABLE search_document (
    number INTEGER PRIMARY KEY,
    tenant_id BLOB NOT NULL,
    -- MESSAGE or CONTACT.
    kind TEXT NOT NULL,
    object_id BLOB NOT NULL
);
CREATE UNIQUE INDEX search_document_object ON search_document (object_id);

-- Runs of two and three characters, as hashes that hold tenant and kind, by the document's number.
CREATE VIRTUAL TABLE search_gram USING fts5 (
    grams, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii'
);

-- What was there before and has no documents yet. A row goes when it is done.
CREATE TABLE search_backlog (
    kind TEXT PRIMARY KEY,
    after_id BLOB NOT NULL
);
INSERT INTO search_backlog (kind, after_id) SELECT 'CONTACT', x'' WHERE EXISTS (SELECT 1 FROM contact);
INSERT INTO search_backlog (kind, after_id) SELECT 'MESSAGE', x'' WHERE EXISTS (SELECT 1 FROM message);

-- Usernames are the same in upper and lower case.
CREATE INDEX contact_username_lower ON contact (tenant_id, lower(telegram_username))
    WHERE telegram_username IS NOT NULL;
