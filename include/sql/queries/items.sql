-- name: store_products
INSERT INTO raw_product (store, product_id, sha256, body, modified_at)
VALUES %s
ON CONFLICT (store, product_id, sha256) DO UPDATE
SET body = excluded.body, fetched_at = now(), forgotten_at = NULL
WHERE raw_product.forgotten_at IS NOT NULL

-- name: put_into_batch
INSERT INTO batch_product (batch_id, product_id, raw_product_id)
SELECT
    given.batch_id,
    raw_product.product_id,
    raw_product.raw_product_id
FROM (VALUES %s) AS given (batch_id, store, product_id, sha256)
JOIN raw_product
    ON
        raw_product.store = given.store
        AND raw_product.product_id = given.product_id
        AND raw_product.sha256 = given.sha256
ON CONFLICT (batch_id, product_id) DO UPDATE SET raw_product_id = excluded.raw_product_id

-- name: extracting_batch
SELECT
    batch.batch_id,
    (SELECT count(*) FROM batch_product WHERE batch_product.batch_id = batch.batch_id) AS products
FROM batch
WHERE batch.extraction_id = %(extraction_id)s AND batch.state = 'extracting'
ORDER BY batch.batch_id DESC
LIMIT 1

-- name: put_gone_into_batch
-- Linked products that a reading of the whole catalogue did not meet.
INSERT INTO batch_product (batch_id, product_id)
SELECT DISTINCT
    %(batch_id)s::BIGINT,
    link.product_id
FROM item_link AS link
WHERE link.store = %(store)s
    AND link.gone_at IS NULL
    AND NOT EXISTS (
        SELECT 1
        FROM batch_product
        JOIN batch USING (batch_id)
        WHERE batch.extraction_id = %(extraction_id)s AND batch_product.product_id = link.product_id
    )

-- name: count_due
SELECT count(*) AS due
FROM due
WHERE store = %(store)s AND subject_kind = 'product' AND claimed_by IS NULL AND due_at <= %(before)s

-- name: claim_due
UPDATE due
SET claimed_by = %(batch_id)s
WHERE due_id IN (
    SELECT due_id
    FROM due
    WHERE store = %(store)s AND subject_kind = 'product' AND claimed_by IS NULL AND due_at <= %(before)s
    ORDER BY due_at
    LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
)
RETURNING subject_key

-- name: read_by_run
SELECT DISTINCT batch_product.product_id
FROM batch_product
JOIN batch USING (batch_id)
WHERE batch.store = %(store)s
    AND batch.flow = %(flow)s
    AND batch.run_id = %(run_id)s
    AND batch_product.product_id = ANY(%(product_ids)s)

-- name: put_gone
-- Of these products, which the shop does not have, those that became an item.
INSERT INTO batch_product (batch_id, product_id)
SELECT DISTINCT
    %(batch_id)s::BIGINT,
    link.product_id
FROM item_link AS link
WHERE link.store = %(store)s AND link.gone_at IS NULL AND link.product_id = ANY(%(product_ids)s)

-- name: left_open
SELECT batch_id
FROM batch
WHERE store = %(store)s AND flow = %(flow)s AND run_id <> %(run_id)s AND state NOT IN ('extracting', 'sealed')
ORDER BY batch_id

-- name: window_of_batch
SELECT
    extraction.window_start,
    extraction.window_end
FROM batch
JOIN extraction USING (extraction_id)
WHERE batch.batch_id = %(batch_id)s

-- name: products_of_batch
SELECT
    batch_product.product_id,
    raw_product.body,
    raw_product.modified_at
FROM batch_product
LEFT JOIN raw_product USING (raw_product_id)
WHERE batch_product.batch_id = %(batch_id)s
ORDER BY batch_product.product_id

-- name: links
SELECT *
FROM item_link
WHERE store = %(store)s AND sku = ANY(%(skus)s)

-- name: links_of_products
SELECT *
FROM item_link
WHERE store = %(store)s AND product_id = ANY(%(product_ids)s) AND gone_at IS NULL
ORDER BY sku

-- name: taken
SELECT
    folded_code,
    sku
FROM item_link
WHERE store = %(store)s AND folded_code = ANY(%(folded_codes)s)

-- name: reserve
INSERT INTO item_link (store, sku, code, folded_code, product_id, variant_id)
VALUES %s
ON CONFLICT (store, sku) DO UPDATE
SET product_id = excluded.product_id, variant_id = excluded.variant_id, gone_at = NULL

-- name: forget_lines
DELETE FROM item_line
WHERE batch_id = %(batch_id)s

-- name: store_lines
INSERT INTO item_line (
    batch_id, line_key, store, product_id, variant_id, sku, modified_at, code, wanted, source_hash, decision, reason,
    sentence, remedy, figures
)
VALUES %s

-- name: lines
SELECT *
FROM item_line
WHERE batch_id = %(batch_id)s
ORDER BY line_key

-- name: open_writes
-- SKUs with a write of which nothing is known.
SELECT DISTINCT subject_key AS sku
FROM attempt
WHERE store = %(store)s AND subject_kind = 'item' AND outcome IS NULL

-- name: done_writes
-- Writes that arrived and that the link does not know of, the oldest first, with the request that they were in.
SELECT
    attempt.attempt_id,
    attempt.subject_key AS sku,
    attempt.xero_id,
    attempt.position,
    chunk.body
FROM attempt
JOIN chunk USING (chunk_id)
JOIN item_link AS link ON link.store = attempt.store AND link.sku = attempt.subject_key
WHERE attempt.store = %(store)s
    AND attempt.subject_kind = 'item'
    AND attempt.subject_key = ANY(%(skus)s)
    AND attempt.outcome = 'done'
    AND attempt.attempt_id > link.last_attempt
ORDER BY attempt.attempt_id

-- name: arrived
-- What was sent has arrived: it is what stands there by us from now on.
UPDATE item_link
SET
    item_id = %(item_id)s,
    linked_at = coalesce(linked_at, now()),
    sent = sent || %(sent)s,
    last_attempt = greatest(last_attempt, coalesce(%(attempt_id)s, (
        SELECT max(attempt_id)
        FROM attempt
        WHERE store = %(store)s AND subject_kind = 'item' AND subject_key = %(sku)s AND kind = 'item' AND outcome = 'done'
    ), 0)),
    changed_at = now()
WHERE store = %(store)s AND sku = %(sku)s

-- name: decided
-- A code that a bookkeeper changed in Xero is the item's from now on; one that is another SKU's here already stays as it was.
UPDATE item_link AS link
SET
    item_id = coalesce(%(item_id)s::UUID, link.item_id),
    linked_at = CASE WHEN %(item_id)s IS NULL THEN link.linked_at ELSE coalesce(link.linked_at, now()) END,
    adopted = link.adopted OR %(adopted)s,
    sent = %(sent)s,
    wanted = %(wanted)s,
    source_hash = coalesce(%(source_hash)s, link.source_hash),
    revision = greatest(link.revision, %(revision)s),
    code = CASE WHEN free.is_free THEN %(code)s ELSE link.code END,
    folded_code = CASE WHEN free.is_free THEN %(folded_code)s ELSE link.folded_code END,
    changed_at = now()
FROM (
    SELECT NOT EXISTS (
        SELECT 1
        FROM item_link
        WHERE store = %(store)s AND folded_code = %(folded_code)s AND sku <> %(sku)s
    ) AS is_free
) AS free
WHERE link.store = %(store)s AND link.sku = %(sku)s

-- name: gone
UPDATE item_link
SET gone_at = now()
WHERE store = %(store)s AND sku = ANY(%(skus)s) AND gone_at IS NULL

-- name: note_untold
UPDATE item_line
SET
    untold = TRUE,
    sentence = %(sentence)s,
    remedy = %(remedy)s,
    figures = %(figures)s
WHERE batch_id = %(batch_id)s AND line_key = %(line_key)s

-- name: untold
SELECT
    line.batch_id,
    line.line_key,
    line.code,
    posting.reason,
    line.sentence,
    reason.meaning,
    coalesce(line.remedy, reason.remedy) AS remedy,
    line.figures,
    posting.recorded_at
FROM item_line AS line
JOIN posting
    ON posting.batch_id = line.batch_id AND posting.subject_kind = 'item' AND posting.subject_key = line.line_key
JOIN reason ON reason.reason = posting.reason
WHERE line.store = %(store)s AND line.untold
ORDER BY line.batch_id, line.line_key
LIMIT %(limit)s

-- name: tell
UPDATE item_line
SET untold = FALSE
WHERE batch_id = %(batch_id)s AND line_key = %(line_key)s

-- name: unaccounted
-- Products without a line, and lines without an outcome.
SELECT 'product ' || batch_product.product_id AS line_key
FROM batch_product
LEFT JOIN item_line USING (batch_id, product_id)
WHERE batch_product.batch_id = %(batch_id)s
    AND batch_product.raw_product_id IS NOT NULL
    AND item_line.line_key IS NULL
UNION ALL
SELECT item_line.line_key
FROM item_line
LEFT JOIN posting
    ON
        posting.batch_id = item_line.batch_id
        AND posting.subject_kind = 'item'
        AND posting.subject_key = item_line.line_key
WHERE item_line.batch_id = %(batch_id)s AND posting.posting_id IS NULL
UNION ALL
SELECT posting.subject_key
FROM posting
LEFT JOIN item_line ON item_line.batch_id = posting.batch_id AND item_line.line_key = posting.subject_key
WHERE posting.batch_id = %(batch_id)s AND item_line.line_key IS NULL
ORDER BY line_key

-- name: forget_bodies
-- A product's views and sales are in its body, so that each day's reading of the catalogue keeps it anew. Its newest stays,
-- and what an open batch works on.
UPDATE raw_product AS old
SET body = '', forgotten_at = now()
WHERE old.store = %(store)s
    AND old.forgotten_at IS NULL
    AND old.fetched_at < now() - %(days)s * INTERVAL '1 day'
    AND EXISTS (
        SELECT 1
        FROM raw_product AS newer
        WHERE newer.store = old.store AND newer.product_id = old.product_id AND newer.raw_product_id > old.raw_product_id
    )
    AND NOT EXISTS (
        SELECT 1
        FROM batch_product
        JOIN batch USING (batch_id)
        WHERE batch_product.raw_product_id = old.raw_product_id AND batch.state <> 'sealed'
    )

-- name: counts
SELECT
    outcome,
    count(*) AS count
FROM posting
WHERE batch_id = %(batch_id)s
GROUP BY outcome

-- name: codes
-- SKUs that are an item of another code; and what is an item since a few hours, which the snapshot may not list yet.
SELECT
    sku,
    code,
    linked_at > now() - INTERVAL '3 hours' AS is_new
FROM item_link
WHERE store = %(store)s
    AND item_id IS NOT NULL
    AND (code <> sku OR linked_at > now() - INTERVAL '3 hours')

-- name: told
SELECT
    line.line_key,
    line.sku,
    line.code,
    line.product_id,
    posting.outcome,
    posting.reason,
    posting.sentence,
    posting.xero_id
FROM item_line AS line
LEFT JOIN posting
    ON posting.batch_id = line.batch_id AND posting.subject_kind = 'item' AND posting.subject_key = line.line_key
WHERE line.batch_id IN (
        SELECT batch_id
        FROM batch
        WHERE store = %(store)s AND flow = %(flow)s AND run_id = (
                SELECT run_id FROM batch WHERE store = %(store)s AND flow = %(flow)s ORDER BY batch_id DESC LIMIT 1
            )
    )
ORDER BY line.line_key
