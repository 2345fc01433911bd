-- What the vendors' webhooks said, once each: which subject to look at again (design 4.7). Events carry numbers, no person.
CREATE TABLE inbox (
    event_id      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    store         TEXT NOT NULL,
    vendor        TEXT NOT NULL,                       -- 'bigcommerce' or 'xero'
    event_hash    BYTEA NOT NULL,                      -- of what the event says: sent twice, it is one row
    scope         TEXT NOT NULL,                       -- 'store/order/updated', 'INVOICE/UPDATE'
    subject_kind  TEXT NOT NULL,
    subject_key   TEXT NOT NULL,
    xero_id       UUID,                                -- the document or contact that somebody changed in Xero
    happened_at   TIMESTAMPTZ,                         -- by the vendor's clock
    received_at   TIMESTAMPTZ NOT NULL DEFAULT now(),
    woken_at      TIMESTAMPTZ,                         -- null: its subject is not due yet, and shall be

    CONSTRAINT vendor_is_a_known_one CHECK (vendor IN ('bigcommerce', 'xero')),
    CONSTRAINT subject_kind_is_a_known_one CHECK (
        subject_kind IN ('order', 'product', 'customer', 'stock', 'contact', 'summary')
    ),
    CONSTRAINT one_row_an_event UNIQUE (store, vendor, event_hash)
);
CREATE INDEX inbox_newest ON inbox (store, vendor, received_at DESC);
CREATE INDEX inbox_of_a_subject ON inbox (store, subject_kind, subject_key);
CREATE INDEX inbox_to_wake ON inbox (event_id) WHERE woken_at IS NULL;

-- What the door did with what came, by day: stored, again, echo, junk, ... Junk is counted and not kept.
CREATE TABLE door_count (
    store   TEXT NOT NULL,                             -- empty where nobody knows for whom it was
    vendor  TEXT NOT NULL,
    day     DATE NOT NULL,
    what    TEXT NOT NULL,
    events  BIGINT NOT NULL,

    PRIMARY KEY (store, vendor, day, what)
);

-- The doorbell: whatever makes a subject due now rings, be it a webhook, a released hold or a retry. It carries no data:
-- who hears it asks `due`. What is due later is nobody's bell; the runs by the clock find it.
CREATE FUNCTION ring() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('bridge_bell', NEW.store || '/' || NEW.subject_kind);
    RETURN NULL;
END $$;
CREATE TRIGGER due_rings AFTER INSERT ON due FOR EACH ROW
    WHEN (NEW.due_at <= now() + INTERVAL '5 seconds')
    EXECUTE FUNCTION ring();
