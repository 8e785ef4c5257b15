-- Merges that can be undone: what stood there before. A row goes when its time is over, or one of the two is erased.
CREATE TABLE contact_merge (
    -- The contact that went up in the other.
    from_id BYTEA PRIMARY KEY,
    tenant_id BYTEA NOT NULL REFERENCES tenant (id),
    into_id BYTEA NOT NULL,
    -- Counts a contact's merges: only the newest can be undone.
    number BIGINT NOT NULL,
    by_type TEXT NOT NULL,
    by_id BYTEA,
    journal TEXT NOT NULL,
    merged_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX contact_merge_into ON contact_merge (into_id, number);
CREATE INDEX contact_merge_age ON contact_merge (merged_at);

-- Where each timeline entry stood before a merge.
CREATE TABLE contact_merge_entry (
    from_id BYTEA NOT NULL,
    message_id BYTEA NOT NULL,
    conversation_id BYTEA NOT NULL,
    sequence BIGINT NOT NULL,
    author_id BYTEA,
    PRIMARY KEY (from_id, message_id)
);

-- Pairs of people who may be one: they had the same phone number or username when one of them was written.
CREATE TABLE contact_duplicate (
    -- Both ids in hexadecimal, the older contact first.
    pair TEXT COLLATE "C" PRIMARY KEY,
    tenant_id BYTEA NOT NULL REFERENCES tenant (id),
    one BYTEA NOT NULL REFERENCES contact (id),
    other BYTEA NOT NULL REFERENCES contact (id),
    dismissed_at BIGINT
);
CREATE INDEX contact_duplicate_open ON contact_duplicate (tenant_id, pair) WHERE dismissed_at IS NULL;
CREATE INDEX contact_duplicate_one ON contact_duplicate (one);
CREATE INDEX contact_duplicate_other ON contact_duplicate (other);
INSERT INTO contact_duplicate (pair, tenant_id, one, other)
    SELECT encode(one, 'hex') || encode(id, 'hex'), tenant_id, one, id FROM (
        SELECT id, tenant_id, FIRST_VALUE(id) OVER (PARTITION BY tenant_id, phone ORDER BY id) AS one
        FROM contact WHERE phone IS NOT NULL AND kind = 'PERSON') AS same
    WHERE one <> id
    ON CONFLICT DO NOTHING;
INSERT INTO contact_duplicate (pair, tenant_id, one, other)
    SELECT encode(one, 'hex') || encode(id, 'hex'), tenant_id, one, id FROM (
        SELECT id, tenant_id, FIRST_VALUE(id) OVER (PARTITION BY tenant_id, lower(telegram_username) ORDER BY id) AS one
        FROM contact WHERE telegram_username IS NOT NULL AND kind = 'PERSON') AS same
    WHERE one <> id
    ON CONFLICT DO NOTHING;
