-- What is forgotten in time is found by its age.
CREATE INDEX delivery_held ON delivery (due_at) WHERE state = 'HELD';

-- When a broadcast's recipients were forgotten; its numbers stay.
ALTER TABLE broadcast ADD COLUMN recipients_forgotten_at INTEGER;
CREATE INDEX broadcast_ended ON broadcast (finished_at)
    WHERE finished_at IS NOT NULL AND recipients_forgotten_at IS NULL;

CREATE INDEX start_link_age ON start_link (expires_at);
CREATE INDEX refresh_token_age ON refresh_token (expires_at);
