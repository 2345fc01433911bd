-- The form of what the shop sends: each field with the kind of its value, since when, and from which order we know it.
CREATE TABLE field_seen (
    store        TEXT NOT NULL,
    path         TEXT NOT NULL,                       -- `billing_address.zip`, `consignments.shipping[].line_items[].sku`
    kind         TEXT NOT NULL,
    order_key    BIGINT NOT NULL,                     -- an example
    first_at     TIMESTAMPTZ NOT NULL DEFAULT now(),
    gone_at      TIMESTAMPTZ,
    told_at      TIMESTAMPTZ,                         -- null: operations have not heard of it

    PRIMARY KEY (store, path, kind),
    CONSTRAINT kind_is_a_known_one CHECK (kind IN ('text', 'number', 'flag', 'list', 'object'))
);
