-- What waits, beside what is done: who asks for it reads these two tables, and not years of postings and links (docs/scale.md).

-- Postings that may wait for somebody. One leaves when a later batch has a word on its subject. Two batches that end at the
-- same moment can leave one behind that is over, never lose one: who asks looks for a later word as well.
CREATE TABLE posting_waiting (
    posting_id    BIGINT PRIMARY KEY,
    store         TEXT NOT NULL,
    subject_kind  TEXT NOT NULL,
    subject_key   TEXT NOT NULL,
    kind          TEXT NOT NULL,
    part          TEXT NOT NULL,
    batch_id      BIGINT NOT NULL,
    outcome       TEXT NOT NULL,
    reason        TEXT NOT NULL,
    amount        NUMERIC(18, 4),
    currency      TEXT,
    happened_at   TIMESTAMPTZ NOT NULL
);
CREATE INDEX posting_waiting_of_a_subject ON posting_waiting (store, subject_key, subject_kind);
CREATE INDEX posting_waiting_longest ON posting_waiting (store, outcome, happened_at);

INSERT INTO posting_waiting
SELECT
    posting_id,
    store,
    subject_kind,
    subject_key,
    kind,
    part,
    batch_id,
    outcome,
    reason,
    amount,
    currency,
    happened_at
FROM document_outcome
WHERE outcome IN ('held', 'failed') OR reason = 'shadow';
DROP INDEX posting_that_waits;

-- One that another batch takes away at this moment is passed over: to wait for it could end in a deadlock.
CREATE FUNCTION keep_what_waits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM posting_waiting
    WHERE posting_id IN (
        SELECT posting_id
        FROM posting_waiting
        WHERE store = NEW.store
            AND subject_key = NEW.subject_key
            AND subject_kind = NEW.subject_kind
            AND batch_id < NEW.batch_id
        FOR UPDATE SKIP LOCKED
    );
    IF NEW.outcome IN ('held', 'failed') OR NEW.reason = 'shadow' THEN
        INSERT INTO posting_waiting
        VALUES (
            NEW.posting_id, NEW.store, NEW.subject_kind, NEW.subject_key, NEW.kind, NEW.part, NEW.batch_id, NEW.outcome,
            NEW.reason, NEW.amount, NEW.currency, NEW.happened_at
        );
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER posting_waits AFTER INSERT ON posting FOR EACH ROW EXECUTE FUNCTION keep_what_waits();

CREATE OR REPLACE VIEW held AS
SELECT
    waiting.store,
    waiting.subject_key AS order_key,
    document.kind,
    document.part,
    waiting.reason,
    document.sentence,
    coalesce(document.remedy, reason.remedy) AS remedy,
    document.figures,
    document.amount,
    document.currency,
    waiting.batch_id,
    waiting.happened_at,
    document.recorded_at
FROM posting_waiting AS waiting
JOIN document_outcome AS document ON document.posting_id = waiting.posting_id
JOIN reason ON reason.reason = waiting.reason
WHERE waiting.outcome = 'held';

-- What a person sees. A day's document waits while its orders do; what hangs on a held invoice waits with it.
CREATE INDEX summary_by_its_key ON summary (store, (summary_key::TEXT));
CREATE VIEW held_for_a_person AS
SELECT
    waiting.*,
    CASE waiting.subject_kind
        WHEN 'summary'
            THEN (
                SELECT day.number
                FROM summary AS day
                WHERE day.store = waiting.store AND day.summary_key::TEXT = waiting.subject_key
            )
        ELSE waiting.subject_key
    END AS order_key
FROM posting_waiting AS waiting
WHERE waiting.outcome = 'held'
    AND waiting.reason <> 'invoice_held'
    AND NOT EXISTS (
        SELECT 1
        FROM posting AS later
        WHERE later.store = waiting.store
            AND later.subject_kind = waiting.subject_kind
            AND later.subject_key = waiting.subject_key
            AND later.batch_id > waiting.batch_id
    )
    AND (
        waiting.subject_kind <> 'summary'
        OR (  -- not EXISTS: PostgreSQL would gather the members of all days first
            SELECT TRUE
            FROM summary AS day
            JOIN document_member AS member
                ON
                    member.store = day.store
                    AND member.dated = day.dated
                    AND member.channel_id = day.channel_id
                    AND member.currency = day.currency
                    AND member.line_amount_types = day.line_amount_types
                    AND (
                        member.summary_key = day.summary_key OR member.held_at IS NOT NULL AND member.summary_key IS NULL
                    )
            WHERE day.store = waiting.store AND day.summary_key::TEXT = waiting.subject_key
            LIMIT 1
        )
    );

-- Invoices of orders that stand in Xero and are not settled by the payments that we know of; `told` once finance was.
CREATE TABLE unsettled_invoice (
    store        TEXT NOT NULL,
    subject_key  TEXT NOT NULL,
    generation   INTEGER NOT NULL,
    told         BOOLEAN NOT NULL DEFAULT FALSE,

    PRIMARY KEY (store, subject_key, generation)
);

CREATE FUNCTION is_unsettled(of_store TEXT, of_order TEXT, of_generation INTEGER) RETURNS BOOLEAN LANGUAGE plpgsql AS $$
BEGIN
    RETURN EXISTS (
        SELECT 1
        FROM document_link AS invoice
        WHERE invoice.store = of_store
            AND invoice.subject_kind = 'order'
            AND invoice.subject_key = of_order
            AND invoice.kind = 'invoice'
            AND invoice.generation = of_generation
            AND invoice.status = 'AUTHORISED'
            AND invoice.amount > (
                SELECT coalesce(sum(settled.amount), 0)
                FROM document_link AS settled
                WHERE settled.store = of_store
                    AND settled.subject_kind = 'order'
                    AND settled.subject_key = of_order
                    AND settled.kind IN ('payment', 'allocation')
                    AND settled.generation = of_generation
                    AND settled.status <> 'DELETED'
            )
    );
END $$;

-- The row is taken before anything is added up: who links another document of the order waits for it, and then sees both.
CREATE FUNCTION keep_unsettled_invoices() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO unsettled_invoice (store, subject_key, generation)
    VALUES (NEW.store, NEW.subject_key, NEW.generation)
    ON CONFLICT (store, subject_key, generation) DO UPDATE SET told = unsettled_invoice.told;
    IF NOT is_unsettled(NEW.store, NEW.subject_key, NEW.generation) THEN
        DELETE FROM unsettled_invoice
        WHERE store = NEW.store AND subject_key = NEW.subject_key AND generation = NEW.generation;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER document_link_settles AFTER INSERT OR UPDATE ON document_link FOR EACH ROW
    WHEN (NEW.subject_kind = 'order' AND NEW.kind IN ('invoice', 'payment', 'allocation'))
    EXECUTE FUNCTION keep_unsettled_invoices();

INSERT INTO unsettled_invoice (store, subject_key, generation, told)
SELECT
    invoice.store,
    invoice.subject_key,
    invoice.generation,
    bool_or(notice.subject_key IS NOT NULL)
FROM document_link AS invoice
LEFT JOIN (
    SELECT
        store,
        subject_key,
        generation,
        sum(amount) AS amount
    FROM document_link
    WHERE subject_kind = 'order' AND kind IN ('payment', 'allocation') AND status <> 'DELETED'
    GROUP BY store, subject_key, generation
) AS settled USING (store, subject_key, generation)
LEFT JOIN notice
    ON notice.store = invoice.store
    AND notice.kind = 'finance'
    AND notice.subject_key = invoice.subject_key || '/invoice/' || invoice.part || '/still_due'
WHERE invoice.subject_kind = 'order'
    AND invoice.kind = 'invoice'
    AND invoice.status = 'AUTHORISED'
    AND invoice.amount > coalesce(settled.amount, 0)
GROUP BY invoice.store, invoice.subject_key, invoice.generation;

-- The batches of an extraction: `batches.asked` looked through all of them.
CREATE INDEX batch_of_an_extraction ON batch (extraction_id);
