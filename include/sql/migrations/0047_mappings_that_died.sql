-- What the shop says of itself, beside what the organisation does: dated, and confirmed while it stays. Nobody's name is in it.
CREATE TABLE shop_snapshot (
    snapshot_id   BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    store         TEXT NOT NULL,
    sha256        TEXT NOT NULL,
    body          BYTEA NOT NULL,
    taken_at      TIMESTAMPTZ NOT NULL DEFAULT now(),
    confirmed_at  TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX shop_snapshot_newest ON shop_snapshot (store, snapshot_id DESC);

-- Settings that name what the organisation does not have any more: since when, until when, and whether anybody was told.
CREATE TABLE dead_mapping (
    dead_id    BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    store      TEXT NOT NULL,
    mapping    TEXT NOT NULL,                        -- `account sales`, `tax rule au-gst`, `tracking Region`
    sentence   TEXT NOT NULL,
    remedy     TEXT NOT NULL,                        -- with the line of the store's file
    since      TIMESTAMPTZ NOT NULL DEFAULT now(),
    mended_at  TIMESTAMPTZ,
    told_at    TIMESTAMPTZ                           -- null: nobody has heard of it
);
CREATE UNIQUE INDEX dead_mapping_once ON dead_mapping (store, mapping) WHERE mended_at IS NULL;
