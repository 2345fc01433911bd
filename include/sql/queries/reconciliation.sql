-- name: dated
-- What our links say is of that day: of orders, and of summaries.
SELECT DISTINCT subject_kind, subject_key
FROM document_link
WHERE store = %(store)s AND dated = %(day)s AND subject_kind IN ('order', 'summary')

-- name: owners
-- Whose these documents and payments of Xero are, of whichever store.
SELECT
    xero_id::TEXT AS xero_id,
    store,
    subject_kind,
    subject_key,
    kind,
    part,
    adopted
FROM document_link
WHERE xero_id = ANY(%(xero_ids)s::UUID[])

-- name: members
-- What orders brought to summaries that stand in the books.
SELECT
    member.order_key,
    member.kind,
    member.part,
    member.change,
    member.amount,
    member.currency,
    member.account,
    member.source_hash,
    link.number,
    link.status,
    link.xero_id::TEXT AS xero_id,
    link.amount AS document_amount,
    link.dated
FROM (
    SELECT *
    FROM document_member
    WHERE store = %(store)s AND order_key = ANY(%(order_keys)s) AND summary_key IS NOT NULL
    UNION
    SELECT *
    FROM document_member
    WHERE store = %(store)s AND summary_key = ANY(%(summary_keys)s)
) AS member
JOIN document_link AS link
    ON link.store = member.store
    AND link.subject_kind = 'summary'
    AND link.subject_key = member.summary_key::TEXT
    AND link.kind = member.kind
    AND link.part = member.summary_part
ORDER BY member.order_key, member.kind, member.part, member.change

-- name: outcomes
-- The last word on each document of these orders.
SELECT
    document.subject_key,
    document.kind,
    document.part,
    document.outcome,
    document.reason,
    document.sentence,
    coalesce(document.remedy, reason.remedy) AS remedy
FROM document_outcome AS document
LEFT JOIN reason ON reason.reason = document.reason
WHERE document.store = %(store)s AND document.subject_kind = 'order' AND document.subject_key = ANY(%(subject_keys)s)

-- name: planned
-- The plan that each document of these orders was last written by; link by link, by its key.
SELECT
    link.subject_key,
    link.kind,
    link.part,
    link.generation,
    plan.amount,
    plan.tax,
    plan.body
FROM document_link AS link
CROSS JOIN LATERAL (
    SELECT
        planned_document.amount,
        planned_document.tax,
        planned_document.body
    FROM batch_part AS seen
    JOIN planned_document
        ON planned_document.batch_id = seen.batch_id
        AND planned_document.subject_kind = link.subject_kind
        AND planned_document.subject_key = link.subject_key
        AND planned_document.kind = link.kind
        AND planned_document.part = link.part
        AND planned_document.generation = link.generation
    WHERE seen.order_key = link.subject_key::BIGINT
        AND seen.part = 'order'
        AND planned_document.store = link.store
        AND planned_document.body_hash = link.body_hash
    ORDER BY planned_document.batch_id DESC
    LIMIT 1
) AS plan
WHERE link.store = %(store)s
    AND link.subject_kind = 'order'
    AND link.subject_key = ANY(%(subject_keys)s)
    AND link.kind IN ('invoice', 'credit_note', 'payment', 'refund_payment')

-- name: sent
-- The request that each invoice of these orders was created by, and its place in it.
SELECT DISTINCT ON (attempt.subject_key)
    attempt.subject_key,
    attempt.chunk_id,
    attempt.position,
    attempt.xero_id::TEXT AS xero_id
FROM attempt
WHERE attempt.store = %(store)s
    AND attempt.subject_kind = 'order'
    AND attempt.subject_key = ANY(%(subject_keys)s)
    AND attempt.kind = 'invoice'
    AND attempt.part = '1'
    AND attempt.verb = 'create'
    AND attempt.outcome = 'done'
ORDER BY attempt.subject_key, attempt.attempt_id DESC

-- name: requests
SELECT
    chunk_id,
    body
FROM chunk
WHERE chunk_id = ANY(%(chunk_ids)s)

-- name: decisions
SELECT *
FROM decision
WHERE store = %(store)s AND subject_kind = 'order' AND subject_key = ANY(%(subject_keys)s)
ORDER BY decision_id

-- name: standing_in_days
SELECT
    order_key::TEXT AS subject_key,
    dated,
    'AUTHORISED' AS status,
    1 AS generation
FROM document_member
WHERE store = %(store)s AND order_key = ANY(%(order_keys)s) AND kind = 'invoice' AND change = 1 AND summary_key IS NOT NULL

-- name: money_that_waits
-- Orders whose payment is held or failed: the day on which it came may be this one.
SELECT DISTINCT subject_key
FROM posting_waiting
WHERE store = %(store)s
    AND subject_kind = 'order'
    AND kind IN ('payment', 'refund_payment')
    AND outcome IN ('held', 'failed')
    AND happened_at BETWEEN %(first)s AND %(last)s

-- name: refunds_seen
SELECT
    refund_id::TEXT AS part,
    order_key,
    created_at
FROM refund_seen
WHERE store = %(store)s AND mode = 'live' AND order_key = ANY(%(order_keys)s)

-- name: held
SELECT
    reason,
    currency,
    count(DISTINCT order_key) AS orders,
    min(happened_at) AS oldest,
    sum(amount) AS amount
FROM held_for_a_person
WHERE store = %(store)s
GROUP BY reason, currency
ORDER BY reason, currency

-- name: stock
-- Where the newest look at the stock left the shop with another level than may be sold; since when, run for run.
SELECT
    line.sku,
    line.in_xero,
    line.pending,
    line.in_store,
    line.target,
    coalesce(line.first_seen, posting.recorded_at) AS first_seen
FROM stock_line AS line
JOIN posting
    ON posting.batch_id = line.batch_id
    AND posting.subject_kind = 'sku'
    AND posting.subject_key = line.sku
    AND posting.part = line.location_id::TEXT
WHERE line.batch_id = (
    SELECT max(batch_id) FROM batch WHERE store = %(store)s AND flow = 'stock_to_store' AND state = 'sealed'
)
    AND line.in_store IS NOT NULL
    AND line.target IS DISTINCT FROM line.in_store
    AND posting.outcome NOT IN ('posted', 'unchanged')
    AND posting.reason IS DISTINCT FROM 'settling'
ORDER BY line.sku, line.location_id

-- name: newest
SELECT version, digest
FROM reconciliation
WHERE store = %(store)s AND day = %(day)s
ORDER BY version DESC
LIMIT 1

-- name: lock_day
SELECT pg_advisory_xact_lock(hashtextextended(concat_ws('/', 'reconciliation', %(store)s, %(day)s::DATE), 7217))

-- name: keep
INSERT INTO reconciliation (store, day, version, asked_at, body, digest, agrees, orders, open_differences, calls)
VALUES (
    %(store)s, %(day)s, %(version)s, %(asked_at)s, %(body)s, %(digest)s, %(agrees)s, %(orders)s, %(open_differences)s,
    %(calls)s
)

-- name: keep_differences
INSERT INTO reconciliation_difference (
    store, day, version, position, order_key, cause, explained, what, currency, in_shop, in_ledger, in_xero, number,
    sentence, remedy
)
VALUES %s

-- name: versions
SELECT version, body
FROM reconciliation
WHERE store = %(store)s AND day = %(day)s
ORDER BY version

-- name: signature
SELECT version, signed_by, signed_at, note
FROM reconciliation_signature
WHERE store = %(store)s AND day = %(day)s

-- name: sign
INSERT INTO reconciliation_signature (store, day, version, signed_by, signed_at, note)
VALUES (%(store)s, %(day)s, %(version)s, %(signed_by)s, %(signed_at)s, %(note)s)

-- name: trend
SELECT DISTINCT ON (report.day)
    report.day,
    report.orders,
    report.open_differences,
    signature.day IS NOT NULL AS is_signed
FROM reconciliation AS report
LEFT JOIN reconciliation_signature AS signature USING (store, day)
WHERE report.store = %(store)s AND report.day BETWEEN %(first)s AND %(last)s
ORDER BY report.day, report.version DESC

-- name: differences_of_order
-- What an order was named for, of the newest version of each day.
SELECT difference.*
FROM reconciliation_difference AS difference
WHERE difference.store = %(store)s
    AND difference.order_key = %(order_key)s
    AND NOT EXISTS (
        SELECT 1
        FROM reconciliation AS later
        WHERE later.store = difference.store AND later.day = difference.day AND later.version > difference.version
    )
ORDER BY difference.day, difference.position
