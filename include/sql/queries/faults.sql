-- name: open_batches
SELECT
    batch_id,
    state,
    red_reason
FROM batch
-- An extraction that was never finished is no batch yet: its window is read again.
WHERE store = %(store)s AND state NOT IN ('extracting', 'sealed')
ORDER BY batch_id

-- name: open_attempts
SELECT
    verb,
    subject_key,
    kind,
    part
FROM attempt
WHERE store = %(store)s AND outcome IS NULL
ORDER BY attempt_id

-- name: links
SELECT
    subject_key,
    kind,
    part,
    xero_id
FROM document_link
WHERE store = %(store)s
