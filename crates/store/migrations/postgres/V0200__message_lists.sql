-- The messages of one chat in their order. The index before held only those without a conversation.
DROP INDEX message_homeless;
CREATE INDEX message_chat ON message (tenant_id, chat_id, id);
-- The few that could not be sent. The status has no index: a message that is sent changes it, and what is not indexed is
-- changed in place.
CREATE INDEX message_failed ON message (tenant_id, id) WHERE failed_at IS NOT NULL;
ALTER TABLE message SET (fillfactor = 90);
