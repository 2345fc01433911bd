-- Daily summaries (accounting.md 10): which order's document went into which day's, and what it brought.

-- What a planned document brings to the summary of its day; null: it is posted by itself.
ALTER TABLE planned_document ADD COLUMN member JSONB;

-- A day's document: an invoice or a credit note. Its key is the subject of links, attempts and postings of kind `summary`.
CREATE TABLE summary (
    store              TEXT NOT NULL,
    summary_key        BIGINT NOT NULL,               -- the day and a running number: 202611240001
    kind               TEXT NOT NULL,
    dated              DATE NOT NULL,
    channel_id         BIGINT NOT NULL,
    currency           TEXT NOT NULL,
    line_amount_types  TEXT NOT NULL,
    supplement         INTEGER NOT NULL,              -- 1, and more for what came after the day was posted
    number             TEXT NOT NULL,
    batch_id           BIGINT NOT NULL REFERENCES batch,  -- the one that planned it last
    recorded_at        TIMESTAMPTZ NOT NULL DEFAULT now(),

    PRIMARY KEY (store, summary_key),
    CONSTRAINT one_document_a_day_and_supplement UNIQUE (
        store, kind, dated, channel_id, currency, line_amount_types, supplement
    ),
    CONSTRAINT kind_sums_up_sales_or_refunds CHECK (kind IN ('invoice', 'credit_note'))
);

-- A document of an order that is posted within its day's. It waits while `summary_key` is null; then it stays for ever.
CREATE TABLE document_member (
    store              TEXT NOT NULL,
    order_key          BIGINT NOT NULL,
    kind               TEXT NOT NULL,
    part               TEXT NOT NULL,
    change             INTEGER NOT NULL DEFAULT 1,    -- 2 and more: what an edit added after the day was posted
    dated              DATE NOT NULL,
    channel_id         BIGINT NOT NULL,
    currency           TEXT NOT NULL,
    line_amount_types  TEXT NOT NULL,
    amount             NUMERIC(18, 4) NOT NULL,
    tax                NUMERIC(18, 4) NOT NULL,
    shares             JSONB,                         -- of an invoice or a credit note: what it brings to each bucket
    tender             TEXT NOT NULL,
    account            TEXT NOT NULL,
    moved_on           DATE,
    not_before         DATE,
    note               TEXT NOT NULL,                 -- of money paid out: the part of its credit note
    source_hash        TEXT NOT NULL,
    revision           TIMESTAMPTZ NOT NULL,
    happened_at        TIMESTAMPTZ NOT NULL,
    settings_version   TEXT,
    batch_id           BIGINT NOT NULL REFERENCES batch,  -- the one that planned the order
    recorded_at        TIMESTAMPTZ NOT NULL DEFAULT now(),
    held_at            TIMESTAMPTZ,                   -- its day's document did not enter the books then; it waits again
    summary_key        BIGINT,
    summary_part       TEXT,

    PRIMARY KEY (store, order_key, kind, part, change),
    FOREIGN KEY (store, summary_key) REFERENCES summary (store, summary_key),
    CONSTRAINT kind_is_a_known_one CHECK (kind IN ('invoice', 'payment', 'credit_note', 'refund_payment')),
    CONSTRAINT what_is_assigned_names_its_part CHECK ((summary_key IS NULL) = (summary_part IS NULL))
);
CREATE INDEX document_member_waiting ON document_member (store, dated) WHERE summary_key IS NULL;
CREATE INDEX document_member_of_a_summary ON document_member (store, summary_key);

-- Which members a batch takes into the books: its plan of orders' documents, beside that of the days'.
CREATE TABLE planned_member (
    batch_id      BIGINT NOT NULL REFERENCES batch,
    store         TEXT NOT NULL,
    order_key     BIGINT NOT NULL,
    kind          TEXT NOT NULL,
    part          TEXT NOT NULL,
    change        INTEGER NOT NULL,
    summary_key   BIGINT NOT NULL,
    summary_part  TEXT NOT NULL,

    PRIMARY KEY (batch_id, order_key, kind, part, change)
);

-- Each member's own word: the order's document, where it stands in the books.
CREATE VIEW member_in_books AS
SELECT
    member.store,
    member.order_key,
    member.kind,
    member.part,
    member.change,
    member.amount,
    member.currency,
    link.number,
    link.status,
    link.xero_id,
    link.amount AS summary_amount,
    summary.number AS summary_number,
    summary.summary_key
FROM document_member AS member
JOIN summary USING (store, summary_key)
JOIN document_link AS link
    ON link.store = member.store
    AND link.subject_kind = 'summary'
    AND link.subject_key = member.summary_key::TEXT
    AND link.kind = member.kind
    AND link.part = member.summary_part;

-- An order within a summary shows its day's invoice, and what was paid of its own.
CREATE OR REPLACE VIEW order_outcome AS
SELECT
    document.store,
    document.subject_key::BIGINT AS order_key,
    min(document.happened_at) AS placed_at,
    shop.total,
    shop.currency,
    (array_agg(document.outcome ORDER BY rank.worst, document.posting_id))[1] AS outcome,
    (array_agg(document.reason ORDER BY rank.worst, document.posting_id))[1] AS reason,
    (array_agg(document.sentence ORDER BY rank.worst, document.posting_id))[1] AS sentence,
    coalesce(max(link.number), max(day.number)) AS invoice_number,
    -- Xero turns an invoice PAID by itself once nothing is due.
    coalesce(
        max(
            CASE
                WHEN link.status = 'AUTHORISED' AND coalesce(paid.amount, 0) >= link.amount THEN 'PAID'
                ELSE link.status
            END
        ),
        max(CASE WHEN day.status = 'AUTHORISED' AND day.summary_paid >= day.summary_amount THEN 'PAID' ELSE day.status END)
    ) AS invoice_status,
    coalesce(max(link.xero_id::TEXT), max(day.xero_id::TEXT)) AS invoice_id,
    coalesce(max(paid.amount), max(day.paid), 0) AS paid,
    max(document.batch_id) AS batch_id
FROM document_outcome AS document
JOIN (
    VALUES ('failed', 1), ('held', 2), ('posted', 3), ('unchanged', 4), ('skipped', 5)
) AS rank (outcome, worst) USING (outcome)
JOIN batch_part AS seen
    ON seen.batch_id = document.batch_id AND seen.order_key = document.subject_key::BIGINT AND seen.part = 'order'
JOIN raw_part AS shop ON shop.raw_part_id = seen.raw_part_id
LEFT JOIN (
    SELECT DISTINCT ON (store, subject_key)
        store,
        subject_kind,
        subject_key,
        generation,
        number,
        status,
        amount,
        xero_id
    FROM document_link
    WHERE subject_kind = 'order' AND kind = 'invoice'
    ORDER BY store, subject_key, generation DESC
) AS link
    ON link.store = document.store
    AND link.subject_kind = document.subject_kind
    AND link.subject_key = document.subject_key
LEFT JOIN (
    SELECT
        store,
        subject_key,
        generation,
        sum(amount) AS amount
    FROM document_link
    WHERE subject_kind = 'order' AND kind = 'payment' AND status <> 'DELETED'
    GROUP BY store, subject_key, generation
) AS paid
    ON paid.store = document.store
    AND paid.subject_key = document.subject_key
    AND paid.generation = link.generation
LEFT JOIN (
    SELECT
        sale.store,
        sale.order_key,
        sale.number,
        sale.status,
        sale.xero_id,
        sale.summary_amount,
        (
            SELECT sum(payment.amount)
            FROM document_link AS payment
            WHERE payment.store = sale.store
                AND payment.subject_kind = 'summary'
                AND payment.subject_key = sale.summary_key::TEXT
                AND payment.kind = 'payment'
                AND payment.status <> 'DELETED'
        ) AS summary_paid,
        (
            SELECT sum(member.amount)
            FROM member_in_books AS member
            WHERE member.store = sale.store
                AND member.order_key = sale.order_key
                AND member.kind = 'payment'
                AND member.status <> 'DELETED'
        ) AS paid
    FROM member_in_books AS sale
    WHERE sale.kind = 'invoice' AND sale.change = 1
) AS day ON day.store = document.store AND day.order_key = document.subject_key::BIGINT
WHERE document.subject_kind = 'order'
GROUP BY document.store, document.subject_key, shop.total, shop.currency;

-- T1 of a batch: of a summary's, the documents are the day's and its orders'.
CREATE OR REPLACE VIEW batch_count AS
SELECT
    batch.batch_id,
    batch.store,
    batch.flow,
    batch.run_id,
    batch.state,
    (SELECT count(DISTINCT order_key) FROM batch_part WHERE batch_part.batch_id = batch.batch_id) AS orders,
    (SELECT count(*) FROM planned_document AS planned WHERE planned.batch_id = batch.batch_id)
    + (SELECT count(*) FROM planned_member AS member WHERE member.batch_id = batch.batch_id) AS documents,
    count(posting.posting_id) FILTER (WHERE posting.outcome = 'posted') AS posted,
    count(posting.posting_id) FILTER (WHERE posting.outcome = 'unchanged') AS unchanged,
    count(posting.posting_id) FILTER (WHERE posting.outcome = 'skipped') AS skipped,
    count(posting.posting_id) FILTER (WHERE posting.outcome = 'held') AS held,
    count(posting.posting_id) FILTER (WHERE posting.outcome = 'failed') AS failed
FROM batch
LEFT JOIN posting ON posting.batch_id = batch.batch_id
GROUP BY batch.batch_id;
