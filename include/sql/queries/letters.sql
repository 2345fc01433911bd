-- name: only_writer
SELECT pg_try_advisory_xact_lock(hashtextextended('letter ' || %(store)s, 7216)) AS got

-- name: newly_told
SELECT
    posting.subject_key,
    posting.kind,
    posting.part,
    posting.outcome,
    posting.reason,
    posting.sentence,
    coalesce(posting.remedy, reason.remedy) AS remedy,
    posting.amount,
    posting.currency,
    posting.batch_id,
    reason.meaning,
    summary.number AS day_number
FROM posting
JOIN reason ON reason.reason = posting.reason
LEFT JOIN summary
    ON summary.store = posting.store
    AND posting.subject_kind = 'summary'
    AND summary.summary_key::TEXT = posting.subject_key
LEFT JOIN notice
    ON notice.store = posting.store
    AND notice.kind = 'finance'
    AND notice.subject_key = posting.subject_key || '/' || posting.kind || '/' || posting.part || '/' || posting.reason
WHERE posting.store = %(store)s
    AND posting.subject_kind IN ('order', 'summary')
    AND posting.outcome IN ('held', 'failed')
    AND posting.reason <> 'invoice_held'
    AND notice.subject_key IS NULL
    AND NOT EXISTS (
        SELECT 1
        FROM posting AS later
        WHERE later.store = posting.store
            AND later.subject_kind = posting.subject_kind
            AND later.subject_key = posting.subject_key
            AND later.batch_id > posting.batch_id
    )
ORDER BY posting.amount DESC NULLS LAST, posting.subject_key
LIMIT %(limit)s

-- name: was_told
SELECT count(*) AS told
FROM notice
WHERE store = %(store)s AND kind = %(kind)s AND subject_key = %(subject_key)s

-- name: tell_once
INSERT INTO notice (store, kind, subject_key)
VALUES (%(store)s, %(kind)s, %(subject_key)s)
ON CONFLICT DO NOTHING

-- name: still_due
-- Completed for some days, and not all of it came by what we know: each is told once.
SELECT
    invoice.subject_key,
    invoice.part,
    invoice.number,
    invoice.amount AS invoiced,
    settled.amount AS settled,
    planned.tax,
    invoice.currency,
    shop.modified_at,
    shop.batch_id
FROM document_link AS invoice
JOIN LATERAL (
    SELECT
        raw_part.status_id,
        raw_part.modified_at,
        batch_part.batch_id
    FROM batch_part
    JOIN raw_part USING (raw_part_id)
    WHERE raw_part.store = invoice.store
        AND batch_part.order_key = invoice.subject_key::BIGINT
        AND batch_part.part = 'order'
    ORDER BY batch_part.batch_id DESC
    LIMIT 1
) AS shop ON shop.status_id = %(completed)s AND shop.modified_at < now() - %(days)s * INTERVAL '1 day'
CROSS JOIN LATERAL (
    SELECT coalesce(sum(document_link.amount), 0) AS amount
    FROM document_link
    WHERE document_link.store = invoice.store
        AND document_link.subject_kind = 'order'
        AND document_link.subject_key = invoice.subject_key
        AND document_link.generation = invoice.generation
        AND document_link.kind IN ('payment', 'allocation')
        AND document_link.status <> 'DELETED'
) AS settled
LEFT JOIN LATERAL (
    SELECT planned_document.tax
    FROM batch_part
    JOIN planned_document
        ON
            planned_document.batch_id = batch_part.batch_id
            AND planned_document.subject_kind = 'order'
            AND planned_document.subject_key = batch_part.order_key::TEXT
            AND planned_document.kind = 'invoice'
    WHERE batch_part.order_key = invoice.subject_key::BIGINT
        AND batch_part.part = 'order'
        AND planned_document.store = invoice.store
        AND planned_document.body_hash = invoice.body_hash
    ORDER BY planned_document.batch_id DESC
    LIMIT 1
) AS planned ON TRUE
LEFT JOIN notice
    ON notice.store = invoice.store
    AND notice.kind = 'finance'
    AND notice.subject_key = invoice.subject_key || '/invoice/' || invoice.part || '/still_due'
WHERE invoice.store = %(store)s
    AND invoice.subject_kind = 'order'
    AND invoice.kind = 'invoice'
    AND invoice.status = 'AUTHORISED'
    AND NOT EXISTS (  -- most are settled by one payment: these go before anything is looked up for each
        SELECT 1
        FROM document_link AS payment
        WHERE payment.store = invoice.store
            AND payment.subject_kind = 'order'
            AND payment.subject_key = invoice.subject_key
            AND payment.generation = invoice.generation
            AND payment.kind = 'payment'
            AND payment.status <> 'DELETED'
            AND payment.amount >= invoice.amount
    )
    AND settled.amount < invoice.amount
    AND notice.subject_key IS NULL
ORDER BY invoice.amount - settled.amount DESC, invoice.subject_key
LIMIT %(limit)s
