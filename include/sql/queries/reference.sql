-- name: newest
SELECT
    reference_id,
    body,
    extract(EPOCH FROM now() - confirmed_at)::DOUBLE PRECISION AS age_s,
    extract(EPOCH FROM now() - organisation_at)::DOUBLE PRECISION AS organisation_age_s
FROM reference_snapshot
WHERE store = %(store)s
ORDER BY confirmed_at DESC
LIMIT 1

-- name: by_id
SELECT
    reference_id,
    body
FROM reference_snapshot
WHERE reference_id = %(reference_id)s

-- name: confirm
UPDATE reference_snapshot
SET confirmed_at = now(), organisation_at = now()
WHERE store = %(store)s AND sha256 = %(sha256)s
    AND reference_id = (SELECT max(reference_id) FROM reference_snapshot WHERE store = %(store)s)
RETURNING reference_id

-- name: confirm_organisation
UPDATE reference_snapshot
SET organisation_at = now()
WHERE reference_id = %(reference_id)s

-- name: keep
INSERT INTO reference_snapshot (store, sha256, body)
VALUES (%(store)s, %(sha256)s, %(body)s)
RETURNING reference_id

-- name: newest_of_the_shop
SELECT
    snapshot_id,
    sha256,
    body
FROM shop_snapshot
WHERE store = %(store)s
ORDER BY snapshot_id DESC
LIMIT 1

-- name: confirm_the_shop
UPDATE shop_snapshot
SET confirmed_at = now()
WHERE snapshot_id = %(snapshot_id)s

-- name: keep_the_shop
INSERT INTO shop_snapshot (store, sha256, body)
VALUES (%(store)s, %(sha256)s, %(body)s)
RETURNING snapshot_id
