-- name: store
INSERT INTO raw_customer (store, customer_id, sha256, body, modified_at)
VALUES %s
ON CONFLICT (store, customer_id, sha256) DO NOTHING

-- name: put_into_batch
-- A window that is read again after a crash puts nobody into a second batch.
INSERT INTO batch_customer (batch_id, store, customer_id, raw_customer_id)
SELECT
    arriving.batch_id::BIGINT,
    raw_customer.store,
    raw_customer.customer_id,
    raw_customer.raw_customer_id
FROM (VALUES %s) AS arriving (batch_id, extraction_id, store, customer_id, sha256)
JOIN raw_customer
    ON
        raw_customer.store = arriving.store
        AND raw_customer.customer_id = arriving.customer_id::BIGINT
        AND raw_customer.sha256 = arriving.sha256
WHERE NOT EXISTS (
        SELECT FROM batch_customer AS before
        JOIN batch USING (batch_id)
        WHERE before.store = raw_customer.store
            AND before.customer_id = raw_customer.customer_id
            AND before.raw_customer_id = raw_customer.raw_customer_id
            AND before.batch_id <> arriving.batch_id::BIGINT
            AND batch.extraction_id = arriving.extraction_id::BIGINT
    )
ON CONFLICT (batch_id, customer_id) DO UPDATE SET raw_customer_id = excluded.raw_customer_id

-- name: put_gone
-- A customer who was asked for again and is not there any more, as the shop last told of them.
INSERT INTO batch_customer (batch_id, store, customer_id, raw_customer_id, gone)
SELECT DISTINCT ON (customer_id)
    %(batch_id)s,
    store,
    customer_id,
    raw_customer_id,
    TRUE
FROM raw_customer
WHERE store = %(store)s AND customer_id = ANY(%(customer_ids)s)
ORDER BY customer_id, raw_customer_id DESC

-- name: extracting_batch
SELECT
    batch.batch_id,
    (SELECT count(*) FROM batch_customer WHERE batch_customer.batch_id = batch.batch_id) AS customers
FROM batch
WHERE batch.extraction_id = %(extraction_id)s AND batch.state = 'extracting'
ORDER BY batch.batch_id DESC
LIMIT 1

-- name: left_open
SELECT batch_id
FROM batch
WHERE store = %(store)s
    AND state NOT IN ('extracting', 'sealed')
    AND flow = %(flow)s
    AND run_id <> %(run_id)s
    AND (red_stage IS NOT NULL OR touched_at < now() - %(stale_after)s * INTERVAL '1 second')
ORDER BY batch_id

-- name: count_due
SELECT count(*) AS due
FROM due
WHERE store = %(store)s AND subject_kind IN ('contact', 'customer') AND claimed_by IS NULL AND due_at <= %(now)s

-- name: claim_due
UPDATE due
SET claimed_by = %(batch_id)s
WHERE due_id IN (
    SELECT due_id
    FROM due
    WHERE store = %(store)s AND subject_kind IN ('contact', 'customer') AND claimed_by IS NULL AND due_at <= %(now)s
    ORDER BY due_at
    LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
)
RETURNING subject_key

-- name: of_batch
SELECT
    batch_customer.customer_id,
    batch_customer.gone,
    raw_customer.body,
    raw_customer.modified_at,
    raw_customer.fetched_at
FROM batch_customer
JOIN raw_customer USING (raw_customer_id)
WHERE batch_customer.batch_id = %(batch_id)s
ORDER BY batch_customer.customer_id

-- name: decide
UPDATE batch_customer
SET
    decision = decided.decision,
    reason = decided.reason,
    sentence = decided.sentence,
    remedy = decided.remedy,
    figures = decided.figures::JSONB,
    number = decided.number,
    source_hash = decided.source_hash,
    revision = decided.revision::TIMESTAMPTZ
FROM (VALUES %s) AS decided (
    batch_id, customer_id, decision, reason, sentence, remedy, figures, number, source_hash, revision
)
WHERE batch_customer.batch_id = decided.batch_id::BIGINT AND batch_customer.customer_id = decided.customer_id::BIGINT

-- name: plans
-- What is to become of each customer of a batch, shaped as a planned document, with the contact that was planned.
SELECT
    decided.batch_id,
    decided.store,
    'contact' AS subject_kind,
    decided.customer_id::TEXT AS subject_key,
    'contact' AS kind,
    '1' AS part,
    1 AS generation,
    NULL AS amount,
    NULL AS currency,
    decided.revision AS happened_at,
    decided.gone,
    decided.decision,
    decided.reason,
    decided.sentence,
    decided.remedy,
    decided.figures,
    decided.source_hash,
    decided.revision,
    decided.customer_id::TEXT AS contact_key,
    coalesce(planned.number, decided.number) AS number,
    planned.name,
    planned.suffixed_name,
    planned.email,
    planned.body
FROM batch_customer AS decided
LEFT JOIN planned_contact AS planned
    ON planned.batch_id = decided.batch_id AND planned.contact_key = decided.customer_id::TEXT
WHERE decided.batch_id = %(batch_id)s
ORDER BY decided.customer_id

-- name: sent
SELECT *
FROM contact_sent
WHERE store = %(store)s AND contact_key = ANY(%(contact_keys)s)

-- name: leading
SELECT *
FROM contact_sent
WHERE store = %(store)s AND contact_id = ANY(%(contact_ids)s::UUID[]) AND leads

-- name: remember
INSERT INTO contact_sent (store, contact_key, contact_id, leads, source_hash, fields, revision)
VALUES (
    %(store)s, %(contact_key)s, %(contact_id)s, %(leads)s, %(source_hash)s, %(fields)s, %(revision)s
)
ON CONFLICT (store, contact_key) DO UPDATE
SET
    contact_id = excluded.contact_id,
    leads = excluded.leads,
    source_hash = excluded.source_hash,
    fields = excluded.fields,
    revision = excluded.revision,
    changed_at = now()

-- name: forget
DELETE FROM contact_sent
WHERE store = %(store)s AND contact_key = %(contact_key)s

-- name: made_by_us
-- The request that made a contact, of whichever flow it was: what was sent then is what it had then.
SELECT DISTINCT ON (attempt.xero_id)
    attempt.xero_id,
    attempt.subject_key,
    attempt.position,
    chunk.batch_id,
    chunk.body
FROM document_link AS link
JOIN attempt
    ON
        attempt.store = link.store
        AND attempt.subject_kind = 'contact'
        AND attempt.subject_key = link.subject_key
        AND attempt.kind = 'contact'
        AND attempt.part = '1'
        AND attempt.verb = 'create'
        AND attempt.xero_id = link.xero_id
JOIN chunk USING (chunk_id)
WHERE link.store = %(store)s AND link.subject_kind = 'contact' AND link.xero_id = ANY(%(contact_ids)s::UUID[])
ORDER BY attempt.xero_id, attempt.attempt_id

-- name: review
-- Told again only where it is another thing.
INSERT INTO contact_review (store, contact_key, what, sentence, remedy)
VALUES (%(store)s, %(contact_key)s, %(what)s, %(sentence)s, %(remedy)s)
ON CONFLICT (store, contact_key, what) DO UPDATE
SET
    sentence = excluded.sentence,
    remedy = excluded.remedy,
    told_at = CASE WHEN contact_review.sentence = excluded.sentence THEN contact_review.told_at END

-- name: reviewed
DELETE FROM contact_review
WHERE store = %(store)s AND contact_key = %(contact_key)s AND what = %(what)s

-- name: unaccounted
-- Customers of a batch without an outcome, and outcomes without a customer.
SELECT
    coalesce(batch_customer.customer_id::TEXT, posting.subject_key) AS customer,
    posting.posting_id IS NULL AS has_no_outcome
FROM (SELECT * FROM batch_customer WHERE batch_id = %(batch_id)s) AS batch_customer
FULL JOIN (SELECT * FROM posting WHERE batch_id = %(batch_id)s) AS posting
    ON posting.subject_kind = 'contact' AND posting.subject_key = batch_customer.customer_id::TEXT
WHERE posting.posting_id IS NULL OR batch_customer.customer_id IS NULL
ORDER BY 1

-- name: counts
SELECT
    outcome,
    count(*) AS count
FROM posting
WHERE batch_id = %(batch_id)s
GROUP BY outcome

-- name: held
-- Customers who wait for a person and of whom nobody was told.
SELECT
    page.subject_key AS customer,
    page.reason,
    posting.sentence,
    coalesce(posting.remedy, reason.remedy) AS remedy,
    posting.recorded_at AS since,
    page.batch_id
FROM (
    SELECT waiting.*
    FROM posting_waiting AS waiting
    LEFT JOIN notice
        ON notice.store = waiting.store
        AND notice.kind = 'customer'
        AND notice.subject_key = waiting.subject_key || '/' || waiting.reason
    WHERE waiting.store = %(store)s
        AND waiting.subject_kind = 'contact'
        AND (waiting.outcome = 'held' OR waiting.reason = 'refused_by_vendor')
        AND notice.subject_key IS NULL
        AND NOT EXISTS (
            SELECT FROM posting AS later
            WHERE later.store = waiting.store
                AND later.subject_kind = waiting.subject_kind
                AND later.subject_key = waiting.subject_key
                AND later.batch_id > waiting.batch_id
        )
    ORDER BY waiting.subject_key
    LIMIT %(limit)s
) AS page
JOIN posting ON posting.posting_id = page.posting_id
JOIN reason ON reason.reason = page.reason
ORDER BY page.subject_key::BIGINT

-- name: untold
SELECT *
FROM contact_review
WHERE store = %(store)s AND told_at IS NULL
ORDER BY contact_key::BIGINT, what
LIMIT %(limit)s

-- name: told
UPDATE contact_review
SET told_at = now()
WHERE store = %(store)s AND contact_key = %(contact_key)s AND what = %(what)s
