-- The day's report (accounting.md 9): each version as it was, its differences to be asked for by order, and who signed it.

-- Another version is another content of the day itself; asked again and found the same, nothing is written.
CREATE TABLE reconciliation (
    store             TEXT NOT NULL,
    day               DATE NOT NULL,                  -- of the organisation's books
    version           INTEGER NOT NULL,
    asked_at          TIMESTAMPTZ NOT NULL,
    body              JSONB NOT NULL,                 -- the whole report; amounts are text
    digest            TEXT NOT NULL,                  -- of what is the day's own: rows, differences, tenders
    agrees            BOOLEAN NOT NULL,
    orders            INTEGER NOT NULL,
    open_differences  INTEGER NOT NULL,
    calls             JSONB NOT NULL,
    recorded_at       TIMESTAMPTZ NOT NULL DEFAULT now(),

    PRIMARY KEY (store, day, version),
    CONSTRAINT agrees_where_nothing_is_open CHECK (agrees = (open_differences = 0))
);

CREATE TABLE reconciliation_difference (
    store      TEXT NOT NULL,
    day        DATE NOT NULL,
    version    INTEGER NOT NULL,
    position   INTEGER NOT NULL,
    order_key  TEXT NOT NULL,                         -- empty for a document of which no order is known
    cause      TEXT NOT NULL,
    explained  BOOLEAN NOT NULL,                      -- it needs nobody
    what       TEXT NOT NULL,
    currency   TEXT NOT NULL,
    in_shop    NUMERIC(18, 4),
    in_ledger  NUMERIC(18, 4),
    in_xero    NUMERIC(18, 4),
    number     TEXT NOT NULL,
    sentence   TEXT NOT NULL,
    remedy     TEXT NOT NULL,

    PRIMARY KEY (store, day, version, position),
    FOREIGN KEY (store, day, version) REFERENCES reconciliation (store, day, version),
    CONSTRAINT what_is_a_known_one CHECK (what IN ('sales', 'refunds', 'payments')),
    CONSTRAINT cause_is_of_the_closed_list CHECK (
        cause IN (
            'missing', 'missing_in_xero', 'doubled', 'cents', 'edited_in_xero', 'changed_in_shop', 'deleted_in_shop',
            'still_held', 'on_its_way', 'another_day', 'payment_missing', 'payment_not_ours', 'refund_missing',
            'not_ours', 'waits_by_rule', 'accepted'
        )
    )
);
CREATE INDEX reconciliation_difference_of_an_order ON reconciliation_difference (store, order_key);

-- One signature a day: it names the version that was read. What is found later is a version after it.
CREATE TABLE reconciliation_signature (
    store      TEXT NOT NULL,
    day        DATE NOT NULL,
    version    INTEGER NOT NULL,
    signed_by  TEXT NOT NULL,
    signed_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    note       TEXT NOT NULL,

    PRIMARY KEY (store, day),
    FOREIGN KEY (store, day, version) REFERENCES reconciliation (store, day, version),
    CONSTRAINT somebody_signed CHECK (signed_by <> '')
);

CREATE TRIGGER reconciliation_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON reconciliation
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER reconciliation_difference_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON reconciliation_difference
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER reconciliation_signature_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON reconciliation_signature
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
