-- People whose data was erased: the id that logs know them by is all that is left.
CREATE TABLE contact_erasure (
    contact_id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL REFERENCES tenant (id),
    by_type TEXT NOT NULL,
    by_id BLOB,
    erased_at INTEGER NOT NULL
);
CREATE INDEX contact_erasure_tenant ON contact_erasure (tenant_id, contact_id);

-- Chats of contacts that are gone: what stored Updates say of them goes too, little by little. A row goes when that is
-- done. Without a bot, it names a person who may have spoken in groups.
CREATE TABLE event_erasure (
    bot_id BLOB NOT NULL,
    chat_id INTEGER NOT NULL,
    tenant_id BLOB NOT NULL,
    -- The last event that is meant.
    until_seq INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, bot_id, chat_id)
);

-- How far a tenant's events have been walked for it.
CREATE TABLE event_erasure_pass (
    tenant_id BLOB PRIMARY KEY,
    after_seq INTEGER NOT NULL,
    until_seq INTEGER NOT NULL
);

-- What a person said in groups, and what they reacted to.
CREATE INDEX message_speaker ON message (author_id) WHERE author_type = 'CONTACT' AND chat_id < 0;
CREATE INDEX reaction_actor ON reaction (actor);
