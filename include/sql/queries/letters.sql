-- name: only_writer
SELECT pg_try_advisory_xact_lock(hashtextextended('letter ' || %(store)s, 7216)) AS got

-- name: newly_told
SELECT
    posting.subject_key,
    posting.kind,
    posting.part,
    posting.outcome,
    posting.reason,
    posting.sentence,
    coalesce(posting.remedy, reason.remedy) AS remedy,
    posting.amount,
    posting.currency,
    posting.batch_id,
    reason.meaning
FROM posting
JOIN reason ON reason.reason = posting.reason
LEFT JOIN notice
    ON notice.store = posting.store
    AND notice.kind = 'finance'
    AND notice.subject_key = posting.subject_key || '/' || posting.kind || '/' || posting.part || '/' || posting.reason
WHERE posting.store = %(store)s
    AND posting.subject_kind = 'order'
    AND posting.outcome IN ('held', 'failed')
    AND posting.reason <> 'invoice_held'
    AND notice.subject_key IS NULL
    AND NOT EXISTS (
        SELECT 1
        FROM posting AS later
        WHERE later.store = posting.store
            AND later.subject_kind = posting.subject_kind
            AND later.subject_key = posting.subject_key
            AND later.batch_id > posting.batch_id
    )
ORDER BY posting.amount DESC NULLS LAST, posting.subject_key
LIMIT %(limit)s

-- name: was_told
SELECT count(*) AS told
FROM notice
WHERE store = %(store)s AND kind = %(kind)s AND subject_key = %(subject_key)s
