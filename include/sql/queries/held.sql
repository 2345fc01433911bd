-- name: waiting
-- The oldest first, as many as a person reads; all where the limit is NULL.
SELECT
    page.order_key,
    page.subject_kind,
    page.kind,
    page.part,
    page.reason,
    posting.sentence,
    coalesce(posting.remedy, reason.remedy) AS remedy,
    page.amount,
    page.currency,
    page.happened_at,
    posting.recorded_at,
    extract(DAY FROM now() - page.happened_at)::INTEGER AS days
FROM (
    SELECT *
    FROM held_for_a_person
    WHERE store = %(store)s AND (%(reason)s::TEXT IS NULL OR reason = %(reason)s)
    ORDER BY happened_at, length(subject_key), subject_key, kind, part
    LIMIT %(limit)s
) AS page
JOIN posting ON posting.posting_id = page.posting_id
JOIN reason ON reason.reason = page.reason
ORDER BY page.happened_at, length(page.subject_key), page.subject_key, page.kind, page.part

-- name: totals
-- All of it: a line a currency, and one (`whole`) over all of them.
SELECT
    grouping(currency) = 1 AS whole,
    currency,
    count(*) AS documents,
    count(DISTINCT order_key) AS orders,
    sum(amount) AS amount
FROM held_for_a_person
WHERE store = %(store)s AND (%(reason)s::TEXT IS NULL OR reason = %(reason)s)
GROUP BY GROUPING SETS ((currency), ())
ORDER BY currency
