-- name: waiting
-- The oldest first, as many as a person reads; all where the limit is NULL.
SELECT
    page.order_key,
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
    WHERE store = %(store)s
        AND subject_kind IN ('order', 'summary')  -- stock and customers are told of in letters of their own
        AND (%(reason)s::TEXT IS NULL OR reason = %(reason)s)
    ORDER BY happened_at, subject_key::BIGINT, kind, part
    LIMIT %(limit)s
) AS page
JOIN posting ON posting.posting_id = page.posting_id
JOIN reason ON reason.reason = page.reason
ORDER BY page.happened_at, page.subject_key::BIGINT, page.kind, page.part

-- name: others
-- Products or customers that wait for a person, told or not, by their key; all where the limit is NULL.
SELECT
    held.subject_kind AS kind,
    held.subject_key AS named,
    held.reason,
    posting.sentence,
    coalesce(posting.remedy, reason.remedy) AS remedy,
    posting.recorded_at
FROM held_for_a_person AS held
JOIN posting USING (posting_id)
JOIN reason ON reason.reason = held.reason
WHERE held.store = %(store)s
    AND held.subject_kind = %(kind)s
    AND (%(reason)s::TEXT IS NULL OR held.reason = %(reason)s)
ORDER BY length(held.subject_key), held.subject_key
LIMIT %(limit)s

-- name: totals
-- All of it: a line a currency, and one (`whole`) over all of them.
SELECT
    grouping(currency) = 1 AS whole,
    currency,
    count(*) AS documents,
    count(DISTINCT order_key) AS orders,
    sum(amount) AS amount
FROM held_for_a_person
WHERE store = %(store)s
    AND subject_kind IN ('order', 'summary')
    AND (%(reason)s::TEXT IS NULL OR reason = %(reason)s)
GROUP BY GROUPING SETS ((currency), ())
ORDER BY currency
