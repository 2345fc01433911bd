-- name: of_batch
-- The orders of the batch that are compared with what stands in Xero: a person asked for it, or Xero told that somebody
-- changed a document of theirs.
SELECT
    subject_key,
    bool_or(cause = 'changed_in_xero') AS by_webhook
FROM due
WHERE claimed_by = %(batch_id)s AND cause IN ('resync', 'changed_in_xero')
GROUP BY subject_key

-- name: note
-- For whoever loads the batch, this run or one that adopts it.
INSERT INTO due (store, subject_kind, subject_key, cause, claimed_by)
SELECT
    %(store)s,
    'order',
    subject_key,
    'resync',
    %(batch_id)s
FROM unnest(%(subject_keys)s::TEXT[]) AS subject_key

-- name: done
-- What became of each document of the batch.
SELECT
    subject_key,
    kind,
    part,
    outcome,
    reason,
    sentence,
    number,
    amount,
    currency
FROM posting
WHERE batch_id = %(batch_id)s AND subject_kind = 'order'
ORDER BY subject_key::BIGINT, posting_id

-- name: placed_in
-- The orders of the window as the shop told us of them before: it may have deleted some.
SELECT DISTINCT order_key
FROM raw_part
WHERE store = %(store)s AND part = 'order' AND placed_at >= %(start)s AND placed_at < %(end)s
ORDER BY order_key

-- name: waiting
-- Which of these orders wait, for a person or for the next try, and what is said of them.
SELECT
    waiting.subject_key,
    waiting.outcome,
    posting.sentence
FROM posting_waiting AS waiting
JOIN posting USING (posting_id)
WHERE waiting.store = %(store)s
    AND waiting.subject_kind = 'order'
    AND waiting.subject_key = ANY(%(subject_keys)s)
    AND waiting.reason NOT IN ('shadow', 'invoice_held')
ORDER BY waiting.posting_id
