-- The one person whom a change concerns; NULL: everybody who may see the object.
ALTER TABLE feed ADD COLUMN only_for BYTEA;

-- What opens a stream or a socket once, for those who can't send headers. The ticket itself is not kept.
CREATE TABLE stream_ticket (
    hash BYTEA PRIMARY KEY,
    tenant_id BYTEA NOT NULL REFERENCES tenant (id),
    -- Who asked for it: one of the two.
    user_id BYTEA,
    key_id BYTEA,
    expires_at BIGINT NOT NULL
);
CREATE INDEX stream_ticket_age ON stream_ticket (expires_at);
