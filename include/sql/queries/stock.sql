-- name: pending_orders
-- The order's outcome is the worst of its documents': one that is held or failed decides it, and so does the status of its
-- last invoice. Of the rest, which are few, the view says which wait.
WITH waits AS (
    SELECT subject_key::BIGINT AS order_key
    FROM (
        SELECT
            subject_key,
            max(batch_id) AS batch_id
        FROM posting_waiting
        WHERE store = %(store)s AND subject_kind = 'order' AND outcome IN ('held', 'failed')
        GROUP BY subject_key
    ) AS waiting
    WHERE NOT EXISTS (
        SELECT 1
        FROM posting AS later
        WHERE later.store = %(store)s
            AND later.subject_kind = 'order'
            AND later.subject_key = waiting.subject_key
            AND later.batch_id > waiting.batch_id
    )
    UNION
    SELECT subject_key::BIGINT
    FROM document_link AS link
    WHERE store = %(store)s
        AND subject_kind = 'order'
        AND kind = 'invoice'
        AND status = 'DRAFT'
        AND NOT EXISTS (
            SELECT 1
            FROM document_link AS later
            WHERE later.store = link.store
                AND later.subject_kind = 'order'
                AND later.subject_key = link.subject_key
                AND later.kind = 'invoice'
                AND later.generation > link.generation
        )
)

SELECT order_key
FROM waits
UNION
SELECT order_outcome.order_key
FROM (
    SELECT subject_key::BIGINT AS order_key
    FROM posting_waiting
    WHERE store = %(store)s AND subject_kind = 'order' AND reason = 'shadow'
    UNION
    SELECT member.order_key  -- one within a day's draft
    FROM document_link AS link
    JOIN document_member AS member ON member.store = link.store AND member.summary_key::TEXT = link.subject_key
    WHERE link.store = %(store)s AND link.subject_kind = 'summary' AND link.kind = 'invoice' AND link.status = 'DRAFT'
) AS waiting
CROSS JOIN LATERAL (  -- order by order: without the limit the view would be worked out for all orders first
    SELECT
        order_key,
        outcome,
        reason,
        invoice_status
    FROM order_outcome
    WHERE store = %(store)s AND order_key = waiting.order_key
    LIMIT 1
) AS order_outcome
WHERE order_outcome.reason = 'shadow' OR order_outcome.invoice_status = 'DRAFT'

-- name: approved_orders
SELECT subject_key::BIGINT AS order_key
FROM document_link
WHERE store = %(store)s
    AND subject_kind = 'order'
    AND subject_key = ANY(%(subject_keys)s)
    AND kind = 'invoice'
    AND status IN ('AUTHORISED', 'PAID')

-- name: parts
SELECT
    found.order_key,
    found.part,
    raw_part.body,
    raw_part.modified_at,
    raw_part.placed_at
FROM (
    SELECT DISTINCT unnest(%(order_keys)s::BIGINT[]) AS order_key
) AS asked
CROSS JOIN LATERAL (  -- the last batch that an order was in, by its key
    SELECT batch_part.batch_id
    FROM batch_part
    JOIN batch USING (batch_id)
    WHERE batch.store = %(store)s AND batch_part.order_key = asked.order_key
    ORDER BY batch_part.batch_id DESC
    LIMIT 1
) AS newest
CROSS JOIN LATERAL (
    SELECT *
    FROM batch_part
    WHERE batch_part.batch_id = newest.batch_id AND batch_part.order_key = asked.order_key
    OFFSET 0  -- by the whole key: else the parts of the whole batch are read for each
) AS found
JOIN raw_part USING (raw_part_id)
ORDER BY found.order_key, found.part

-- name: links
SELECT *
FROM stock_link
WHERE store = %(store)s AND location_id = %(location_id)s

-- name: store_lines
INSERT INTO stock_line (
    batch_id, store, sku, location_id, item_id, in_xero, pending, in_store, first_use, sold_lately, settling,
    after_attempt
)
VALUES %s

-- name: lines
SELECT *
FROM stock_line
WHERE batch_id = %(batch_id)s
ORDER BY sku

-- name: decide
UPDATE stock_line
SET
    target = %(target)s,
    decision = %(decision)s,
    how = %(how)s,
    quantity = %(quantity)s,
    reason = %(reason)s,
    sentence = %(sentence)s,
    remedy = %(remedy)s
WHERE batch_id = %(batch_id)s AND sku = %(sku)s AND location_id = %(location_id)s

-- name: set
INSERT INTO stock_link (store, sku, location_id, item_id, level, batch_id)
VALUES (%(store)s, %(sku)s, %(location_id)s, %(item_id)s, %(level)s, %(batch_id)s)
ON CONFLICT (store, sku, location_id) DO UPDATE
SET level = excluded.level, batch_id = excluded.batch_id, item_id = excluded.item_id, set_at = now(), verified_at = NULL

-- name: verify
UPDATE stock_link
SET verified_at = now()
WHERE store = %(store)s AND sku = ANY(%(skus)s) AND location_id = %(location_id)s AND verified_at IS NULL

-- name: unaccounted
SELECT stock_line.sku
FROM stock_line
LEFT JOIN posting
    ON posting.batch_id = stock_line.batch_id AND posting.subject_kind = 'sku' AND posting.subject_key = stock_line.sku
WHERE stock_line.batch_id = %(batch_id)s AND posting.posting_id IS NULL
ORDER BY stock_line.sku

-- name: counts
SELECT
    outcome,
    count(*) AS count
FROM posting
WHERE batch_id = %(batch_id)s
GROUP BY outcome

-- name: open_batches
SELECT batch_id
FROM batch
WHERE store = %(store)s AND flow = %(flow)s AND state NOT IN ('extracting', 'sealed')
ORDER BY batch_id

-- name: told
SELECT
    stock_line.*,
    posting.outcome
FROM stock_line
LEFT JOIN posting
    ON posting.batch_id = stock_line.batch_id AND posting.subject_kind = 'sku' AND posting.subject_key = stock_line.sku
WHERE stock_line.batch_id = (
    SELECT max(batch_id) FROM batch WHERE store = %(store)s AND flow = %(flow)s AND state = 'sealed'
)
ORDER BY stock_line.sku

-- name: unknown_attempts
SELECT
    attempt.chunk_id,
    attempt.position,
    attempt.subject_key AS sku,
    stock_line.in_store AS before,
    CASE stock_line.how WHEN 'relative' THEN stock_line.in_store + stock_line.quantity ELSE stock_line.quantity END AS after,
    stock_line.location_id,
    stock_line.batch_id,
    stock_line.item_id
FROM attempt
JOIN chunk USING (chunk_id)
JOIN batch AS reading ON reading.batch_id = %(batch_id)s
JOIN stock_line AS read
    ON read.batch_id = reading.batch_id
    AND read.sku = attempt.subject_key
    AND read.location_id::TEXT = attempt.part
JOIN stock_line
    ON
        stock_line.batch_id = chunk.batch_id
        AND stock_line.sku = attempt.subject_key
        AND stock_line.location_id::TEXT = attempt.part
WHERE attempt.store = %(store)s
    AND attempt.subject_kind = 'sku'
    AND attempt.outcome IS NULL
    AND attempt.attempt_id <= read.after_attempt
    AND chunk.sent_at < reading.opened_at - %(settles_in_s)s * INTERVAL '1 second'

-- name: newest_attempt
SELECT coalesce(max(attempt_id), 0) AS newest
FROM attempt
WHERE store = %(store)s AND subject_kind = 'sku'

-- name: adjusted_since
-- SKUs of this batch that were adjusted after it began to read the levels, or whose adjustment's fate is not known.
SELECT
    attempt.subject_key AS sku,
    bool_or(attempt.outcome IS NULL) AS unknown
FROM attempt
JOIN stock_line
    ON
        stock_line.batch_id = %(batch_id)s
        AND stock_line.store = attempt.store
        AND stock_line.sku = attempt.subject_key
        AND stock_line.location_id::TEXT = attempt.part
WHERE attempt.store = %(store)s
    AND attempt.subject_kind = 'sku'
    AND (
        attempt.outcome IS NULL
        OR (attempt.attempt_id > stock_line.after_attempt AND attempt.outcome IN ('done', 'overtaken'))
    )
GROUP BY attempt.subject_key

-- name: lately_adjusted
SELECT DISTINCT attempt.subject_key AS sku
FROM attempt
JOIN chunk USING (chunk_id)
WHERE attempt.store = %(store)s
    AND attempt.subject_kind = 'sku'
    AND chunk.sent_at > %(since)s
    AND (attempt.outcome = 'done' OR attempt.outcome IS NULL)

-- name: placed_since
SELECT DISTINCT order_key
FROM raw_part
WHERE store = %(store)s AND part = 'order' AND placed_at > %(since)s
