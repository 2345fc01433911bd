-- The write-ahead, the links to Xero, the outcomes and their seal (design 4.2, 4.3, 4.9).

CREATE TABLE chunk (
    chunk_id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    batch_id         BIGINT NOT NULL REFERENCES batch,
    store            TEXT NOT NULL,
    method           TEXT NOT NULL,
    target           TEXT NOT NULL,
    idempotency_key  TEXT NOT NULL,
    body             BYTEA NOT NULL,                  -- the very bytes: a repeat must be identical (reference xero.md 3.3)
    sent_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
    answered_at      TIMESTAMPTZ,

    CONSTRAINT key_is_used_once UNIQUE (idempotency_key),
    CONSTRAINT method_creates_or_updates CHECK (method IN ('PUT', 'POST'))
);

CREATE SEQUENCE chunk_number;                         -- part of each Idempotency-Key, so that no two are alike

CREATE TABLE attempt (
    attempt_id    BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    chunk_id      BIGINT NOT NULL REFERENCES chunk,
    position      INTEGER NOT NULL,
    store         TEXT NOT NULL,
    subject_kind  TEXT NOT NULL,
    subject_key   TEXT NOT NULL,
    kind          TEXT NOT NULL,
    part          TEXT NOT NULL,
    generation    INTEGER NOT NULL DEFAULT 1,
    verb          TEXT NOT NULL,
    body_hash     TEXT NOT NULL,
    outcome       TEXT,                               -- null: sent, and nothing is known of it
    xero_id       UUID,
    problem       TEXT,
    recorded_at   TIMESTAMPTZ NOT NULL DEFAULT now(),
    settled_at    TIMESTAMPTZ,

    CONSTRAINT verb_is_a_known_one CHECK (verb IN ('create', 'update', 'void', 'delete')),
    CONSTRAINT outcome_is_a_known_one CHECK (outcome IN ('done', 'refused', 'not_sent', 'absent')),
    CONSTRAINT done_names_its_document CHECK ((outcome IS NOT DISTINCT FROM 'done') = (xero_id IS NOT NULL)),
    CONSTRAINT refused_says_why CHECK ((outcome IS NOT DISTINCT FROM 'refused') = (problem IS NOT NULL)),
    CONSTRAINT settled_says_when CHECK ((outcome IS NULL) = (settled_at IS NULL))
);
-- At most one attempt without outcome per document: a second write waits until the first is known.
CREATE UNIQUE INDEX attempt_without_outcome ON attempt (store, subject_kind, subject_key, kind, part, generation)
    WHERE outcome IS NULL;
CREATE INDEX attempt_of_a_chunk ON attempt (chunk_id);
CREATE INDEX attempt_of_a_document ON attempt (store, subject_kind, subject_key, kind, part);

CREATE TABLE document_link (
    store             TEXT NOT NULL,
    subject_kind      TEXT NOT NULL,
    subject_key       TEXT NOT NULL,
    kind              TEXT NOT NULL,
    part              TEXT NOT NULL,
    generation        INTEGER NOT NULL DEFAULT 1,
    xero_id           UUID NOT NULL,
    number            TEXT,
    status            TEXT NOT NULL,                  -- as Xero answered last
    amount            NUMERIC(18, 4),
    currency          TEXT,
    dated             DATE,
    source_hash       TEXT NOT NULL,
    body_hash         TEXT NOT NULL,
    revision          TIMESTAMPTZ NOT NULL,
    settings_version  TEXT,
    adopted           BOOLEAN NOT NULL DEFAULT FALSE, -- it was there before us and agreed in all
    linked_at         TIMESTAMPTZ NOT NULL DEFAULT now(),
    changed_at        TIMESTAMPTZ NOT NULL DEFAULT now(),

    PRIMARY KEY (store, subject_kind, subject_key, kind, part, generation),
    CONSTRAINT amount_has_a_currency CHECK ((amount IS NULL) OR (currency IS NOT NULL))
);
CREATE INDEX document_link_by_xero_id ON document_link (xero_id);
CREATE INDEX document_link_by_number ON document_link (store, number);

CREATE TABLE posting (
    posting_id    BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    batch_id      BIGINT NOT NULL REFERENCES batch,
    store         TEXT NOT NULL,
    subject_kind  TEXT NOT NULL,
    subject_key   TEXT NOT NULL,
    kind          TEXT NOT NULL,
    part          TEXT NOT NULL,
    generation    INTEGER NOT NULL DEFAULT 1,
    outcome       TEXT NOT NULL,
    reason        TEXT,
    sentence      TEXT,
    remedy        TEXT,
    figures       JSONB NOT NULL DEFAULT '{}',
    xero_id       UUID,
    number        TEXT,
    amount        NUMERIC(18, 4),
    currency      TEXT,
    happened_at   TIMESTAMPTZ NOT NULL,               -- in the shop
    recorded_at   TIMESTAMPTZ NOT NULL DEFAULT now(), -- here

    CONSTRAINT one_outcome_a_document_and_batch UNIQUE (batch_id, subject_kind, subject_key, kind, part, generation),
    CONSTRAINT outcome_is_a_known_one CHECK (outcome IN ('posted', 'unchanged', 'skipped', 'held', 'failed')),
    CONSTRAINT in_xero_names_its_document CHECK (outcome NOT IN ('posted', 'unchanged') OR xero_id IS NOT NULL),
    CONSTRAINT not_in_xero_says_why CHECK ((outcome IN ('skipped', 'held', 'failed')) = (reason IS NOT NULL)),
    CONSTRAINT reason_belongs_to_its_outcome FOREIGN KEY (reason, outcome) REFERENCES reason (reason, outcome),
    CONSTRAINT amount_has_a_currency CHECK ((amount IS NULL) OR (currency IS NOT NULL))
);
CREATE INDEX posting_of_a_subject ON posting (store, subject_kind, subject_key, posting_id DESC);

CREATE TABLE audit_entry (
    store            TEXT NOT NULL,
    sequence         BIGINT NOT NULL,
    batch_id         BIGINT REFERENCES batch,
    event            TEXT NOT NULL,
    content          JSONB NOT NULL,
    previous_digest  TEXT NOT NULL,
    digest           TEXT NOT NULL,                   -- of the content and of the entry before: a missing row shows
    recorded_at      TIMESTAMPTZ NOT NULL DEFAULT now(),

    PRIMARY KEY (store, sequence)
);

CREATE TABLE notice (
    store        TEXT NOT NULL,
    kind         TEXT NOT NULL,
    subject_key  TEXT NOT NULL,                       -- what it told of: each thing is told once
    batch_id     BIGINT REFERENCES batch,
    told_at      TIMESTAMPTZ NOT NULL DEFAULT now(),

    PRIMARY KEY (store, kind, subject_key)
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;

CREATE TRIGGER posting_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON posting
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_entry_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
