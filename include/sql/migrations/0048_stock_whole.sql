-- The full stock flow: kits, several locations, other sources than Xero, what does not stay, what a person lets through.

ALTER TABLE stock_line
    ADD COLUMN code TEXT,                              -- the item that the SKU is; null: a kit, or before this migration
    ADD COLUMN elsewhere BIGINT NOT NULL DEFAULT 0,    -- units at locations that people keep
    ADD COLUMN shop_safety BIGINT NOT NULL DEFAULT 0,  -- what the shop itself keeps back
    ADD COLUMN drift BIGINT NOT NULL DEFAULT 0,        -- moved without a sale or an adjustment of ours
    ADD COLUMN unsteady INTEGER NOT NULL DEFAULT 0,    -- runs in a row in which it did
    ADD COLUMN gone BOOLEAN NOT NULL DEFAULT FALSE,    -- set before, and not in the source any more
    ADD COLUMN closed BOOLEAN NOT NULL DEFAULT FALSE,  -- the shop's location is disabled
    ADD COLUMN released BOOLEAN NOT NULL DEFAULT FALSE,
    ADD COLUMN product_id BIGINT,                      -- where no other SKU of the shop has the same
    ADD COLUMN problem TEXT,                           -- why nothing that the source says of it can be used
    ADD COLUMN first_seen TIMESTAMPTZ;                 -- since when shop and source disagree, run for run

ALTER TABLE stock_link
    ADD COLUMN identity TEXT NOT NULL DEFAULT 'sku',   -- by what the shop takes adjustments of it
    ADD COLUMN baseline BIGINT,                        -- the level that the next run starts from: as set, else as seen
    ADD COLUMN baseline_at TIMESTAMPTZ,
    ADD COLUMN unsteady INTEGER NOT NULL DEFAULT 0,
    ADD CONSTRAINT identity_is_a_known_one CHECK (identity IN ('sku', 'product_id'));

-- When a run asked what, so that the time in which a sale could be sold twice is known and printed.
CREATE TABLE stock_look (
    batch_id    BIGINT PRIMARY KEY REFERENCES batch,
    asked_at    TIMESTAMPTZ NOT NULL,                  -- the shop, for its orders
    levels_at   TIMESTAMPTZ NOT NULL,                  -- the shop's levels were read
    again_at    TIMESTAMPTZ NOT NULL,                  -- the shop, for orders that came meanwhile
    written_at  TIMESTAMPTZ                            -- the last adjustment was answered
);

-- What a person lets through although a guard held it. It holds for the quantity that was seen, or less of it.
CREATE TABLE stock_release (
    stock_release_id  BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    store             TEXT NOT NULL,
    sku               TEXT NOT NULL,
    location_id       BIGINT NOT NULL,
    in_xero           NUMERIC(18, 4),
    by                TEXT NOT NULL,
    why               TEXT NOT NULL,
    at                TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX stock_release_newest ON stock_release (store, at);
