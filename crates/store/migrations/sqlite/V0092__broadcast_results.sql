-- What became of a broadcast's messages over time. Width is in milliseconds; seconds are kept for some minutes only.
CREATE TABLE broadcast_tick (
    broadcast_id BLOB NOT NULL REFERENCES broadcast (id),
    width INTEGER NOT NULL,
    at INTEGER NOT NULL,
    sent INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    blocked INTEGER NOT NULL,
    unknown INTEGER NOT NULL,
    throttled INTEGER NOT NULL,
    PRIMARY KEY (broadcast_id, width, at)
);

-- Where the links of broadcasts lead that count who follows them. Which contact a short link is for stands in the link.
CREATE TABLE broadcast_link (
    id BLOB PRIMARY KEY,
    broadcast_id BLOB NOT NULL REFERENCES broadcast (id),
    url TEXT NOT NULL,
    created_at INTEGER NOT NULL
);
CREATE INDEX broadcast_link_broadcast ON broadcast_link (broadcast_id, id);

CREATE TABLE broadcast_click (
    broadcast_id BLOB NOT NULL REFERENCES broadcast (id),
    contact_id BLOB NOT NULL,
    link_id BLOB NOT NULL REFERENCES broadcast_link (id),
    clicks INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (broadcast_id, contact_id, link_id)
);
