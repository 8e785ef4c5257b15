-- The messages of one bot among those of many.
CREATE INDEX message_bot ON message (bot_id, id) WHERE bot_id IS NOT NULL;

-- What had a failure, whether it was tried again or not.
CREATE INDEX message_error ON message (tenant_id, id) WHERE error_code IS NOT NULL;
