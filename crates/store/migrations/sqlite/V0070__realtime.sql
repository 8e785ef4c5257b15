-- The one person whom a change concerns; NULL: everybody who may see the object.
ALTER TABLE feed ADD COLUMN only_for BLOB;

-- What opens a stream or a socket once, for those who can't send headers. The ticket itself is not kept.
CREATE TABLE stream_ticket (
    hash BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL REFERENCES tenant (id),
    -- Who asked for it: one of the two.
    user_id BLOB,
    key_id BLOB,
    expires_at INTEGER NOT NULL
);
CREATE INDEX stream_ticket_age ON stream_ticket (expires_at);
