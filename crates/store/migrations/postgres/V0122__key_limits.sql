-- What the key of an agent is limited to, as JSON; NULL: it is no such key.
ALTER TABLE api_key ADD COLUMN limits TEXT;
