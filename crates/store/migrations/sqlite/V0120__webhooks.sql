-- Where tenants want to hear of changes.
CREATE TABLE webhook_endpoint (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL REFERENCES tenant (id),
    url TEXT NOT NULL,
    description TEXT NOT NULL,
    -- JSON list; empty: all.
    event_types TEXT NOT NULL,
    -- Encrypted. After a rotation the one before signs beside it for a while.
    secret BLOB NOT NULL,
    old_secret BLOB,
    old_secret_until INTEGER,
    is_enabled BOOLEAN NOT NULL,
    disabled_reason TEXT,
    -- Since when nothing has arrived.
    failing_since INTEGER,
    -- How far the feed was turned into deliveries.
    position INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE INDEX webhook_endpoint_tenant ON webhook_endpoint (tenant_id, id);
CREATE INDEX webhook_endpoint_enabled ON webhook_endpoint (tenant_id) WHERE is_enabled;

-- One event on its way to one endpoint.
CREATE TABLE webhook_delivery (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL,
    endpoint_id BLOB NOT NULL,
    event_type TEXT NOT NULL,
    -- Its place in the feed; NULL for a test.
    seq INTEGER,
    -- The contact whom it is about: when they are erased, it goes too.
    contact_id BLOB,
    payload TEXT NOT NULL,
    status TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    -- When it is tried next; somebody who tries it moves it on first.
    due_at INTEGER,
    created_at INTEGER NOT NULL,
    delivered_at INTEGER
);
CREATE UNIQUE INDEX webhook_delivery_event ON webhook_delivery (endpoint_id, seq) WHERE seq IS NOT NULL;
CREATE INDEX webhook_delivery_due ON webhook_delivery (endpoint_id, due_at) WHERE status = 'PENDING';
CREATE INDEX webhook_delivery_tenant ON webhook_delivery (tenant_id, id);
CREATE INDEX webhook_delivery_endpoint ON webhook_delivery (endpoint_id, id);
CREATE INDEX webhook_delivery_age ON webhook_delivery (created_at);
CREATE INDEX webhook_delivery_contact ON webhook_delivery (contact_id) WHERE contact_id IS NOT NULL;

-- One try, and what came of it.
CREATE TABLE webhook_attempt (
    delivery_id BLOB NOT NULL,
    number INTEGER NOT NULL,
    attempted_at INTEGER NOT NULL,
    status INTEGER,
    duration_ms INTEGER NOT NULL,
    error TEXT,
    response TEXT,
    PRIMARY KEY (delivery_id, number)
);
