-- People whom the web app signed in. The token of the cookie is not kept, only its hash.
CREATE TABLE web_session (
    id BYTEA PRIMARY KEY,
    hash BYTEA NOT NULL UNIQUE,
    user_id BYTEA NOT NULL REFERENCES app_user (id),
    -- The workspace that is open in it.
    tenant_id BYTEA NOT NULL REFERENCES tenant (id),
    -- Kept when the browser is closed.
    is_lasting BOOLEAN NOT NULL,
    user_agent TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX web_session_user ON web_session (user_id, seen_at);

-- Holds its one row once the first run is over: of two at the same moment, one gets it.
CREATE TABLE first_run (
    one BIGINT PRIMARY KEY
);
