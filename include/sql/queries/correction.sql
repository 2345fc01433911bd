-- name: links
SELECT *
FROM document_link
WHERE
    store = %(store)s AND subject_kind = 'order' AND kind = 'invoice' AND status NOT IN ('VOIDED', 'DELETED')
    AND dated BETWEEN %(first)s AND %(last)s
ORDER BY subject_key::BIGINT

-- name: parts
SELECT
    batch_part.part,
    raw_part.body
FROM batch_part
JOIN raw_part USING (raw_part_id)
WHERE batch_part.batch_id = (
    SELECT max(batch_part.batch_id)
    FROM batch_part
    JOIN batch USING (batch_id)
    WHERE batch.store = %(store)s AND batch_part.order_key = %(order_key)s
) AND batch_part.order_key = %(order_key)s

-- name: body
-- By the batches that the order was in: plans are found by their batch.
SELECT planned_document.body
FROM batch_part
JOIN planned_document
    ON
        planned_document.batch_id = batch_part.batch_id
        AND planned_document.subject_kind = 'order'
        AND planned_document.subject_key = batch_part.order_key::TEXT
        AND planned_document.kind = 'invoice'
WHERE batch_part.order_key = %(subject_key)s::BIGINT
    AND batch_part.part = 'order'
    AND planned_document.store = %(store)s
    AND planned_document.body_hash = %(body_hash)s
ORDER BY planned_document.batch_id DESC
LIMIT 1

-- name: ask
INSERT INTO due (store, subject_kind, subject_key, cause)
VALUES (%(store)s, 'order', %(subject_key)s, %(cause)s)
ON CONFLICT (store, subject_kind, subject_key, cause) WHERE claimed_by IS NULL DO NOTHING

-- name: drafts
SELECT
    subject_key,
    number,
    dated,
    currency,
    amount
FROM document_link
WHERE
    store = %(store)s AND subject_kind = 'order' AND kind = 'invoice' AND status = 'DRAFT'
    AND dated BETWEEN %(first)s AND %(last)s
ORDER BY dated, subject_key::BIGINT
