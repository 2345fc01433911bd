-- name: extracted
SELECT
    count(*) AS rows,
    count(DISTINCT order_key) AS orders,
    sum((octet_length(said) - octet_length(replace(said, '"base_total"', ''))) / octet_length('"base_total"')) AS lines
FROM raw_part
CROSS JOIN LATERAL convert_from(body, 'UTF8') AS said
WHERE part = 'order'

-- name: shoppers
SELECT DISTINCT
    contact_key,
    number
FROM planned_contact

-- name: said
SELECT DISTINCT ON (posting.subject_key, posting.kind, posting.part)
    coalesce(planned_document.number, planned_document.parent) AS number,
    posting.kind,
    posting.outcome,
    posting.reason,
    posting.xero_id,
    (posting.amount * 100)::BIGINT AS cents
FROM posting
JOIN planned_document USING (batch_id, subject_kind, subject_key, kind, part, generation)
WHERE posting.store = %(store)s AND posting.subject_kind = 'order'
ORDER BY posting.subject_key, posting.kind, posting.part, posting.posting_id DESC

-- name: left_open
SELECT 'the ' || kind || ' of order ' || subject_key AS what
FROM attempt
WHERE store = %(store)s AND outcome IS NULL
UNION ALL
SELECT 'batch ' || batch_id
FROM batch
WHERE store = %(store)s AND state <> 'sealed'

-- name: age_chunks
UPDATE chunk
SET sent_at = sent_at - INTERVAL '10 minutes'

-- name: brought_back
SELECT
    (SELECT count(*) FROM posting WHERE kind = 'payment' AND outcome = 'posted') AS payments,
    (SELECT count(*) FROM posting WHERE outcome IN ('held', 'failed')) AS held,
    (SELECT extract(EPOCH FROM min(sent_at))::DOUBLE PRECISION FROM chunk) - %(began)s AS first_write_s

-- name: entered
SELECT
    invoice.subject_key AS order_key,
    extract(EPOCH FROM max(invoice.settled_at))::FLOAT8 AS invoice,
    extract(EPOCH FROM max(payment.settled_at))::FLOAT8 AS payment
FROM attempt AS invoice
JOIN attempt AS payment USING (store, subject_kind, subject_key)
WHERE invoice.store = %(store)s
    AND invoice.subject_kind = 'order'
    AND invoice.subject_key::BIGINT BETWEEN %(first)s AND %(last)s
    AND invoice.kind = 'invoice'
    AND invoice.outcome = 'done'
    AND payment.kind = 'payment'
    AND payment.outcome = 'done'
GROUP BY invoice.subject_key
