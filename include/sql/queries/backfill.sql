-- name: known
-- Of the orders placed in a range how many we know, and how many are in the books, alone or within a day.
SELECT
    count(*)::INTEGER AS orders,
    count(*) FILTER (
        WHERE EXISTS (
            SELECT 1
            FROM document_link AS link
            WHERE link.store = %(store)s
                AND link.subject_kind = 'order'
                AND link.subject_key = placed.order_key::TEXT
                AND link.kind = 'invoice'
        )
        OR EXISTS (
            SELECT 1
            FROM document_member AS member
            WHERE member.store = %(store)s AND member.order_key = placed.order_key AND member.kind = 'invoice'
        )
    )::INTEGER AS in_books
FROM (
    SELECT DISTINCT order_key
    FROM raw_part
    WHERE store = %(store)s AND part = 'order' AND placed_at >= %(start)s AND placed_at < %(end)s
) AS placed

-- name: lately
-- Of the newest orders: how many needed more than the list, and how many had a contact that was made for them.
WITH newest AS (
    SELECT DISTINCT order_key
    FROM (
        SELECT order_key
        FROM raw_part
        WHERE store = %(store)s AND part = 'order' AND placed_at IS NOT NULL
        ORDER BY placed_at DESC
        LIMIT 500
    ) AS page
)
SELECT
    count(*)::INTEGER AS orders,
    (
        SELECT count(*)
        FROM raw_part
        WHERE raw_part.store = %(store)s
            AND raw_part.order_key IN (SELECT order_key FROM newest)
            AND raw_part.part <> 'order'
    )::INTEGER AS looked_up
FROM newest

-- name: contacts
SELECT
    count(*) FILTER (WHERE subject_kind = 'contact' AND NOT adopted)::INTEGER AS made,
    count(*) FILTER (WHERE subject_kind = 'order' AND kind = 'invoice')::INTEGER AS invoices
FROM (
    SELECT
        subject_kind,
        kind,
        adopted
    FROM document_link
    WHERE store = %(store)s
    LIMIT 20000
) AS links

-- name: progress
-- What the runs did so far: their batches' outcomes and calls.
SELECT
    count(DISTINCT posting.subject_key) FILTER (WHERE posting.outcome = 'posted')::INTEGER AS posted,
    count(DISTINCT posting.subject_key) FILTER (WHERE posting.outcome = 'unchanged')::INTEGER AS unchanged,
    count(DISTINCT posting.subject_key) FILTER (WHERE posting.outcome = 'held')::INTEGER AS held,
    count(DISTINCT posting.subject_key) FILTER (WHERE posting.outcome = 'failed')::INTEGER AS failed,
    (
        SELECT coalesce(sum(batch.calls), 0)
        FROM batch
        WHERE batch.store = %(store)s AND batch.flow = %(flow)s AND batch.run_id = ANY(%(run_ids)s) AND batch.opened_at >= %(since)s
    )::INTEGER AS calls,
    (
        SELECT count(DISTINCT batch_part.order_key)
        FROM batch
        JOIN batch_part USING (batch_id)
        WHERE batch.store = %(store)s AND batch.flow = %(flow)s AND batch.run_id = ANY(%(run_ids)s) AND batch.opened_at >= %(since)s
    )::INTEGER AS orders
FROM batch
JOIN posting USING (batch_id)
WHERE batch.store = %(store)s AND batch.flow = %(flow)s AND batch.run_id = ANY(%(run_ids)s) AND batch.opened_at >= %(since)s
