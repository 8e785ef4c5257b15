-- The orders in which lists of contacts can be asked for.
CREATE INDEX contact_updated ON contact (tenant_id, kind, updated_at, id);
CREATE INDEX contact_last_seen ON contact (tenant_id, kind, COALESCE(last_seen_at, 0), id);
CREATE INDEX contact_first_name ON contact (tenant_id, kind, first_name, id);
