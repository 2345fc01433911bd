-- name: raise
-- A cause that begins, or one that lasts. `again` adds to how often it came; else the count is what it is now.
INSERT INTO alert (
    store, kind, subject, severity, reason, amount, currency, sentence, remedy, page, run_id, greens, count, since,
    seen_at
)
VALUES (
    %(store)s, %(kind)s, %(subject)s, %(severity)s, %(reason)s, %(amount)s, %(currency)s, %(sentence)s, %(remedy)s,
    %(page)s, %(run_id)s, %(greens)s, %(count)s, %(since)s, %(now)s
)
ON CONFLICT (store, kind, subject) WHERE over_at IS NULL DO UPDATE
SET
    severity = excluded.severity,
    reason = excluded.reason,
    amount = excluded.amount,
    currency = excluded.currency,
    sentence = excluded.sentence,
    remedy = excluded.remedy,
    page = excluded.page,
    run_id = coalesce(excluded.run_id, alert.run_id),
    greens = coalesce(excluded.greens, alert.greens),
    count = CASE WHEN %(again)s THEN alert.count + excluded.count ELSE excluded.count END,
    seen_at = greatest(alert.seen_at, excluded.seen_at)
RETURNING alert_id

-- name: living
-- What lasts, and what is over and was not told to be.
SELECT *
FROM alert
WHERE store = %(store)s AND over_at IS NULL
UNION ALL
SELECT *
FROM alert
WHERE store = %(store)s AND over_at IS NOT NULL AND over_told_at IS NULL AND times_told > 0
ORDER BY alert_id

-- name: over
UPDATE alert
SET over_at = %(now)s
WHERE alert_id = ANY(%(alert_ids)s) AND over_at IS NULL

-- name: told
-- The alert as it was when the word was written: one that ended meanwhile is told to be over by the next look.
UPDATE alert
SET
    first_told_at = coalesce(first_told_at, %(now)s),
    last_told_at = %(now)s,
    times_told = times_told + 1,
    escalated_at = CASE WHEN %(word)s = 'escalation' THEN %(now)s ELSE escalated_at END
WHERE alert_id = ANY(%(alert_ids)s)

-- name: over_told
UPDATE alert
SET over_told_at = %(now)s
WHERE alert_id = ANY(%(alert_ids)s)

-- name: open
SELECT *
FROM alert_open
WHERE store = %(store)s
ORDER BY array_position(ARRAY['severe', 'normal', 'note'], severity), since
LIMIT 100

-- name: undecided
-- Orders that wait for a person, by reason: how many, how much at most, and since when the oldest does.
SELECT
    waiting.reason,
    reason.meaning,
    waiting.orders,
    waiting.currency,
    waiting.amount,
    (SELECT recorded_at FROM posting WHERE posting.posting_id = waiting.oldest) AS since
FROM (
    SELECT
        reason,
        count(DISTINCT order_key) AS orders,
        min(posting_id) AS oldest,
        (array_agg(currency ORDER BY amount DESC NULLS LAST))[1] AS currency,
        max(amount) AS amount
    FROM held_for_a_person
    WHERE store = %(store)s AND subject_kind IN ('order', 'summary')
    GROUP BY reason
) AS waiting
JOIN reason ON reason.reason = waiting.reason
ORDER BY waiting.reason

-- name: read_up_to
SELECT moment
FROM watermark
WHERE store = %(store)s AND flow = 'orders_to_books'

-- name: dead
SELECT
    mapping,
    sentence,
    remedy,
    since
FROM dead_mapping
WHERE store = %(store)s AND mended_at IS NULL
ORDER BY mapping

-- name: lane
SELECT
    state,
    why,
    since
FROM lane_state
WHERE store = %(store)s

-- name: stuck
-- Letters of a store that did not leave, and why.
SELECT
    count(*) AS letters,
    min(made_at) AS since,
    max(problem) AS problem
FROM outbox
WHERE store = %(store)s AND sent_at IS NULL AND tries > 0

-- name: take
UPDATE alert
SET taken_by = %(who)s, taken_at = now()
WHERE alert_id = %(alert_id)s AND store = %(store)s AND over_at IS NULL AND taken_at IS NULL
RETURNING kind, subject

-- name: forget
DELETE FROM alert
WHERE over_at < now() - %(days)s * INTERVAL '1 day'
