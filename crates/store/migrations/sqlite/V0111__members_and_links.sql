-- Somebody who has left one workspace keeps their place in the others.
ALTER TABLE member ADD COLUMN is_active BOOLEAN NOT NULL DEFAULT TRUE;

-- Invitations to a workspace. The token of the link is not kept; what was accepted or revoked is gone.
CREATE TABLE invite (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL REFERENCES tenant (id),
    email TEXT NOT NULL,
    role TEXT NOT NULL,
    hash BLOB NOT NULL UNIQUE,
    created_by BLOB,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX invite_email ON invite (tenant_id, email);

-- Links that set a new password; one for each person at most.
CREATE TABLE reset_link (
    user_id BLOB PRIMARY KEY REFERENCES app_user (id),
    hash BLOB NOT NULL UNIQUE,
    expires_at INTEGER NOT NULL
);

-- The second step of signing in. Secrets are encrypted, recovery codes hashed.
CREATE TABLE second_step (
    user_id BLOB PRIMARY KEY REFERENCES app_user (id),
    secret BLOB NOT NULL,
    -- NULL until the person proved that their authenticator shows the right codes.
    confirmed_at INTEGER,
    -- The last code that was taken: none is good twice.
    last_step INTEGER NOT NULL,
    -- JSON, hexadecimal hashes.
    recovery TEXT NOT NULL
);
