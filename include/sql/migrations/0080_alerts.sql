-- What people are told of, for as long as it lasts; and letters on their way, so that a mail server that is down loses none.

CREATE TABLE alert (
    alert_id       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    store          TEXT NOT NULL,
    kind           TEXT NOT NULL,                    -- one of include/domain/alert.py
    subject        TEXT NOT NULL,                    -- with the kind it names the cause: the same cause is told once
    severity       TEXT NOT NULL,
    reason         TEXT NOT NULL DEFAULT '',
    amount         NUMERIC(18, 4),
    currency       TEXT NOT NULL DEFAULT '',
    sentence       TEXT NOT NULL,
    remedy         TEXT NOT NULL,
    page           TEXT NOT NULL DEFAULT '',         -- of the console
    run_id         TEXT,                             -- of Airflow, where it was seen last; null: in none
    greens         INTEGER,                          -- how many runs of its DAG were green by then; null: not known
    count          INTEGER NOT NULL DEFAULT 1,       -- how many things, or how often
    since          TIMESTAMPTZ NOT NULL,
    seen_at        TIMESTAMPTZ NOT NULL,
    first_told_at  TIMESTAMPTZ,
    last_told_at   TIMESTAMPTZ,
    times_told     INTEGER NOT NULL DEFAULT 0,
    escalated_at   TIMESTAMPTZ,
    taken_by       TEXT,                             -- who looks after it: nobody else is bothered for a week
    taken_at       TIMESTAMPTZ,
    over_at        TIMESTAMPTZ,                      -- null: it lasts
    over_told_at   TIMESTAMPTZ,

    CONSTRAINT severity_is_a_known_one CHECK (severity IN ('note', 'normal', 'severe')),
    CONSTRAINT count_is_positive CHECK (count > 0),
    CONSTRAINT told_says_when CHECK ((first_told_at IS NULL) = (last_told_at IS NULL)),
    CONSTRAINT told_says_how_often CHECK ((first_told_at IS NULL) = (times_told = 0)),
    CONSTRAINT taken_says_when CHECK ((taken_by IS NULL) = (taken_at IS NULL)),
    CONSTRAINT over_is_told_after_it CHECK (over_told_at IS NULL OR over_at IS NOT NULL)
);
CREATE UNIQUE INDEX alert_once ON alert (store, kind, subject) WHERE over_at IS NULL;
CREATE INDEX alert_over_untold ON alert (store) WHERE over_at IS NOT NULL AND over_told_at IS NULL AND times_told > 0;

CREATE VIEW alert_open AS
SELECT
    alert_id,
    store,
    kind,
    subject,
    severity,
    sentence,
    remedy,
    page,
    since,
    count,
    first_told_at AS told_at,
    times_told,
    escalated_at,
    taken_by,
    taken_at
FROM alert
WHERE over_at IS NULL;

CREATE TABLE outbox (
    letter_id    BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    store        TEXT NOT NULL,
    kind         TEXT NOT NULL,
    channel      TEXT NOT NULL,
    recipients   TEXT[] NOT NULL,                    -- addresses; of a chat the names of Connections
    subject      TEXT NOT NULL,
    message      BYTEA,                              -- as it goes out; null once it is gone: nobody needs it here any more
    message_id   TEXT NOT NULL,                      -- the same at each try, so that a mailbox drops what comes twice
    made_at      TIMESTAMPTZ NOT NULL DEFAULT now(),
    tries        INTEGER NOT NULL DEFAULT 0,
    next_try_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    problem      TEXT,                               -- the kind of the last error, and no more
    sent_at      TIMESTAMPTZ,

    CONSTRAINT channel_is_a_known_one CHECK (channel IN ('mail', 'chat')),
    CONSTRAINT somebody_hears_it CHECK (cardinality(recipients) > 0),
    CONSTRAINT waits_with_its_message CHECK ((message IS NULL) = (sent_at IS NOT NULL)),
    CONSTRAINT one_letter_a_message_id UNIQUE (message_id)
);
CREATE INDEX outbox_waits ON outbox (next_try_at) WHERE sent_at IS NULL;

-- When the chain of a store's audit was last checked, and up to where it held.
CREATE TABLE audit_check (
    store       TEXT PRIMARY KEY,
    sequence    BIGINT NOT NULL,
    digest      TEXT NOT NULL,
    checked_at  TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX audit_entry_of_a_batch ON audit_entry (batch_id) WHERE event = 'batch_sealed';
CREATE INDEX batch_sealed_lately ON batch (store, sealed_at) WHERE state = 'sealed';

-- That a mapping died is an alert now, which knows whom it was told to.
ALTER TABLE dead_mapping DROP COLUMN told_at;
