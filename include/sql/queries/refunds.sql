-- name: see
-- What the shop's list says; the orders of those that are new, or not as they were.
INSERT INTO refund_seen (store, mode, refund_id, order_key, created_at, digest)
VALUES %s
ON CONFLICT (store, mode, refund_id) DO UPDATE
SET
    order_key = excluded.order_key,
    created_at = excluded.created_at,
    digest = excluded.digest,
    seen_at = now()
WHERE refund_seen.digest <> excluded.digest
RETURNING order_key

-- name: note_read
-- What was read with its order. It overwrites nothing: should the two lists ever differ, each would undo the other.
INSERT INTO refund_seen (store, mode, refund_id, order_key, created_at, digest)
VALUES %s
ON CONFLICT (store, mode, refund_id) DO NOTHING

-- name: nth_newest
SELECT created_at
FROM refund_seen
WHERE store = %(store)s AND mode = %(mode)s
ORDER BY created_at DESC NULLS LAST
OFFSET %(newer)s
LIMIT 1

-- name: of_orders
SELECT
    order_key,
    max(coalesce(created_at, seen_at)) AS newest
FROM refund_seen
WHERE store = %(store)s AND mode = %(mode)s AND order_key = ANY(%(order_keys)s)
GROUP BY order_key
