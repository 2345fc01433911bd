-- name: died
-- Told again only where it is dead in another way.
INSERT INTO dead_mapping (store, mapping, sentence, remedy)
VALUES %s
ON CONFLICT (store, mapping) WHERE mended_at IS NULL DO UPDATE
SET
    sentence = excluded.sentence,
    remedy = excluded.remedy,
    told_at = CASE WHEN dead_mapping.sentence = excluded.sentence THEN dead_mapping.told_at END

-- name: mended
UPDATE dead_mapping
SET mended_at = now()
WHERE store = %(store)s AND mended_at IS NULL AND NOT mapping = ANY(%(still_dead)s)

-- name: untold
SELECT *
FROM dead_mapping
WHERE store = %(store)s AND mended_at IS NULL AND told_at IS NULL
ORDER BY mapping

-- name: told
UPDATE dead_mapping
SET told_at = now()
WHERE dead_id = ANY(%(dead_ids)s)
