-- What became of a broadcast's messages over time. Width is in milliseconds; seconds are kept for some minutes only.
CREATE TABLE broadcast_tick (
    broadcast_id BYTEA NOT NULL REFERENCES broadcast (id),
    width BIGINT NOT NULL,
    at BIGINT NOT NULL,
    sent BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    blocked BIGINT NOT NULL,
    unknown BIGINT NOT NULL,
    throttled BIGINT NOT NULL,
    PRIMARY KEY (broadcast_id, width, at)
);

-- Where the links of broadcasts lead that count who follows them. Which contact a short link is for stands in the link.
CREATE TABLE broadcast_link (
    id BYTEA PRIMARY KEY,
    broadcast_id BYTEA NOT NULL REFERENCES broadcast (id),
    url TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX broadcast_link_broadcast ON broadcast_link (broadcast_id, id);

CREATE TABLE broadcast_click (
    broadcast_id BYTEA NOT NULL REFERENCES broadcast (id),
    contact_id BYTEA NOT NULL,
    link_id BYTEA NOT NULL REFERENCES broadcast_link (id),
    clicks BIGINT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (broadcast_id, contact_id, link_id)
);
