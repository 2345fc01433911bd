-- What both sides said of each tracked item, and what it led to: a row a SKU, location and batch.
CREATE TABLE stock_line (
    batch_id     BIGINT NOT NULL REFERENCES batch,
    store        TEXT NOT NULL,
    sku          TEXT NOT NULL,
    location_id  BIGINT NOT NULL,
    item_id      UUID NOT NULL,                       -- the item in Xero
    in_xero      NUMERIC(18, 4),
    pending      BIGINT NOT NULL,                     -- units sold and not yet approved in Xero
    in_store     BIGINT,                              -- null: the shop does not sell it
    first_use    BOOLEAN NOT NULL,
    sold_lately  BOOLEAN NOT NULL,
    target       BIGINT,                              -- from here on: decided by transform
    decision     TEXT,
    how          TEXT,
    quantity     BIGINT,
    reason       TEXT,
    sentence     TEXT,
    remedy       TEXT,

    PRIMARY KEY (batch_id, sku, location_id),
    CONSTRAINT decision_is_a_known_one CHECK (decision IN ('adjust', 'nothing', 'skip', 'hold')),
    CONSTRAINT adjust_says_how CHECK ((decision IS NOT DISTINCT FROM 'adjust') = (how IS NOT NULL AND quantity IS NOT NULL)),
    CONSTRAINT how_is_a_known_one CHECK (how IN ('absolute', 'relative'))
);

-- What we set last, so that the next run sees whether it took effect.
CREATE TABLE stock_link (
    store        TEXT NOT NULL,
    sku          TEXT NOT NULL,
    location_id  BIGINT NOT NULL,
    item_id      UUID NOT NULL,
    level        BIGINT NOT NULL,                     -- what the shop should have had right after
    batch_id     BIGINT NOT NULL REFERENCES batch,
    set_at       TIMESTAMPTZ NOT NULL DEFAULT now(),
    verified_at  TIMESTAMPTZ,

    PRIMARY KEY (store, sku, location_id)
);
