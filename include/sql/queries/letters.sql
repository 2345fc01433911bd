-- name: only_writer
SELECT pg_try_advisory_xact_lock(hashtextextended('letter ' || %(store)s, 7216)) AS got

-- name: wait_to_write
SELECT pg_advisory_xact_lock(hashtextextended('letter ' || %(store)s, 7216))

-- name: newly_told
SELECT
    page.subject_key,
    page.kind,
    page.part,
    page.outcome,
    page.reason,
    posting.sentence,
    coalesce(posting.remedy, reason.remedy) AS remedy,
    page.amount,
    page.currency,
    page.batch_id,
    posting.recorded_at,
    reason.meaning,
    summary.number AS day_number
FROM (
    SELECT waiting.*
    FROM posting_waiting AS waiting
    LEFT JOIN notice
        ON notice.store = waiting.store
        AND notice.kind = 'finance'
        AND notice.subject_key
        = waiting.subject_key || '/' || waiting.kind || '/' || waiting.part || '/' || waiting.reason
    WHERE waiting.store = %(store)s
        AND waiting.subject_kind IN ('order', 'summary')
        AND waiting.outcome IN ('held', 'failed')
        AND waiting.reason <> 'invoice_held'
        AND notice.subject_key IS NULL
        AND NOT EXISTS (
            SELECT 1
            FROM posting AS later
            WHERE later.store = waiting.store
                AND later.subject_kind = waiting.subject_kind
                AND later.subject_key = waiting.subject_key
                AND later.batch_id > waiting.batch_id
        )
    ORDER BY waiting.amount DESC NULLS LAST, waiting.subject_key
    LIMIT %(limit)s
) AS page
JOIN posting ON posting.posting_id = page.posting_id
JOIN reason ON reason.reason = page.reason
LEFT JOIN summary
    ON summary.store = page.store
    AND page.subject_kind = 'summary'
    AND summary.summary_key::TEXT = page.subject_key
ORDER BY page.amount DESC NULLS LAST, page.subject_key

-- name: was_told
SELECT count(*) AS told
FROM notice
WHERE store = %(store)s AND kind = %(kind)s AND subject_key = %(subject_key)s

-- name: last_sealed
SELECT coalesce(max(sealed_at), now()) AS moment
FROM batch
WHERE store = %(store)s AND state = 'sealed'

-- name: tell_once
INSERT INTO notice (store, kind, subject_key)
VALUES (%(store)s, %(kind)s, %(subject_key)s)
ON CONFLICT DO NOTHING

-- name: still_due
-- Completed for some days, and not all of it came by what we know: each is told once. `unsettled_invoice` has the few that
-- may be; what is due is added up here.
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
FROM unsettled_invoice AS unsettled
JOIN document_link AS invoice
    ON
        invoice.store = unsettled.store
        AND invoice.subject_kind = 'order'
        AND invoice.subject_key = unsettled.subject_key
        AND invoice.kind = 'invoice'
        AND invoice.generation = unsettled.generation
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
WHERE unsettled.store = %(store)s
    AND NOT unsettled.told
    AND invoice.status = 'AUTHORISED'
    AND settled.amount < invoice.amount
    AND notice.subject_key IS NULL
ORDER BY invoice.amount - settled.amount DESC, invoice.subject_key
LIMIT %(limit)s

-- name: told_still_due
UPDATE unsettled_invoice
SET told = TRUE
WHERE store = %(store)s AND subject_key = ANY(%(subject_keys)s)
