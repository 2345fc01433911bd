-- name: would_post
SELECT
    planned_document.subject_key,
    planned_document.kind,
    planned_document.body,
    planned_document.amount,
    planned_document.currency
FROM posting_waiting AS waiting
JOIN document_outcome ON document_outcome.posting_id = waiting.posting_id
JOIN planned_document
    ON
        planned_document.batch_id = document_outcome.batch_id
        AND planned_document.store = document_outcome.store
        AND planned_document.subject_kind = document_outcome.subject_kind
        AND planned_document.subject_key = document_outcome.subject_key
        AND planned_document.kind = document_outcome.kind
        AND planned_document.part = document_outcome.part
WHERE waiting.store = %(store)s AND waiting.reason = 'shadow'
ORDER BY planned_document.subject_key::BIGINT, planned_document.position

-- name: reasons
SELECT
    outcome,
    reason,
    count(*) AS count
FROM document_outcome
WHERE store = %(store)s AND subject_kind IN ('order', 'summary') AND reason IS NOT NULL AND reason <> 'shadow'
GROUP BY outcome, reason
ORDER BY count DESC, reason

-- name: held_first
SELECT
    page.subject_key,
    page.kind,
    page.part,
    page.outcome,
    page.reason,
    posting.sentence,
    page.amount,
    page.currency,
    page.batch_id,
    reason.meaning,
    coalesce(posting.remedy, reason.remedy) AS remedy
FROM (
    SELECT waiting.*
    FROM posting_waiting AS waiting
    WHERE waiting.store = %(store)s
        AND waiting.subject_kind IN ('order', 'summary')
        AND waiting.outcome = 'held'
        AND waiting.reason <> 'invoice_held'
        AND NOT EXISTS (
            SELECT 1
            FROM posting AS later
            WHERE later.store = waiting.store
                AND later.subject_kind = waiting.subject_kind
                AND later.subject_key = waiting.subject_key
                AND later.batch_id > waiting.batch_id
        )
    ORDER BY waiting.amount DESC NULLS LAST, waiting.subject_key::BIGINT
    LIMIT %(limit)s
) AS page
JOIN posting ON posting.posting_id = page.posting_id
JOIN reason ON reason.reason = page.reason
ORDER BY page.amount DESC NULLS LAST, page.subject_key::BIGINT

-- name: adopted
SELECT
    subject_key,
    sentence,
    amount,
    currency
FROM document_outcome
WHERE store = %(store)s AND kind = 'invoice' AND sentence LIKE %(words)s
ORDER BY subject_key::BIGINT
