-- name: count
SELECT *
FROM batch_count
WHERE batch_id = %(batch_id)s

-- name: extracted
SELECT DISTINCT order_key::TEXT AS subject_key
FROM batch_part
WHERE batch_id = %(batch_id)s

-- name: planned
SELECT
    subject_key,
    kind,
    part,
    generation
FROM planned_document
WHERE batch_id = %(batch_id)s AND subject_kind = 'order'

-- name: posted
SELECT
    subject_key,
    kind,
    part,
    generation
FROM posting
WHERE batch_id = %(batch_id)s AND subject_kind = 'order'

-- name: order_counts
SELECT
    outcome,
    count(*) AS orders
FROM (
    SELECT
        subject_key,
        (array_agg(outcome ORDER BY array_position(ARRAY['failed', 'held', 'posted', 'unchanged', 'skipped'], outcome)))[1]
            AS outcome
    FROM posting
    WHERE batch_id = %(batch_id)s
    GROUP BY subject_key
) AS worst
GROUP BY outcome

-- name: lock_chain
SELECT pg_advisory_xact_lock(hashtextextended('audit ' || %(store)s, 7215))

-- name: last_entry
SELECT sequence, digest
FROM audit_entry
WHERE store = %(store)s
ORDER BY sequence DESC
LIMIT 1

-- name: append
INSERT INTO audit_entry (store, sequence, batch_id, event, content, previous_digest, digest)
VALUES (%(store)s, %(sequence)s, %(batch_id)s, %(event)s, %(content)s, %(previous_digest)s, %(digest)s)

-- name: entries
SELECT *
FROM audit_entry
WHERE store = %(store)s
ORDER BY sequence

-- name: told
INSERT INTO notice (store, kind, subject_key, batch_id)
VALUES %s
ON CONFLICT DO NOTHING

-- name: order_outcomes
SELECT *
FROM order_outcome
WHERE store = %(store)s
ORDER BY order_key
