-- What is asked of years of orders (docs/scale.md): no question of a run, and none about one order, reads a whole table.

-- The newest batch that decided on a subject is found by its index alone; lookups by subject keep the same beginning.
CREATE INDEX posting_newest_of_a_subject ON posting (store, subject_kind, subject_key, batch_id);
DROP INDEX posting_of_a_subject;
-- What may wait for somebody: few of all postings, unless a store runs in shadow.
CREATE INDEX posting_that_waits ON posting (store, outcome, reason)
    WHERE outcome IN ('held', 'failed') OR reason = 'shadow';
CREATE INDEX document_link_draft ON document_link (store, subject_key) WHERE status = 'DRAFT';
CREATE INDEX due_of_a_batch ON due (claimed_by) WHERE claimed_by IS NOT NULL;
CREATE INDEX raw_part_placed ON raw_part (store, placed_at) WHERE part = 'order';

-- The latest word on every document: the outcome in the newest batch that decided on its subject.
CREATE OR REPLACE VIEW document_outcome AS
SELECT posting.*
FROM posting
WHERE NOT EXISTS (
    SELECT 1
    FROM posting AS later
    WHERE later.store = posting.store
        AND later.subject_kind = posting.subject_kind
        AND later.subject_key = posting.subject_key
        AND later.batch_id > posting.batch_id
);

-- The order's outcome is the worst of its documents' (T1); its invoice is that of the last number it was posted under. An
-- order within a summary shows its day's invoice, and what was paid of its own. What is asked about one order reads that
-- order's rows: everything beside its documents is looked up for it.
CREATE OR REPLACE VIEW order_outcome AS
SELECT
    document.store,
    seen.order_key,
    min(document.happened_at) AS placed_at,
    shop.total,
    shop.currency,
    (array_agg(document.outcome ORDER BY rank.worst, document.posting_id))[1] AS outcome,
    (array_agg(document.reason ORDER BY rank.worst, document.posting_id))[1] AS reason,
    (array_agg(document.sentence ORDER BY rank.worst, document.posting_id))[1] AS sentence,
    coalesce(max(link.number), max(day.number)) AS invoice_number,
    -- Xero turns an invoice PAID by itself once nothing is due.
    coalesce(
        max(CASE WHEN link.status = 'AUTHORISED' AND coalesce(paid.amount, 0) >= link.amount THEN 'PAID' ELSE link.status END),
        max(day.status)
    ) AS invoice_status,
    coalesce(max(link.xero_id::TEXT), max(day.xero_id)) AS invoice_id,
    coalesce(max(paid.amount), max(day.paid), 0) AS paid,
    max(document.batch_id) AS batch_id
FROM document_outcome AS document
JOIN (
    VALUES ('failed', 1), ('held', 2), ('posted', 3), ('unchanged', 4), ('skipped', 5)
) AS rank (outcome, worst) USING (outcome)
JOIN batch_part AS seen
    ON seen.batch_id = document.batch_id AND seen.order_key::TEXT = document.subject_key AND seen.part = 'order'
JOIN raw_part AS shop ON shop.raw_part_id = seen.raw_part_id
LEFT JOIN LATERAL (
    SELECT
        document_link.generation,
        document_link.number,
        document_link.status,
        document_link.amount,
        document_link.xero_id
    FROM document_link
    WHERE document_link.store = document.store
        AND document_link.subject_kind = 'order'
        AND document_link.subject_key = document.subject_key
        AND document_link.kind = 'invoice'
    ORDER BY document_link.generation DESC
    LIMIT 1
) AS link ON TRUE
LEFT JOIN LATERAL (
    SELECT sum(document_link.amount) AS amount
    FROM document_link
    WHERE document_link.store = document.store
        AND document_link.subject_kind = 'order'
        AND document_link.subject_key = document.subject_key
        AND document_link.kind = 'payment'
        AND document_link.generation = link.generation
        AND document_link.status <> 'DELETED'
) AS paid ON TRUE
LEFT JOIN LATERAL (
    SELECT
        max(sale.number) AS number,
        max(sale.xero_id::TEXT) AS xero_id,
        max(
            CASE
                WHEN sale.status = 'AUTHORISED' AND sale.summary_amount <= (
                    SELECT sum(payment.amount)
                    FROM document_link AS payment
                    WHERE payment.store = sale.store
                        AND payment.subject_kind = 'summary'
                        AND payment.subject_key = sale.summary_key::TEXT
                        AND payment.kind = 'payment'
                        AND payment.status <> 'DELETED'
                ) THEN 'PAID'
                ELSE sale.status
            END
        ) AS status,
        max(
            (
                SELECT sum(member.amount)
                FROM member_in_books AS member
                WHERE member.store = sale.store
                    AND member.order_key = sale.order_key
                    AND member.kind = 'payment'
                    AND member.status <> 'DELETED'
            )
        ) AS paid
    FROM member_in_books AS sale
    WHERE sale.store = document.store AND sale.order_key = seen.order_key AND sale.kind = 'invoice' AND sale.change = 1
) AS day ON TRUE
WHERE document.subject_kind = 'order'
GROUP BY document.store, seen.order_key, shop.total, shop.currency;
