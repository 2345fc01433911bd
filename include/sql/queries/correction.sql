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
SELECT body
FROM planned_document
WHERE
    store = %(store)s AND subject_kind = 'order' AND subject_key = %(subject_key)s AND kind = 'invoice'
    AND body_hash = %(body_hash)s
ORDER BY batch_id DESC
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
