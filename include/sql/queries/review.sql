-- name: waiting
-- A page of what waits for a person, sorted by age or amount; `after` is the place of the last row of the page before.
SELECT
    page.subject_kind,
    page.subject_key,
    page.order_key,
    page.kind,
    page.part,
    page.reason,
    page.amount,
    page.currency,
    page.happened_at,
    page.posting_id,
    posting.sentence,
    coalesce(posting.remedy, reason.remedy) AS remedy,
    reason.meaning,
    extract(DAY FROM now() - page.happened_at)::INTEGER AS days,
    decision.by AS decided_by,
    decision.choice AS decided
FROM (
    SELECT *
    FROM held_for_a_person
    WHERE store = %(store)s
        AND subject_kind IN ('order', 'summary')
        AND (%(reason)s::TEXT IS NULL OR reason = %(reason)s)
        AND (%(least)s::NUMERIC IS NULL OR amount >= %(least)s)
        AND (%(most)s::NUMERIC IS NULL OR amount <= %(most)s)
        AND (%(days)s::INTEGER IS NULL OR happened_at < now() - %(days)s * INTERVAL '1 day')
    ORDER BY
        CASE WHEN %(largest)s THEN amount END DESC NULLS LAST,
        happened_at,
        posting_id
    OFFSET %(skip)s
    LIMIT %(limit)s
) AS page
JOIN posting ON posting.posting_id = page.posting_id
JOIN reason ON reason.reason = page.reason
LEFT JOIN LATERAL (
    SELECT
        decision.by,
        decision.choice
    FROM decision
    WHERE decision.store = page.store
        AND decision.subject_kind = page.subject_kind
        AND decision.subject_key = page.subject_key
        AND decision.kind = page.kind
        AND decision.part = page.part
        AND decision.at > posting.recorded_at
    ORDER BY decision.decision_id DESC
    LIMIT 1
) AS decision ON TRUE
ORDER BY
    CASE WHEN %(largest)s THEN page.amount END DESC NULLS LAST,
    page.happened_at,
    page.posting_id

-- name: reasons
-- How many documents and how much money wait for each reason, by currency.
SELECT
    held.reason,
    reason.meaning,
    held.currency,
    count(*) AS documents,
    count(DISTINCT held.subject_key) AS orders,
    sum(held.amount) AS amount,
    min(held.happened_at) AS oldest
FROM held_for_a_person AS held
JOIN reason USING (reason)
WHERE held.store = %(store)s AND held.subject_kind IN ('order', 'summary')
GROUP BY held.reason, reason.meaning, held.currency
ORDER BY count(*) DESC, held.reason, held.currency

-- name: others
-- How many products, customers and levels of stock wait beside the orders.
SELECT
    subject_kind,
    count(*) AS waiting
FROM held_for_a_person
WHERE store = %(store)s AND subject_kind NOT IN ('order', 'summary', 'contact')
GROUP BY subject_kind
ORDER BY subject_kind
