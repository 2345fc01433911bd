-- How soon orders enter the books now, by store, and why: what the doorbell goes by, kept for whoever asks.
CREATE TABLE lane_state (
    store      TEXT PRIMARY KEY,
    state      TEXT NOT NULL,
    gathers_s  DOUBLE PRECISION,                     -- how long the bell gathers; null: it does not ring
    why        TEXT NOT NULL,
    since      TIMESTAMPTZ NOT NULL DEFAULT now(),   -- of the state
    seen_at    TIMESTAMPTZ NOT NULL DEFAULT now(),
    rung_at    TIMESTAMPTZ,

    CONSTRAINT state_is_a_known_one CHECK (state IN ('seconds', 'slower', 'batch')),
    CONSTRAINT batch_does_not_ring CHECK ((state = 'batch') = (gathers_s IS NULL))
);
