-- Who said /stop to a bot is left out by its broadcasts; agents may still answer.
ALTER TABLE chat ADD COLUMN opted_out_at BIGINT;

-- What a contact agreed to, and took back, in order.
CREATE TABLE consent (
    id BYTEA PRIMARY KEY,
    tenant_id BYTEA NOT NULL REFERENCES tenant (id),
    contact_id BYTEA NOT NULL,
    -- OPTED_IN or OPTED_OUT.
    kind TEXT NOT NULL,
    by_type TEXT NOT NULL,
    by_id BYTEA,
    -- NULL: to every bot.
    bot_id BYTEA,
    chat_id BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX consent_contact ON consent (contact_id, id);

-- How a tenant treats its contacts; without a row, as it is by default.
CREATE TABLE contact_settings (
    tenant_id BYTEA PRIMARY KEY REFERENCES tenant (id),
    obeys_stop BOOLEAN NOT NULL
);

-- When an identity's proof was given, and by whom.
ALTER TABLE identity ADD COLUMN proven_at BIGINT;
ALTER TABLE identity ADD COLUMN proven_by_type TEXT;
ALTER TABLE identity ADD COLUMN proven_by_id BYTEA;
