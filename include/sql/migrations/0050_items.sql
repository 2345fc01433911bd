-- Products of the shop that become items of Xero: what the shop said of them, what was decided, and which item is whose.
-- No person is in any of it.

CREATE TABLE raw_product (
    raw_product_id  BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    store           TEXT NOT NULL,
    product_id      BIGINT NOT NULL,
    sha256          BYTEA NOT NULL,
    body            BYTEA NOT NULL,                   -- as it came, with its variants
    modified_at     TIMESTAMPTZ,
    fetched_at      TIMESTAMPTZ NOT NULL DEFAULT now(),
    forgotten_at    TIMESTAMPTZ,                      -- its body was emptied; the digest stays

    CONSTRAINT one_row_a_product_and_content UNIQUE (store, product_id, sha256)
);

CREATE INDEX raw_product_kept ON raw_product (store, fetched_at) WHERE forgotten_at IS NULL;

CREATE TABLE batch_product (
    batch_id        BIGINT NOT NULL REFERENCES batch,
    product_id      BIGINT NOT NULL,
    raw_product_id  BIGINT REFERENCES raw_product,    -- null: the shop was asked for all, and has it no more

    PRIMARY KEY (batch_id, product_id)
);
CREATE INDEX batch_product_of_a_body ON batch_product (raw_product_id);

-- Which item a SKU is. Its code is reserved when it is first planned; the item has an id once it stands in Xero.
CREATE TABLE item_link (
    store         TEXT NOT NULL,
    sku           TEXT NOT NULL,
    code          TEXT NOT NULL,
    folded_code   TEXT NOT NULL,                      -- whether Xero tells codes apart by letter case is not known
    product_id    BIGINT NOT NULL,
    variant_id    BIGINT,
    item_id       UUID,
    adopted       BOOLEAN NOT NULL DEFAULT FALSE,     -- it was there before us: nothing of it was ever changed for being so
    sent          JSONB NOT NULL DEFAULT '{}',        -- the fields as they were sent last: what else stands there is a person's
    wanted        JSONB NOT NULL DEFAULT '{}',        -- the fields as the shop wanted them when it was decided last
    source_hash   TEXT NOT NULL DEFAULT '',           -- of the shop's facts then
    revision      TIMESTAMPTZ,                        -- when the shop changed the product that it was decided by
    last_attempt  BIGINT NOT NULL DEFAULT 0,          -- the newest write that `sent` knows of
    linked_at     TIMESTAMPTZ,
    changed_at    TIMESTAMPTZ NOT NULL DEFAULT now(),
    gone_at       TIMESTAMPTZ,                        -- the shop has it no more

    PRIMARY KEY (store, sku),
    CONSTRAINT one_sku_a_code UNIQUE (store, folded_code),
    CONSTRAINT linked_says_when CHECK ((item_id IS NULL) = (linked_at IS NULL))
);
CREATE INDEX item_link_of_a_product ON item_link (store, product_id);
CREATE INDEX item_link_otherwise ON item_link (store) WHERE code <> sku;
CREATE INDEX item_link_newest ON item_link (store, linked_at);

-- One line a SKU and batch; what has no SKU, or one that stands twice, is named by its product.
CREATE TABLE item_line (
    batch_id     BIGINT NOT NULL REFERENCES batch,
    line_key     TEXT NOT NULL,
    store        TEXT NOT NULL,
    product_id   BIGINT NOT NULL,
    variant_id   BIGINT,
    sku          TEXT NOT NULL,
    modified_at  TIMESTAMPTZ NOT NULL,
    code         TEXT,
    wanted       JSONB NOT NULL DEFAULT '{}',
    source_hash  TEXT NOT NULL,
    decision     TEXT NOT NULL,
    reason       TEXT REFERENCES reason,
    sentence     TEXT,
    remedy       TEXT,
    figures      JSONB NOT NULL DEFAULT '{}',
    untold       BOOLEAN NOT NULL DEFAULT FALSE,      -- held, and nobody was told of it

    PRIMARY KEY (batch_id, line_key),
    CONSTRAINT decision_is_a_known_one CHECK (decision IN ('bring', 'skip', 'hold')),
    CONSTRAINT what_is_brought_has_a_code CHECK ((decision = 'bring') = (code IS NOT NULL)),
    CONSTRAINT what_is_not_brought_says_why CHECK ((decision <> 'bring') = (reason IS NOT NULL))
);
CREATE INDEX item_line_untold ON item_line (store) WHERE untold;
