-- Processes that serve this installation. Each changes its beat all the time; the row of one that does not is taken away
-- by another, and what it owned is free.
CREATE TABLE node (
    id TEXT COLLATE "C" PRIMARY KEY,
    name TEXT NOT NULL,
    roles TEXT NOT NULL,
    -- Whether lanes and duties may go to it: not while it leaves, nor when it only serves the API.
    takes_work BOOLEAN NOT NULL,
    beat BIGINT NOT NULL,
    started_at BIGINT NOT NULL
);

-- Work that is done by one node at a time. `owner` names a node; one that is not there any more owns nothing.
CREATE TABLE duty (
    name TEXT COLLATE "C" PRIMARY KEY,
    owner TEXT,
    -- Grows with every owner.
    fence BIGINT NOT NULL
);

-- A node has one lease for all its lanes.
ALTER TABLE lane DROP COLUMN lease_until;

-- Since when `bulk_ceiling` stands: it rises with time.
ALTER TABLE lane ADD COLUMN ceiling_at BIGINT;

-- A lane that is opened asks for these among all chats of its bot.
CREATE INDEX chat_paused ON chat (bot_id, paused_until) WHERE paused_until IS NOT NULL;
