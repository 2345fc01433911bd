-- name: would_post
SELECT
    planned_document.subject_key,
    planned_document.kind,
    planned_document.body,
    planned_document.amount,
    planned_document.currency
FROM document_outcome
JOIN planned_document USING (batch_id, store, subject_kind, subject_key, kind, part)
WHERE document_outcome.store = %(store)s AND document_outcome.reason = 'shadow'
ORDER BY planned_document.subject_key::BIGINT, planned_document.position

-- name: reasons
SELECT
    outcome,
    reason,
    count(*) AS count
FROM document_outcome
WHERE store = %(store)s AND reason IS NOT NULL AND reason <> 'shadow'
GROUP BY outcome, reason
ORDER BY count DESC, reason

-- name: held_first
SELECT
    document_outcome.subject_key,
    document_outcome.kind,
    document_outcome.part,
    document_outcome.outcome,
    document_outcome.reason,
    document_outcome.sentence,
    document_outcome.amount,
    document_outcome.currency,
    document_outcome.batch_id,
    reason.meaning,
    coalesce(document_outcome.remedy, reason.remedy) AS remedy
FROM document_outcome
JOIN reason USING (reason)
WHERE document_outcome.store = %(store)s AND document_outcome.outcome = 'held' AND document_outcome.reason <> 'invoice_held'
ORDER BY document_outcome.amount DESC NULLS LAST, document_outcome.subject_key::BIGINT
LIMIT %(limit)s

-- name: adopted
SELECT
    subject_key,
    sentence,
    amount,
    currency
FROM document_outcome
WHERE store = %(store)s AND kind = 'invoice' AND sentence LIKE %(words)s
ORDER BY subject_key::BIGINT
