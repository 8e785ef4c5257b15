-- Time zone, quiet hours, when to stop by itself, whether it is paid for: as people set it.
ALTER TABLE broadcast ADD COLUMN steering TEXT NOT NULL DEFAULT '{}';
-- Of this broadcast alone, over all its bots.
ALTER TABLE broadcast ADD COLUMN rate_limit TEXT;
ALTER TABLE broadcast ADD COLUMN paused_from TEXT;
-- Whether quiet hours hold it now, and when that changes; only of those that have started.
ALTER TABLE broadcast ADD COLUMN is_quiet BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE broadcast ADD COLUMN quiet_change_at INTEGER;
-- Recipients in a row to whom it failed.
ALTER TABLE broadcast ADD COLUMN error_streak INTEGER NOT NULL DEFAULT 0;
CREATE INDEX broadcast_quiet ON broadcast (quiet_change_at)
    WHERE quiet_change_at IS NOT NULL AND status IN ('QUEUED', 'SENDING');
CREATE INDEX broadcast_capped ON broadcast (id) WHERE rate_limit IS NOT NULL AND status IN ('QUEUED', 'SENDING');

-- Messages that are paid for have a window of their own.
ALTER TABLE delivery ADD COLUMN is_paid BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE rate_use ADD COLUMN is_paid BOOLEAN NOT NULL DEFAULT FALSE;
