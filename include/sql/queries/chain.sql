-- name: checked
SELECT
    sequence,
    digest,
    checked_at
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
-- Of the batches that were sealed since a moment, with a day to spare; null asks for all.
SELECT batch.batch_id
FROM batch
WHERE batch.store = %(store)s
    AND batch.state = 'sealed'
    AND (%(since)s::TIMESTAMPTZ IS NULL OR batch.sealed_at > %(since)s::TIMESTAMPTZ - INTERVAL '1 day')
    AND NOT EXISTS (
        SELECT
        FROM audit_entry AS entry
        WHERE entry.batch_id = batch.batch_id AND entry.event = 'batch_sealed'
    )
ORDER BY batch.batch_id
LIMIT 1
