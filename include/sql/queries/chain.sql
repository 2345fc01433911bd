-- name: checked
SELECT
    sequence,
    digest
FROM audit_check
WHERE store = %(store)s

-- name: entry
SELECT digest
FROM audit_entry
WHERE store = %(store)s AND sequence = %(sequence)s

-- name: page
SELECT
    sequence,
    batch_id,
    event,
    content,
    previous_digest,
    digest
FROM audit_entry
WHERE store = %(store)s AND sequence > %(after)s
ORDER BY sequence
LIMIT %(limit)s

-- name: keep
INSERT INTO audit_check (store, sequence, digest)
VALUES (%(store)s, %(sequence)s, %(digest)s)
ON CONFLICT (store) DO UPDATE SET sequence = excluded.sequence, digest = excluded.digest, checked_at = now()

-- name: sealed_without_entry
SELECT batch.batch_id
FROM batch
LEFT JOIN audit_entry AS entry
    ON entry.store = batch.store AND entry.batch_id = batch.batch_id AND entry.event = 'batch_sealed'
WHERE batch.store = %(store)s AND batch.state = 'sealed' AND entry.batch_id IS NULL
ORDER BY batch.batch_id
LIMIT 1
