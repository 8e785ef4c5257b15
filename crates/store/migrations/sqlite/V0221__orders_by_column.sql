-- A page begins in the middle of equal keys, of which there are as many as contacts who were never seen: SQLite finds that
-- place by a column, by an expression it walks there.
ALTER TABLE contact ADD COLUMN seen_order INTEGER NOT NULL GENERATED ALWAYS AS (COALESCE(last_seen_at, 0)) VIRTUAL;
DROP INDEX contact_last_seen;
CREATE INDEX contact_last_seen ON contact (tenant_id, kind, seen_order, id);

-- Those that don't wait come last.
ALTER TABLE conversation ADD COLUMN waiting_order INTEGER NOT NULL
    GENERATED ALWAYS AS (COALESCE(waiting_since, 9223372036854775807)) VIRTUAL;
DROP INDEX conversation_waiting;
CREATE INDEX conversation_waiting ON conversation (tenant_id, waiting_order, id);
