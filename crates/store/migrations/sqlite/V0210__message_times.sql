-- The messages of a span of time, in its order: an id tells when a message was stored, not when it was written.
CREATE INDEX message_time ON message (tenant_id, created_at, id);
