-- name: came
-- Of each of the last days how many orders were placed, by the organisation's clock.
SELECT
    (placed_at AT TIME ZONE %(zone)s)::DATE AS day,
    count(DISTINCT order_key) AS orders
FROM raw_part
WHERE store = %(store)s
    AND part = 'order'
    AND placed_at >= (%(today)s::DATE - %(days)s)::TIMESTAMP AT TIME ZONE %(zone)s
    AND status_id <> 0  -- a cart that nobody finished
GROUP BY day

-- name: booked
-- Invoices of orders by their day, those of a day's summary too: how many, and how much by currency.
SELECT
    dated AS day,
    currency,
    count(*) AS invoices,
    sum(amount) AS amount
FROM document_link
WHERE store = %(store)s
    AND dated > %(today)s::DATE - %(days)s
    AND kind = 'invoice'
    AND subject_kind IN ('order', 'summary')
    AND status NOT IN ('VOIDED', 'DELETED')
GROUP BY dated, currency

-- name: waits
-- What waits for a person, in three sorts of rows: orders by their day, money by currency, and how many orders in all.
SELECT
    day,
    currency,
    grouping(day, currency) AS sort,
    count(DISTINCT subject_key) FILTER (WHERE subject_kind = 'order') AS orders,
    sum(amount) AS amount
FROM (
    SELECT
        (happened_at AT TIME ZONE %(zone)s)::DATE AS day,
        currency,
        subject_kind,
        subject_key,
        amount
    FROM held_for_a_person
    WHERE store = %(store)s AND subject_kind IN ('order', 'summary')
) AS held
GROUP BY GROUPING SETS ((day), (currency), ())

-- name: failed
-- What failed and is tried again, by the day of its order.
SELECT
    (happened_at AT TIME ZONE %(zone)s)::DATE AS day,
    count(DISTINCT subject_key) AS orders
FROM posting_waiting AS waiting
WHERE store = %(store)s
    AND subject_kind = 'order'
    AND outcome = 'failed'
    AND NOT EXISTS (
        SELECT 1
        FROM posting AS later
        WHERE later.store = waiting.store
            AND later.subject_kind = waiting.subject_kind
            AND later.subject_key = waiting.subject_key
            AND later.batch_id > waiting.batch_id
    )
GROUP BY day

-- name: outcomes
-- What became of the orders that were placed in a time: the worst of each one's documents; null: nothing yet.
SELECT
    outcome,
    count(*) AS orders
FROM (
    SELECT (
        SELECT document.outcome
        FROM document_outcome AS document
        WHERE document.store = %(store)s
            AND document.subject_kind = 'order'
            AND document.subject_key = placed.order_key::TEXT
        ORDER BY array_position(ARRAY['failed', 'held', 'posted', 'unchanged', 'skipped'], document.outcome)
        LIMIT 1
    ) AS outcome
    FROM (
        SELECT DISTINCT order_key
        FROM raw_part
        WHERE store = %(store)s
            AND part = 'order'
            AND placed_at >= %(begins)s
            AND placed_at < %(ends)s
            AND status_id <> 0  -- a cart that nobody finished
    ) AS placed
) AS found
GROUP BY outcome

-- name: lanes
-- When each flow last ended a batch, and how far the moving window has read.
SELECT
    batch.flow,
    max(batch.sealed_at) AS sealed_at,
    max(watermark.moment) AS read_to
FROM batch
LEFT JOIN watermark ON watermark.store = batch.store AND watermark.flow = batch.flow
WHERE batch.store = %(store)s
GROUP BY batch.flow
ORDER BY batch.flow

-- name: lane
SELECT
    state.state,
    state.gathers_s,
    state.why,
    state.since,
    state.seen_at,
    state.rung_at,
    (
        SELECT min(due_at)
        FROM due
        WHERE due.store = %(store)s AND due.subject_kind = 'order' AND due.claimed_by IS NULL AND due.due_at <= now()
    ) AS due_since,
    (
        SELECT max(received_at)
        FROM inbox
        WHERE inbox.store = %(store)s AND inbox.vendor = 'bigcommerce'
    ) AS heard_at
FROM (SELECT %(store)s::TEXT AS store) AS asked
LEFT JOIN lane_state AS state USING (store)

-- name: red
SELECT
    batch_id,
    flow,
    run_id,
    red_stage,
    red_reason,
    touched_at
FROM batch
WHERE store = %(store)s AND state <> 'sealed' AND red_stage IS NOT NULL
ORDER BY batch_id
LIMIT 20

-- name: dead
SELECT *
FROM dead_mapping
WHERE store = %(store)s AND mended_at IS NULL
ORDER BY mapping
LIMIT 20
