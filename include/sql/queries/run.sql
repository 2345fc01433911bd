-- name: batches
-- The batches that a run opened, and those of others that it finished, as far as their outcomes say so.
SELECT
    batch.batch_id,
    batch.state,
    batch.red_stage,
    batch.red_reason,
    batch.calls,
    batch.opened_at,
    batch.sealed_at,
    (SELECT count(DISTINCT order_key) FROM batch_part WHERE batch_part.batch_id = batch.batch_id) AS orders
FROM batch
WHERE batch.store = %(store)s AND batch.flow = %(flow)s AND batch.run_id = %(run_id)s
ORDER BY batch.batch_id
LIMIT %(limit)s

-- name: outcomes
-- What became of what the batches planned: by kind, outcome and currency.
SELECT
    kind,
    outcome,
    currency,
    count(*) AS documents,
    sum(amount) AS amount
FROM posting
WHERE batch_id = ANY(%(batch_ids)s)
GROUP BY kind, outcome, currency
ORDER BY kind, array_position(ARRAY['posted', 'unchanged', 'held', 'failed', 'skipped'], outcome), currency

-- name: waits
-- What of them was held or failed, and what of that still waits.
SELECT
    posting.subject_kind,
    posting.subject_key,
    posting.kind,
    posting.outcome,
    posting.reason,
    posting.sentence,
    posting.amount,
    posting.currency,
    EXISTS (
        SELECT 1
        FROM posting AS later
        WHERE later.store = posting.store
            AND later.subject_kind = posting.subject_kind
            AND later.subject_key = posting.subject_key
            AND later.batch_id > posting.batch_id
    ) AS looked_at_since
FROM posting
WHERE posting.batch_id = ANY(%(batch_ids)s) AND posting.outcome IN ('held', 'failed') AND posting.reason <> 'invoice_held'
ORDER BY posting.amount DESC NULLS LAST, posting.subject_key
LIMIT %(limit)s
