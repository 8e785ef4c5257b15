-- Letters that are owed: written with what they tell of, gone once they are sent or given up. The text is encrypted,
-- since it holds a link that nobody else may open.
CREATE TABLE mail (
    id BLOB PRIMARY KEY,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    text BLOB NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL,
    -- When the link in it has ended, nobody needs it any more.
    expires_at INTEGER NOT NULL
);
CREATE INDEX mail_due ON mail (due_at);
