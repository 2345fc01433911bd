-- name: newest
SELECT
    value ->> 'state' AS value,
    by,
    why,
    at
FROM setting_override
WHERE store = %(store)s AND rule = %(rule)s
ORDER BY setting_override_id DESC
LIMIT 1

-- name: turn
INSERT INTO setting_override (store, rule, value, by, why)
VALUES (%(store)s, %(rule)s, %(value)s, %(by)s, %(why)s)

-- name: proved
SELECT subject_key
FROM proved_version
WHERE store = %(store)s AND settings_version = %(settings_version)s AND code_version = %(code_version)s

-- name: prove
INSERT INTO proved_version (store, settings_version, code_version, subject_key)
VALUES (%(store)s, %(settings_version)s, %(code_version)s, %(subject_key)s)
ON CONFLICT DO NOTHING

-- name: corrected
SELECT subject_key
FROM due
WHERE claimed_by = %(batch_id)s AND cause = 'correction'
