-- name: known
SELECT *
FROM field_seen
WHERE store = %(store)s

-- name: see
INSERT INTO field_seen (store, path, kind, order_key, told_at)
VALUES %s
ON CONFLICT (store, path, kind) DO NOTHING

-- name: gone
UPDATE field_seen
SET gone_at = now(), told_at = NULL
WHERE store = %(store)s AND path = ANY(%(paths)s) AND gone_at IS NULL

-- name: back
UPDATE field_seen
SET gone_at = NULL
WHERE store = %(store)s AND path = ANY(%(paths)s) AND gone_at IS NOT NULL

-- name: untold
SELECT *
FROM field_seen
WHERE store = %(store)s AND told_at IS NULL
ORDER BY path, kind

-- name: told
UPDATE field_seen
SET told_at = now()
WHERE store = %(store)s AND told_at IS NULL

-- name: heads
SELECT
    batch_part.order_key,
    raw_part.body
FROM batch_part
JOIN raw_part USING (raw_part_id)
WHERE batch_part.batch_id = %(batch_id)s AND batch_part.part = 'order'
ORDER BY batch_part.order_key DESC
LIMIT %(limit)s
