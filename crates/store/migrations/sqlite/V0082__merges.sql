-- Merges that can be undone: what stood there before. A row goes when its time is over, or one of the two is erased.
CREATE TABLE contact_merge (
    -- The contact that went up in the other.
    from_id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL REFERENCES tenant (id),
    into_id BLOB NOT NULL,
    -- Counts a contact's merges: only the newest can be undone.
    number INTEGER NOT NULL,
    by_type TEXT NOT NULL,
    by_id BLOB,
    journal TEXT NOT NULL,
    merged_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX contact_merge_into ON contact_merge (into_id, number);
CREATE INDEX contact_merge_age ON contact_merge (merged_at);

-- Where each timeline entry stood before a merge.
CREATE TABLE contact_merge_entry (
    from_id BLOB NOT NULL,
    message_id BLOB NOT NULL,
    conversation_id BLOB NOT NULL,
    sequence INTEGER NOT NULL,
    author_id BLOB,
    PRIMARY KEY (from_id, message_id)
);

-- Pairs of people who may be one: they had the same phone number or username when one of them was written.
CREATE TABLE contact_duplicate (
    -- Both ids in hexadecimal, the older contact first.
    pair TEXT PRIMARY KEY,
    tenant_id BLOB NOT NULL REFERENCES tenant (id),
    one BLOB NOT NULL REFERENCES contact (id),
    other BLOB NOT NULL REFERENCES contact (id),
    dismissed_at INTEGER
);
CREATE INDEX contact_duplicate_open ON contact_duplicate (tenant_id, pair) WHERE dismissed_at IS NULL;
CREATE INDEX contact_duplicate_one ON contact_duplicate (one);
CREATE INDEX contact_duplicate_other ON contact_duplicate (other);
INSERT INTO contact_duplicate (pair, tenant_id, one, other)
    SELECT lower(hex(one)) || lower(hex(id)), tenant_id, one, id FROM (
        SELECT id, tenant_id, FIRST_VALUE(id) OVER (PARTITION BY tenant_id, phone ORDER BY id) AS one
        FROM contact WHERE phone IS NOT NULL AND kind = 'PERSON') AS same
    WHERE one <> id
    ON CONFLICT DO NOTHING;
INSERT INTO contact_duplicate (pair, tenant_id, one, other)
    SELECT lower(hex(one)) || lower(hex(id)), tenant_id, one, id FROM (
        SELECT id, tenant_id, FIRST_VALUE(id) OVER (PARTITION BY tenant_id, lower(telegram_username) ORDER BY id) AS one
        FROM contact WHERE telegram_username IS NOT NULL AND kind = 'PERSON') AS same
    WHERE one <> id
    ON CONFLICT DO NOTHING;
