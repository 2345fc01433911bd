-- name: try_locks
SELECT
    name,
    pg_try_advisory_lock(hashtextextended(name, 7214)) AS got
FROM unnest(%(names)s::TEXT[]) AS name
ORDER BY name

-- name: release_locks
SELECT pg_advisory_unlock_all()

-- name: still_here
SELECT 1 AS here
