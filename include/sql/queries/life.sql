-- name: outcome
SELECT *
FROM order_outcome
WHERE store = %(store)s AND order_key = %(order_key)s

-- name: versions
-- What the shop said, each content once, oldest first.
SELECT
    part,
    fetched_at,
    modified_at,
    placed_at,
    status_id,
    total,
    currency,
    raw_part_id
FROM raw_part
WHERE store = %(store)s AND order_key = %(order_key)s
ORDER BY fetched_at, raw_part_id
LIMIT %(limit)s

-- name: newest_body
SELECT body
FROM raw_part
WHERE store = %(store)s AND order_key = %(order_key)s AND part = 'order'
ORDER BY fetched_at DESC, raw_part_id DESC
LIMIT 1

-- name: events
SELECT
    scope,
    vendor,
    happened_at,
    received_at
FROM inbox
WHERE store = %(store)s AND subject_kind = 'order' AND subject_key = %(subject_key)s
ORDER BY received_at
LIMIT %(limit)s

-- name: causes
-- Why it was looked at again, and whether that is still to come.
SELECT
    due.cause,
    due.recorded_at,
    due.due_at,
    due.claimed_by,
    batch.opened_at
FROM due
LEFT JOIN batch ON batch.batch_id = due.claimed_by
WHERE due.store = %(store)s AND due.subject_kind = 'order' AND due.subject_key = %(subject_key)s
ORDER BY due.recorded_at
LIMIT %(limit)s

-- name: postings
-- Each outcome of each document, with the run that reached it.
SELECT
    posting.kind,
    posting.part,
    posting.generation,
    posting.outcome,
    posting.reason,
    posting.sentence,
    coalesce(posting.remedy, reason.remedy) AS remedy,
    reason.meaning,
    posting.number,
    posting.amount,
    posting.currency,
    posting.recorded_at,
    posting.batch_id,
    batch.flow,
    batch.run_id,
    planned.words
FROM posting
JOIN batch USING (batch_id)
LEFT JOIN reason ON reason.reason = posting.reason
LEFT JOIN planned_document AS planned
    ON planned.batch_id = posting.batch_id
    AND planned.subject_kind = posting.subject_kind
    AND planned.subject_key = posting.subject_key
    AND planned.kind = posting.kind
    AND planned.part = posting.part
    AND planned.generation = posting.generation
WHERE posting.store = %(store)s AND posting.subject_kind = 'order' AND posting.subject_key = %(subject_key)s
ORDER BY posting.batch_id, posting.posting_id
LIMIT %(limit)s

-- name: findings
SELECT
    check_result.batch_id,
    check_result.rule,
    check_result.checked,
    check_result.sentence,
    check_result.recorded_at
FROM batch_part
JOIN check_result USING (batch_id, order_key)
WHERE batch_part.order_key = %(order_key)s
    AND batch_part.part = 'order'
    AND NOT check_result.passed
    AND EXISTS (SELECT 1 FROM batch WHERE batch.batch_id = batch_part.batch_id AND batch.store = %(store)s)
ORDER BY check_result.recorded_at
LIMIT %(limit)s

-- name: attempts
-- Every write that left for Xero, and what became of it.
SELECT
    attempt.kind,
    attempt.part,
    attempt.generation,
    attempt.verb,
    attempt.outcome,
    attempt.problem,
    attempt.xero_id,
    chunk.sent_at,
    attempt.settled_at,
    chunk.target,
    chunk.batch_id
FROM attempt
JOIN chunk USING (chunk_id)
WHERE attempt.store = %(store)s AND attempt.subject_kind = 'order' AND attempt.subject_key = %(subject_key)s
ORDER BY attempt.attempt_id
LIMIT %(limit)s

-- name: documents
SELECT *
FROM document_link
WHERE store = %(store)s AND subject_kind = 'order' AND subject_key = %(subject_key)s
ORDER BY generation, linked_at, kind, part

-- name: differences
SELECT
    day,
    version,
    cause,
    explained,
    what,
    currency,
    in_shop,
    in_xero,
    sentence,
    remedy
FROM reconciliation_difference
WHERE store = %(store)s AND order_key = %(subject_key)s
ORDER BY day, version, position
LIMIT %(limit)s

-- name: told
-- What stands in the chain about it beside decisions and sealed batches, such as a contact that was chosen.
SELECT
    event,
    content,
    recorded_at
FROM audit_entry
WHERE store = %(store)s AND content ->> 'order' = %(subject_key)s AND event <> 'decided'
ORDER BY sequence
LIMIT %(limit)s

-- name: days
-- The days' summaries that hold something of it.
SELECT DISTINCT
    sale.number,
    sale.xero_id::TEXT AS xero_id,
    sale.status,
    sale.kind,
    sale.amount,
    sale.currency
FROM member_in_books AS sale
WHERE sale.store = %(store)s AND sale.order_key = %(order_key)s
ORDER BY sale.number

-- name: by_order
SELECT DISTINCT
    store,
    order_key::TEXT AS order_key
FROM raw_part
WHERE store = ANY(%(stores)s) AND order_key = %(order_key)s

-- name: by_number
-- By the number of an invoice or credit note; a day's has many orders.
SELECT
    store,
    subject_key AS order_key
FROM document_link
WHERE store = ANY(%(stores)s) AND number = %(number)s AND subject_kind = 'order'
UNION
SELECT
    sale.store,
    sale.order_key::TEXT
FROM document_link AS link
JOIN member_in_books AS sale ON sale.store = link.store AND sale.summary_key::TEXT = link.subject_key
WHERE link.store = ANY(%(stores)s) AND link.number = %(number)s AND link.subject_kind = 'summary'
ORDER BY 1, 2
LIMIT %(limit)s

-- name: by_gateway
SELECT DISTINCT
    store,
    subject_key AS order_key
FROM planned_document
WHERE store = ANY(%(stores)s)
    AND kind = 'payment'
    AND reference LIKE '%% %%'
    AND split_part(reference, ' ', 2) = %(gateway_id)s
ORDER BY 1, 2
LIMIT %(limit)s

-- name: by_email
-- By the keyed digest of an address: a guest's own key, or whatever contact of Xero it is linked to.
WITH contact AS (
    SELECT %(email_key)s AS contact_key
    UNION
    SELECT other.subject_key
    FROM document_link AS one
    JOIN document_link AS other
        ON other.xero_id = one.xero_id AND other.store = one.store AND other.subject_kind = 'contact'
    WHERE one.store = %(store)s AND one.subject_kind = 'contact' AND one.subject_key = %(email_key)s
)
SELECT DISTINCT
    planned.store,
    planned.subject_key AS order_key,
    length(planned.subject_key)
FROM contact
JOIN planned_document AS planned USING (contact_key)
WHERE planned.store = %(store)s AND planned.kind = 'invoice' AND planned.subject_kind = 'order'
ORDER BY length(planned.subject_key) DESC, planned.subject_key DESC
LIMIT %(limit)s
