-- Rows that come and go by the thousand are vacuumed after little, not after a fifth of the table.
ALTER TABLE delivery SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_limit = 2000);
ALTER TABLE rate_use SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_limit = 2000);
ALTER TABLE event SET (autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE broadcast_recipient SET (autovacuum_vacuum_scale_factor = 0.02);
