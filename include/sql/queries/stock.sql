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
    AND changed_at <= %(at)s

-- name: now
SELECT clock_timestamp() AS now

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
WHERE store = %(store)s

-- name: let_go
DELETE FROM stock_link
WHERE store = %(store)s AND sku = %(sku)s AND location_id = %(location_id)s

-- name: released
SELECT DISTINCT ON (sku, location_id)
    sku,
    location_id,
    in_xero,
    at
FROM stock_release
WHERE store = %(store)s AND at > %(since)s
ORDER BY sku, location_id, at DESC

-- name: release
INSERT INTO stock_release (store, sku, location_id, in_xero, by, why)
VALUES (%(store)s, %(sku)s, %(location_id)s, %(in_xero)s, %(by)s, %(why)s)

-- name: note_look
INSERT INTO stock_look (batch_id, asked_at, levels_at, again_at)
VALUES (%(batch_id)s, %(asked_at)s, %(levels_at)s, %(again_at)s)

-- name: note_written
UPDATE stock_look
SET written_at = now()
WHERE batch_id = %(batch_id)s

-- name: levels_at
SELECT levels_at
FROM stock_look
WHERE batch_id = %(batch_id)s

-- name: look
SELECT *
FROM stock_look
WHERE batch_id = %(batch_id)s

-- name: exposure
-- Levels that were set whole, over whatever was sold since they were read. To nothing is no offer.
SELECT
    look.levels_at,
    look.written_at,
    (SELECT count(*) FROM posting WHERE posting.batch_id = look.batch_id AND posting.outcome = 'posted') AS told,
    (
        SELECT count(*)
        FROM chunk
        JOIN attempt USING (chunk_id)
        JOIN stock_line AS line
            ON line.batch_id = chunk.batch_id
            AND line.sku = attempt.subject_key
            AND line.location_id::TEXT = attempt.part
        WHERE chunk.batch_id = look.batch_id AND chunk.method = 'PUT' AND attempt.outcome = 'done' AND line.target > 0
    ) AS absolute
FROM stock_look AS look
WHERE look.batch_id = (
    SELECT max(batch_id) FROM batch WHERE store = %(store)s AND flow = %(flow)s AND state = 'sealed'
)

-- name: wake_the_short
-- Orders that are held because Xero has too little of an item, of which there is enough by now.
INSERT INTO due (store, subject_kind, subject_key, cause, due_at)
SELECT DISTINCT
    waiting.store,
    'order',
    waiting.subject_key,
    'stock_short',
    now()
FROM posting_waiting AS waiting
JOIN posting USING (posting_id)
JOIN unnest(%(codes)s::TEXT[], %(on_hand)s::NUMERIC[]) AS there (code, on_hand)
    ON there.code = posting.figures ->> 'item' AND there.on_hand >= (posting.figures ->> 'needed')::NUMERIC
WHERE waiting.store = %(store)s AND waiting.subject_kind = 'order' AND waiting.reason = 'stock_short'
ON CONFLICT (store, subject_kind, subject_key, cause) WHERE claimed_by IS NULL DO UPDATE
SET due_at = least(due.due_at, excluded.due_at)
RETURNING due.subject_key

-- name: store_lines
INSERT INTO stock_line (
    batch_id, store, after_attempt, sku, location_id, item_id, code, in_xero, pending, in_store, elsewhere, first_use,
    sold_lately, settling, shop_safety, drift, unsteady, gone, closed, released, product_id, problem
)
VALUES %s

-- name: whole_from_now_on
UPDATE stock_line
SET how = 'absolute', quantity = target
WHERE batch_id = %(batch_id)s AND location_id = %(location_id)s AND sku = ANY(%(skus)s)

-- name: since_when
-- Since when both sides disagree, run for run: what the last run said, if it saw a difference too.
UPDATE stock_line
SET
    first_seen = coalesce(
        (
            SELECT before.first_seen
            FROM stock_line AS before
            WHERE before.batch_id = %(before)s
                AND before.sku = stock_line.sku
                AND before.location_id = stock_line.location_id
        ),
        (SELECT opened_at FROM batch WHERE batch_id = %(batch_id)s)
    )
WHERE batch_id = %(batch_id)s AND in_store IS DISTINCT FROM target AND in_store IS NOT NULL

-- name: batch_before
SELECT max(batch_id) AS batch_id
FROM batch
WHERE store = %(store)s AND flow = %(flow)s AND state = 'sealed' AND batch_id < %(batch_id)s

-- name: lines
SELECT *
FROM stock_line
WHERE batch_id = %(batch_id)s
ORDER BY location_id, sku

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
INSERT INTO stock_link (store, sku, location_id, item_id, level, batch_id, identity, baseline, baseline_at, unsteady)
VALUES (
    %(store)s, %(sku)s, %(location_id)s, %(item_id)s, %(level)s, %(batch_id)s, %(identity)s, %(level)s, %(baseline_at)s,
    %(unsteady)s
)
ON CONFLICT (store, sku, location_id) DO UPDATE
SET
    level = excluded.level,
    batch_id = excluded.batch_id,
    item_id = excluded.item_id,
    identity = excluded.identity,
    baseline = excluded.baseline,
    baseline_at = excluded.baseline_at,
    unsteady = excluded.unsteady,
    set_at = now(),
    verified_at = NULL

-- name: seen
-- What the next run starts from, of levels that this one did not set, and whether our last adjustment shows.
UPDATE stock_link AS link
SET
    baseline = line.in_store,
    baseline_at = look.levels_at,
    unsteady = line.unsteady,
    verified_at = coalesce(link.verified_at, CASE WHEN line.in_store = link.level THEN now() END)
FROM stock_line AS line
JOIN stock_look AS look USING (batch_id)
WHERE line.batch_id = %(batch_id)s
    AND link.store = line.store
    AND link.sku = line.sku
    AND link.location_id = line.location_id
    AND line.in_store IS NOT NULL
    AND link.batch_id <> line.batch_id
    AND NOT line.settling

-- name: unaccounted
SELECT stock_line.sku
FROM stock_line
LEFT JOIN posting
    ON posting.batch_id = stock_line.batch_id
    AND posting.subject_kind = 'sku'
    AND posting.subject_key = stock_line.sku
    AND posting.part = stock_line.location_id::TEXT
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
    posting.outcome,
    coalesce(posting.reason, stock_line.reason) AS reason,
    coalesce(posting.sentence, stock_line.sentence) AS sentence,
    coalesce(posting.remedy, stock_line.remedy) AS remedy
FROM stock_line
LEFT JOIN posting
    ON posting.batch_id = stock_line.batch_id
    AND posting.subject_kind = 'sku'
    AND posting.subject_key = stock_line.sku
    AND posting.part = stock_line.location_id::TEXT
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
    stock_line.target AS after,
    stock_line.location_id,
    stock_line.batch_id,
    stock_line.item_id,
    stock_line.unsteady,
    coalesce(link.identity, 'sku') AS identity
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
LEFT JOIN stock_link AS link
    ON link.store = attempt.store AND link.sku = attempt.subject_key AND link.location_id = stock_line.location_id
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
    attempt.part::BIGINT AS location_id,
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
GROUP BY attempt.subject_key, attempt.part

-- name: lately_adjusted
SELECT DISTINCT
    attempt.subject_key AS sku,
    attempt.part::BIGINT AS location_id
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

-- name: claim_due
UPDATE due
SET claimed_by = %(batch_id)s
WHERE store = %(store)s AND subject_kind = 'stock' AND claimed_by IS NULL AND due_at <= %(before)s
