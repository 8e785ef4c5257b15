-- People whom the web app signed in. The token of the cookie is not kept, only its hash.
CREATE TABLE web_session (
    id BLOB PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    user_id BLOB NOT NULL REFERENCES app_user (id),
    -- The workspace that is open in it.
    tenant_id BLOB NOT NULL REFERENCES tenant (id),
    -- Kept when the browser is closed.
    is_lasting BOOLEAN NOT NULL,
    user_agent TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
);
CREATE INDEX web_session_user ON web_session (user_id, seen_at);

-- Holds its one row once the first run is over: of two at the same moment, one gets it.
CREATE TABLE first_run (
    one INTEGER PRIMARY KEY
);
