-- name: days
-- The newest version of each day, newest day first, and the signature of the version that was signed.
SELECT
    newest.day,
    newest.version,
    newest.agrees,
    newest.open_differences,
    newest.asked_at,
    newest.shadow,
    signature.version AS signed_version,
    signature.signed_by,
    signature.signed_at,
    signature.note
FROM (
    SELECT DISTINCT ON (day)
        store,
        day,
        version,
        agrees,
        open_differences,
        asked_at,
        coalesce((body ->> 'shadow')::BOOLEAN, FALSE) AS shadow
    FROM reconciliation
    WHERE store = %(store)s
    ORDER BY day DESC, version DESC
    LIMIT %(limit)s
) AS newest
LEFT JOIN reconciliation_signature AS signature USING (store, day)
ORDER BY newest.day DESC
