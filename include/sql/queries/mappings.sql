-- name: died
INSERT INTO dead_mapping (store, mapping, sentence, remedy)
VALUES %s
ON CONFLICT (store, mapping) WHERE mended_at IS NULL DO UPDATE
SET
    sentence = excluded.sentence,
    remedy = excluded.remedy

-- name: mended
UPDATE dead_mapping
SET mended_at = now()
WHERE store = %(store)s AND mended_at IS NULL AND NOT mapping = ANY(%(still_dead)s)
