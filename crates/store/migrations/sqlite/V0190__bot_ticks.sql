-- What became of a sender's messages, ten minutes a row; rows are kept for two days.
CREATE TABLE bot_tick (
    bot_id BLOB NOT NULL,
    at INTEGER NOT NULL,
    sent INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    blocked INTEGER NOT NULL,
    unknown INTEGER NOT NULL,
    throttled INTEGER NOT NULL,
    -- The most that was seen waiting at one moment.
    waiting INTEGER NOT NULL,
    PRIMARY KEY (bot_id, at)
);
CREATE INDEX bot_tick_age ON bot_tick (at);
