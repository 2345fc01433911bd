-- name: of_batch
-- The orders of the batch that a person had read and compared anew.
SELECT subject_key
FROM due
WHERE claimed_by = %(batch_id)s AND cause = 'resync'

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
