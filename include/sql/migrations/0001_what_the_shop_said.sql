-- What came in: windows that were read, what a run works on, and the shop's words byte for byte (design 3 and 4.14).

CREATE TABLE extraction (
    extraction_id  BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    store          TEXT NOT NULL,
    flow           TEXT NOT NULL,
    run_id         TEXT NOT NULL,
    window_by      TEXT NOT NULL,
    window_start   TIMESTAMPTZ NOT NULL,
    window_end     TIMESTAMPTZ NOT NULL,
    last_order_id  BIGINT NOT NULL DEFAULT 0,      -- page progress: a killed extraction goes on from here
    opened_at      TIMESTAMPTZ NOT NULL DEFAULT now(),
    completed_at   TIMESTAMPTZ,

    CONSTRAINT window_is_asked_by_a_known_date CHECK (window_by IN ('modified', 'created')),
    CONSTRAINT window_does_not_end_before_it_starts CHECK (window_start <= window_end)
);
CREATE INDEX extraction_of_a_run ON extraction (store, flow, run_id);

CREATE TABLE watermark (
    store     TEXT NOT NULL,
    flow      TEXT NOT NULL,
    moment    TIMESTAMPTZ NOT NULL,                -- all that changed before it is stored
    moved_at  TIMESTAMPTZ NOT NULL DEFAULT now(),

    PRIMARY KEY (store, flow)
);

CREATE TABLE reference_snapshot (
    reference_id  BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    store         TEXT NOT NULL,
    sha256        TEXT NOT NULL,
    body          BYTEA NOT NULL,
    taken_at      TIMESTAMPTZ NOT NULL DEFAULT now(),
    confirmed_at  TIMESTAMPTZ NOT NULL DEFAULT now()  -- last time Xero said the same
);
CREATE INDEX reference_snapshot_newest ON reference_snapshot (store, confirmed_at DESC);

CREATE TABLE batch (
    batch_id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    store             TEXT NOT NULL,
    flow              TEXT NOT NULL,
    run_id            TEXT NOT NULL,
    extraction_id     BIGINT REFERENCES extraction,    -- null for a batch of what was due
    state             TEXT NOT NULL DEFAULT 'extracting',
    red_stage         TEXT,
    red_reason        TEXT,
    settings_version  TEXT,
    code_version      TEXT,
    reference_id      BIGINT REFERENCES reference_snapshot,
    calls             INTEGER NOT NULL DEFAULT 0,
    opened_at         TIMESTAMPTZ NOT NULL DEFAULT now(),
    touched_at        TIMESTAMPTZ NOT NULL DEFAULT now(),
    sealed_at         TIMESTAMPTZ,

    CONSTRAINT state_is_a_known_one CHECK (
        state IN ('extracting', 'extracted', 'checked', 'transformed', 'loaded', 'sealed')
    ),
    CONSTRAINT red_says_where_and_why CHECK ((red_stage IS NULL) = (red_reason IS NULL)),
    CONSTRAINT sealed_says_when CHECK ((state = 'sealed') = (sealed_at IS NOT NULL))
);
CREATE INDEX batch_still_open ON batch (store, batch_id) WHERE state <> 'sealed';
CREATE INDEX batch_of_a_run ON batch (store, flow, run_id);

CREATE TABLE raw_part (
    raw_part_id  BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    store        TEXT NOT NULL,
    order_key    BIGINT NOT NULL,
    part         TEXT NOT NULL,
    sha256       BYTEA NOT NULL,
    body         BYTEA NOT NULL,                   -- as it came; not jsonb, since a NUL byte must survive
    placed_at    TIMESTAMPTZ,
    modified_at  TIMESTAMPTZ,
    status_id    INTEGER,
    total        NUMERIC(18, 4),
    currency     TEXT,
    fetched_at   TIMESTAMPTZ NOT NULL DEFAULT now(),

    CONSTRAINT one_row_a_content UNIQUE (store, order_key, part, sha256),
    CONSTRAINT amount_has_a_currency CHECK ((total IS NULL) = (currency IS NULL))
);

CREATE TABLE batch_part (
    batch_id     BIGINT NOT NULL REFERENCES batch,
    order_key    BIGINT NOT NULL,
    part         TEXT NOT NULL,
    raw_part_id  BIGINT NOT NULL REFERENCES raw_part,

    PRIMARY KEY (batch_id, order_key, part)
);
CREATE INDEX batch_part_of_an_order ON batch_part (order_key, batch_id);

CREATE TABLE due (
    due_id        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    store         TEXT NOT NULL,
    subject_kind  TEXT NOT NULL,
    subject_key   TEXT NOT NULL,
    cause         TEXT NOT NULL,
    due_at        TIMESTAMPTZ NOT NULL DEFAULT now(),
    claimed_by    BIGINT REFERENCES batch,
    recorded_at   TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX due_once_a_cause ON due (store, subject_kind, subject_key, cause) WHERE claimed_by IS NULL;
CREATE INDEX due_next ON due (store, due_at) WHERE claimed_by IS NULL;
