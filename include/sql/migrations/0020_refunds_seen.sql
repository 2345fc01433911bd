-- Refunds that were seen, each in its last state: only a new one, or one that changed, has its order read again.
CREATE TABLE refund_seen (
    store       TEXT NOT NULL,
    mode        TEXT NOT NULL,                     -- what shadow saw was not posted: the first live run sees it anew
    refund_id   BIGINT NOT NULL,
    order_key   BIGINT NOT NULL,
    created_at  TIMESTAMPTZ,                       -- by the shop; null where that cannot be read
    digest      TEXT NOT NULL,                     -- of what the books depend on; no word of a person
    seen_at     TIMESTAMPTZ NOT NULL DEFAULT now(),

    PRIMARY KEY (store, mode, refund_id),
    CONSTRAINT mode_is_a_known_one CHECK (mode IN ('shadow', 'live'))
);
CREATE INDEX refund_seen_of_an_order ON refund_seen (store, mode, order_key);
CREATE INDEX refund_seen_newest ON refund_seen (store, mode, created_at DESC NULLS LAST);
