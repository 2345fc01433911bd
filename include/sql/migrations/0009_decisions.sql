-- What people decided about held documents, and what load needs to know of a plan for it.
CREATE TABLE decision (
    decision_id   BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    store         TEXT NOT NULL,
    subject_kind  TEXT NOT NULL,
    subject_key   TEXT NOT NULL,
    kind          TEXT NOT NULL,
    part          TEXT NOT NULL,
    reason        TEXT NOT NULL REFERENCES reason,    -- why it was held
    choice        TEXT NOT NULL,
    source_hash   TEXT NOT NULL,                      -- of the facts that the person saw
    generation    INTEGER NOT NULL DEFAULT 1,         -- above 1: posted anew under the next number
    figures       JSONB NOT NULL DEFAULT '{}',
    by            TEXT NOT NULL,
    why           TEXT NOT NULL,
    at            TIMESTAMPTZ NOT NULL DEFAULT now(),

    CONSTRAINT choice_is_a_known_one CHECK (choice IN ('post', 'draft', 'accept', 'skip', 'again'))
);
CREATE INDEX decision_of_a_subject ON decision (store, subject_kind, subject_key);
CREATE TRIGGER decision_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON decision
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

ALTER TABLE planned_document
    ADD COLUMN not_before DATE,                       -- a payment that clears later waits until then
    ADD COLUMN accepted BOOLEAN NOT NULL DEFAULT FALSE;  -- a person took what stands in Xero as right

-- The order's outcome is the worst of its documents' (T1); its invoice is that of the last number it was posted under.
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
    max(link.number) AS invoice_number,
    -- Xero turns an invoice PAID by itself once nothing is due.
    max(
        CASE
            WHEN link.status = 'AUTHORISED' AND coalesce(paid.amount, 0) >= link.amount THEN 'PAID'
            ELSE link.status
        END
    ) AS invoice_status,
    max(link.xero_id::TEXT) AS invoice_id,
    coalesce(max(paid.amount), 0) AS paid,
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
    WHERE kind = 'payment' AND status <> 'DELETED'
    GROUP BY store, subject_key, generation
) AS paid
    ON paid.store = document.store
    AND paid.subject_key = document.subject_key
    AND paid.generation = link.generation
WHERE document.subject_kind = 'order'
GROUP BY document.store, document.subject_key, shop.total, shop.currency;
