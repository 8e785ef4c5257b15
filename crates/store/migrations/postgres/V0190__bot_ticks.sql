-- What became of a sender's messages, ten minutes a row; rows are kept for two days.
CREATE TABLE bot_tick (
    bot_id BYTEA NOT NULL,
    at BIGINT NOT NULL,
    sent BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    blocked BIGINT NOT NULL,
    unknown BIGINT NOT NULL,
    throttled BIGINT NOT NULL,
    -- The most that was seen waiting at one moment.
    waiting BIGINT NOT NULL,
    PRIMARY KEY (bot_id, at)
);
CREATE INDEX bot_tick_age ON bot_tick (at);
