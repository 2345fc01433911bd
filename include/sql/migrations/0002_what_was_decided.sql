-- What the checks found and what the core decided, with the versions of settings, reference and code that decided it.

CREATE TABLE reason (
    reason   TEXT PRIMARY KEY,
    outcome  TEXT NOT NULL,
    meaning  TEXT NOT NULL,
    remedy   TEXT NOT NULL,

    CONSTRAINT reason_belongs_to_an_outcome CHECK (outcome IN ('skipped', 'held', 'failed')),
    CONSTRAINT reason_and_outcome_go_together UNIQUE (reason, outcome)
);

CREATE TABLE check_result (
    check_result_id  BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    batch_id         BIGINT NOT NULL REFERENCES batch,
    checked          TEXT NOT NULL,
    rule             TEXT NOT NULL,
    order_key        BIGINT,                          -- null for a rule on the batch, and for a rule that all met
    passed           BOOLEAN NOT NULL,
    reason           TEXT REFERENCES reason,
    sentence         TEXT,
    figures          JSONB NOT NULL DEFAULT '{}',
    recorded_at      TIMESTAMPTZ NOT NULL DEFAULT now(),

    CONSTRAINT checked_is_what_came_or_what_goes CHECK (checked IN ('incoming', 'outgoing')),
    CONSTRAINT what_failed_says_why CHECK (passed = (sentence IS NULL))
);
CREATE INDEX check_result_of_a_batch ON check_result (batch_id, order_key);

CREATE TABLE setting_override (
    setting_override_id  BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    store                TEXT NOT NULL,
    rule                 TEXT NOT NULL,
    value                JSONB NOT NULL,
    by                   TEXT NOT NULL,
    why                  TEXT NOT NULL,
    at                   TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE planned_contact (
    batch_id        BIGINT NOT NULL REFERENCES batch,
    contact_key     TEXT NOT NULL,
    number          TEXT NOT NULL,
    name            TEXT NOT NULL,
    suffixed_name   TEXT NOT NULL,
    email           TEXT NOT NULL,
    body            BYTEA NOT NULL,

    PRIMARY KEY (batch_id, contact_key)
);

CREATE TABLE planned_document (
    batch_id      BIGINT NOT NULL REFERENCES batch,
    store         TEXT NOT NULL,
    subject_kind  TEXT NOT NULL,
    subject_key   TEXT NOT NULL,
    kind          TEXT NOT NULL,
    part          TEXT NOT NULL,
    generation    INTEGER NOT NULL DEFAULT 1,
    position      INTEGER NOT NULL,                  -- the order in which the documents of a subject go out
    decision      TEXT NOT NULL,
    reason        TEXT REFERENCES reason,
    sentence      TEXT,
    remedy        TEXT,
    figures       JSONB NOT NULL DEFAULT '{}',
    number        TEXT,
    parent        TEXT,                              -- the part of the document that it hangs on
    contact_key   TEXT,
    status        TEXT,
    reference     TEXT,
    dated         DATE,
    body          BYTEA,
    amount        NUMERIC(18, 4),
    tax           NUMERIC(18, 4),
    currency      TEXT,
    words         TEXT NOT NULL DEFAULT '',
    source_hash   TEXT NOT NULL,
    body_hash     TEXT,
    revision      TIMESTAMPTZ NOT NULL,              -- when the shop last changed the subject
    happened_at   TIMESTAMPTZ NOT NULL,

    PRIMARY KEY (batch_id, subject_kind, subject_key, kind, part, generation),
    CONSTRAINT kind_is_a_known_one CHECK (
        kind IN ('invoice', 'payment', 'credit_note', 'refund_payment', 'allocation')
    ),
    CONSTRAINT decision_is_a_known_one CHECK (decision IN ('post', 'skip', 'hold')),
    CONSTRAINT what_is_posted_has_a_body CHECK ((decision = 'post') = (body IS NOT NULL)),
    CONSTRAINT what_has_a_body_has_its_hash CHECK ((body IS NULL) = (body_hash IS NULL)),
    CONSTRAINT what_is_not_posted_says_why CHECK ((decision <> 'post') = (reason IS NOT NULL)),
    CONSTRAINT amount_has_a_currency CHECK ((amount IS NULL) OR (currency IS NOT NULL))
);
