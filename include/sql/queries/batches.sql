-- name: watermark
SELECT moment
FROM watermark
WHERE store = %(store)s AND flow = %(flow)s

-- name: move_watermark
INSERT INTO watermark (store, flow, moment)
VALUES (%(store)s, %(flow)s, %(moment)s)
ON CONFLICT (store, flow) DO UPDATE
SET moment = greatest(watermark.moment, excluded.moment), moved_at = now()

-- name: unfinished_extraction
SELECT *
FROM extraction
WHERE store = %(store)s AND flow = %(flow)s AND run_id = %(run_id)s AND completed_at IS NULL
ORDER BY extraction_id DESC
LIMIT 1

-- name: open_extraction
INSERT INTO extraction (store, flow, run_id, window_by, window_start, window_end)
VALUES (%(store)s, %(flow)s, %(run_id)s, %(window_by)s, %(window_start)s, %(window_end)s)
RETURNING *

-- name: note_progress
UPDATE extraction
SET last_order_id = %(last_order_id)s
WHERE extraction_id = %(extraction_id)s

-- name: complete_extraction
UPDATE extraction
SET completed_at = now()
WHERE extraction_id = %(extraction_id)s

-- name: asked
SELECT
    extraction.window_by,
    extraction.window_start,
    extraction.window_end,
    count(DISTINCT batch_part.order_key) AS orders
FROM extraction
JOIN batch USING (extraction_id)
LEFT JOIN batch_part USING (batch_id)
WHERE extraction.extraction_id = %(extraction_id)s
GROUP BY extraction.extraction_id

-- name: open_batch
INSERT INTO batch (store, flow, run_id, extraction_id, settings_version, code_version, reference_id)
VALUES (%(store)s, %(flow)s, %(run_id)s, %(extraction_id)s, %(settings_version)s, %(code_version)s, %(reference_id)s)
RETURNING batch_id

-- name: extracting_batch
SELECT
    batch.batch_id,
    (SELECT count(DISTINCT order_key) FROM batch_part WHERE batch_part.batch_id = batch.batch_id) AS orders
FROM batch
WHERE batch.extraction_id = %(extraction_id)s AND batch.state = 'extracting'
ORDER BY batch.batch_id DESC
LIMIT 1

-- name: batches_of_run
SELECT batch_id
FROM batch
WHERE store = %(store)s AND flow = %(flow)s AND run_id = %(run_id)s AND state <> 'sealed'
ORDER BY batch_id

-- name: left_open
SELECT batch_id
FROM batch
WHERE store = %(store)s
    AND state NOT IN ('extracting', 'sealed')
    AND flow NOT IN ('stock_to_store', 'products_to_items', 'customers_to_contacts')  -- with tables and stages of their own
    AND NOT (flow = %(flow)s AND run_id = %(run_id)s)
    AND (red_stage IS NOT NULL OR touched_at < now() - %(stale_after)s * INTERVAL '1 second')
ORDER BY batch_id

-- name: batch
SELECT *
FROM batch
WHERE batch_id = %(batch_id)s

-- name: move_batch
UPDATE batch
SET
    state = %(state)s,
    touched_at = now(),
    red_stage = NULL,
    red_reason = NULL,
    sealed_at = CASE WHEN %(state)s = 'sealed' THEN now() END
WHERE batch_id = %(batch_id)s

-- name: turn_red
UPDATE batch
SET red_stage = %(stage)s, red_reason = %(reason)s, touched_at = now()
WHERE batch_id = %(batch_id)s

-- name: add_calls
UPDATE batch
SET calls = calls + %(calls)s, touched_at = now()
WHERE batch_id = %(batch_id)s

-- name: expect_parts
-- Bodies come by COPY, byte for byte, which is half the time of literals; all else is text until it is stored.
CREATE TEMPORARY TABLE IF NOT EXISTS arriving (
    order_key    TEXT NOT NULL,
    part         TEXT NOT NULL,
    sha256       BYTEA NOT NULL,
    body         BYTEA NOT NULL,
    placed_at    TEXT,
    modified_at  TEXT,
    status_id    TEXT,
    total        TEXT,
    currency     TEXT
) ON COMMIT DELETE ROWS

-- name: commit_soon
-- A page that a crash of the server takes back is read again, since its progress goes with it: nobody need wait for the disk.
SET LOCAL synchronous_commit = off

-- name: store_parts
INSERT INTO raw_part (store, order_key, part, sha256, body, placed_at, modified_at, status_id, total, currency)
SELECT
    %(store)s,
    order_key::BIGINT,
    part,
    sha256,
    body,
    placed_at::TIMESTAMPTZ,
    modified_at::TIMESTAMPTZ,
    status_id::INTEGER,
    total::NUMERIC,
    currency
FROM arriving
ON CONFLICT (store, order_key, part, sha256) DO NOTHING

-- name: put_into_batch
INSERT INTO batch_part (batch_id, order_key, part, raw_part_id)
SELECT
    %(batch_id)s,
    raw_part.order_key,
    raw_part.part,
    raw_part.raw_part_id
FROM arriving
CROSS JOIN LATERAL (  -- by its key, row by row: a plan made before the table grew would read all of it
    SELECT
        raw_part_id,
        order_key,
        part
    FROM raw_part
    WHERE store = %(store)s
        AND order_key = arriving.order_key::BIGINT
        AND part = arriving.part
        AND sha256 = arriving.sha256
    LIMIT 1
) AS raw_part
ON CONFLICT (batch_id, order_key, part) DO UPDATE SET raw_part_id = excluded.raw_part_id

-- name: parts_of_batch
SELECT
    batch_part.order_key,
    batch_part.part,
    raw_part.body,
    raw_part.modified_at,
    raw_part.placed_at
FROM batch_part
JOIN raw_part USING (raw_part_id)
WHERE batch_part.batch_id = %(batch_id)s
ORDER BY batch_part.order_key, batch_part.part

-- name: claim_due
UPDATE due
SET claimed_by = %(batch_id)s
WHERE due_id IN (
    SELECT due_id
    FROM due
    WHERE store = %(store)s AND subject_kind = 'order' AND claimed_by IS NULL AND due_at <= %(now)s
    ORDER BY due_at
    LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
)
RETURNING subject_key, cause, recorded_at

-- name: count_due
SELECT count(*) AS due
FROM due
WHERE store = %(store)s AND subject_kind = 'order' AND claimed_by IS NULL AND due_at <= %(now)s

-- name: make_due
INSERT INTO due (store, subject_kind, subject_key, cause, due_at)
VALUES (%(store)s, %(subject_kind)s, %(subject_key)s, %(cause)s, %(due_at)s)
ON CONFLICT (store, subject_kind, subject_key, cause) WHERE claimed_by IS NULL DO NOTHING

-- name: all_of_store
SELECT batch_id
FROM batch
WHERE store = %(store)s
ORDER BY batch_id
