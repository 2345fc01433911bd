-- name: links
SELECT *
FROM document_link
WHERE store = %(store)s AND subject_kind = %(subject_kind)s AND subject_key = ANY(%(subject_keys)s)

-- name: link
-- An older word of the shop replaces nothing (design 4.3).
INSERT INTO document_link (
    store, subject_kind, subject_key, kind, part, generation, xero_id, number, status, amount, currency, dated,
    source_hash, body_hash, revision, settings_version, adopted
)
VALUES (
    %(store)s, %(subject_kind)s, %(subject_key)s, %(kind)s, %(part)s, %(generation)s, %(xero_id)s, %(number)s,
    %(status)s, %(amount)s, %(currency)s, %(dated)s, %(source_hash)s, %(body_hash)s, %(revision)s,
    %(settings_version)s, %(adopted)s
)
ON CONFLICT (store, subject_kind, subject_key, kind, part, generation) DO UPDATE
SET
    xero_id = excluded.xero_id,
    number = excluded.number,
    status = excluded.status,
    amount = excluded.amount,
    currency = excluded.currency,
    dated = excluded.dated,
    source_hash = excluded.source_hash,
    body_hash = excluded.body_hash,
    revision = excluded.revision,
    settings_version = excluded.settings_version,
    changed_at = now()
WHERE document_link.revision <= excluded.revision

-- name: note_status
-- What Xero says of a document now. The facts that it was written from stay.
UPDATE document_link
SET status = %(status)s, changed_at = now()
WHERE store = %(store)s
    AND subject_kind = %(subject_kind)s
    AND subject_key = %(subject_key)s
    AND kind = %(kind)s
    AND part = %(part)s
    AND generation = %(generation)s
    AND xero_id = %(xero_id)s::UUID

-- name: note_facts
UPDATE document_link
SET source_hash = %(source_hash)s, changed_at = now()
WHERE store = %(store)s
    AND subject_kind = %(subject_kind)s
    AND subject_key = %(subject_key)s
    AND kind = %(kind)s
    AND part = %(part)s
    AND generation = %(generation)s
    AND xero_id = %(xero_id)s::UUID

-- name: waiting_for
-- Which of these orders wait for a person for this reason, with their invoice.
SELECT DISTINCT subject_key
FROM posting_waiting
WHERE store = %(store)s
    AND subject_kind = 'order'
    AND subject_key = ANY(%(subject_keys)s)
    AND kind = 'invoice'
    AND outcome = 'held'
    AND reason = %(reason)s

-- name: open_chunk
INSERT INTO chunk (batch_id, store, method, target, idempotency_key, body)
VALUES (%(batch_id)s, %(store)s, %(method)s, %(target)s, %(idempotency_key)s, %(body)s)
RETURNING chunk_id, sent_at

-- name: answer_chunk
UPDATE chunk
SET answered_at = now()
WHERE chunk_id = %(chunk_id)s

-- name: open_attempts
INSERT INTO attempt (chunk_id, position, store, subject_kind, subject_key, kind, part, generation, verb, body_hash)
VALUES %s

-- name: settle_attempts
-- Those that another run settled before stay as they are, and do not come back.
UPDATE attempt
SET outcome = fate.outcome, xero_id = fate.xero_id::UUID, problem = fate.problem, settled_at = now()
FROM (VALUES %s) AS fate (chunk_id, position, outcome, xero_id, problem)
WHERE attempt.chunk_id = fate.chunk_id AND attempt.position = fate.position AND attempt.outcome IS NULL
RETURNING attempt.position

-- name: unknown_attempts
-- Every open attempt of a request that one of these subjects was in, with the plan that it was sent for.
SELECT
    attempt.chunk_id,
    attempt.position,
    attempt.store,
    attempt.subject_kind,
    attempt.subject_key,
    attempt.kind,
    attempt.part,
    attempt.generation,
    attempt.verb,
    attempt.xero_id,
    chunk.method,
    chunk.target,
    chunk.idempotency_key,
    chunk.body,
    batch.settings_version,
    plan.decision,
    plan.number,
    plan.status AS planned_status,
    plan.amount,
    plan.tax,
    plan.currency,
    plan.dated,
    plan.source_hash,
    plan.body_hash,
    plan.revision
FROM attempt
JOIN chunk USING (chunk_id)
JOIN batch USING (batch_id)
LEFT JOIN planned_document AS plan
    ON
        plan.batch_id = chunk.batch_id
        AND plan.subject_kind = attempt.subject_kind
        AND plan.subject_key = attempt.subject_key
        AND plan.kind = attempt.kind
        AND plan.part = attempt.part
        AND plan.generation = attempt.generation
WHERE attempt.chunk_id IN (
        SELECT chunk_id
        FROM attempt
        WHERE store = %(store)s
            AND subject_kind = %(subject_kind)s
            AND subject_key = ANY(%(subject_keys)s)
            AND outcome IS NULL
    )
    AND attempt.outcome IS NULL
ORDER BY attempt.chunk_id, attempt.position

-- name: settled_contacts
-- Linked, and no creation on its way: which contact they are is known for good, whatever is written into it.
SELECT link.subject_key
FROM document_link AS link
WHERE link.store = %(store)s
    AND link.subject_kind = 'contact'
    AND link.subject_key = ANY(%(subject_keys)s)
    AND NOT EXISTS (
        SELECT FROM attempt
        WHERE attempt.store = link.store
            AND attempt.subject_kind = 'contact'
            AND attempt.subject_key = link.subject_key
            AND attempt.verb = 'create'
            AND attempt.outcome IS NULL
    )

-- name: unknown_contacts
-- Shoppers of whom nobody knows whether they were created, as they were planned: few, and of this hour.
SELECT DISTINCT ON (attempt.subject_key)
    planned.*
FROM attempt
JOIN chunk USING (chunk_id)
JOIN planned_contact AS planned ON planned.batch_id = chunk.batch_id AND planned.contact_key = attempt.subject_key
WHERE attempt.store = %(store)s
    AND attempt.subject_kind = 'contact'
    AND attempt.verb = 'create'
    AND attempt.outcome IS NULL
ORDER BY attempt.subject_key, attempt.attempt_id DESC

-- name: age_of_chunk
-- By the database's clock, at this very moment: a request that is about to leave again may not outlive its key.
SELECT extract(EPOCH FROM clock_timestamp() - sent_at)::DOUBLE PRECISION AS age_s
FROM chunk
WHERE chunk_id = %(chunk_id)s

-- name: done_without_link
-- Created, and nobody lived to link it: what a link of it says.
SELECT DISTINCT ON (attempt.subject_key, attempt.kind, attempt.part, attempt.generation)
    attempt.store,
    attempt.subject_kind,
    attempt.subject_key,
    attempt.kind,
    attempt.part,
    attempt.generation,
    attempt.xero_id,
    batch.settings_version,
    plan.decision,
    plan.number,
    plan.status AS planned_status,
    plan.amount,
    plan.currency,
    plan.dated,
    plan.source_hash,
    plan.body_hash,
    plan.revision
FROM attempt
JOIN chunk USING (chunk_id)
JOIN batch USING (batch_id)
LEFT JOIN planned_document AS plan
    ON
        plan.batch_id = chunk.batch_id
        AND plan.subject_kind = attempt.subject_kind
        AND plan.subject_key = attempt.subject_key
        AND plan.kind = attempt.kind
        AND plan.part = attempt.part
        AND plan.generation = attempt.generation
WHERE attempt.store = %(store)s
    AND attempt.subject_kind = %(subject_kind)s
    AND attempt.subject_key = ANY(%(subject_keys)s)
    AND attempt.outcome = 'done'
    AND attempt.verb = 'create'
    AND NOT EXISTS (
        SELECT 1
        FROM document_link AS link
        WHERE link.store = attempt.store
            AND link.subject_kind = attempt.subject_kind
            AND link.subject_key = attempt.subject_key
            AND link.kind = attempt.kind
            AND link.part = attempt.part
            AND link.generation = attempt.generation
    )
ORDER BY attempt.subject_key, attempt.kind, attempt.part, attempt.generation, attempt.attempt_id DESC

-- name: links_by_id
SELECT
    xero_id::TEXT AS xero_id,
    kind,
    amount
FROM document_link
WHERE xero_id = ANY(%(xero_ids)s::UUID[])

-- name: left_unknown
-- Whose fate nobody will ask for: too old to be under way, and of a batch that is closed.
SELECT DISTINCT
    attempt.subject_kind,
    attempt.subject_key
FROM attempt
JOIN chunk USING (chunk_id)
JOIN batch USING (batch_id)
WHERE attempt.store = %(store)s
    AND attempt.outcome IS NULL
    AND attempt.subject_kind NOT IN ('sku', 'item')  -- their own flows settle those
    AND batch.state = 'sealed'
    AND chunk.sent_at < now() - %(after_s)s * INTERVAL '1 second'
ORDER BY attempt.subject_kind, attempt.subject_key

-- name: postings_of_batch
-- What the seal is made of, and no more: words and figures of thousands of rows would cost more than all else.
SELECT
    subject_kind,
    subject_key,
    kind,
    part,
    generation,
    outcome,
    reason,
    xero_id,
    amount,
    currency
FROM posting
WHERE batch_id = %(batch_id)s

-- name: held_invoices
SELECT subject_key
FROM posting
WHERE batch_id = %(batch_id)s AND subject_kind = %(subject_kind)s AND kind = 'invoice'
    AND outcome IN ('held', 'failed') AND subject_key = ANY(%(subject_keys)s)

-- name: post
INSERT INTO posting (
    batch_id, store, subject_kind, subject_key, kind, part, generation, outcome, reason, sentence, remedy, figures,
    xero_id, number, amount, currency, happened_at
)
VALUES (
    %(batch_id)s, %(store)s, %(subject_kind)s, %(subject_key)s, %(kind)s, %(part)s, %(generation)s, %(outcome)s,
    %(reason)s, %(sentence)s, %(remedy)s, %(figures)s, %(xero_id)s, %(number)s, %(amount)s, %(currency)s,
    %(happened_at)s
)
ON CONFLICT (batch_id, subject_kind, subject_key, kind, part, generation) DO NOTHING

-- name: next_chunk
SELECT nextval('chunk_number')

-- name: relink_contact
-- In one order, since two runs may find the same merge at once.
WITH merged AS (
    SELECT subject_key
    FROM document_link
    WHERE store = %(store)s AND subject_kind = 'contact' AND xero_id = %(was)s
    ORDER BY subject_key
    FOR UPDATE
)

UPDATE document_link AS link
SET xero_id = %(now_is)s, changed_at = now()
FROM merged
WHERE link.store = %(store)s AND link.subject_kind = 'contact' AND link.subject_key = merged.subject_key

-- name: billed_as
SELECT DISTINCT ON (posting.subject_key)
    posting.subject_key,
    planned_document.contact_key
FROM posting
JOIN planned_document USING (batch_id, subject_kind, subject_key, kind, part, generation)
WHERE posting.store = %(store)s
    AND posting.subject_kind = 'order'
    AND posting.subject_key = ANY(%(subject_keys)s)
    AND posting.kind = 'invoice'
    AND posting.outcome = 'posted'
    AND planned_document.contact_key IS NOT NULL
ORDER BY posting.subject_key, posting.generation DESC, posting.posting_id

-- name: note_numbers
SELECT DISTINCT number
FROM document_link
WHERE xero_id = ANY(%(xero_ids)s::UUID[]) AND kind = 'credit_note' AND number IS NOT NULL

-- name: newest_recorded
-- The newest state of each order of which there is a word; what failed is tried again, and says nothing. The members of
-- a day's summary bear their own revision.
SELECT
    posting.subject_key,
    max(plan.revision) AS revision
FROM posting
JOIN planned_document AS plan USING (batch_id, subject_kind, subject_key, kind, part, generation)
WHERE posting.store = %(store)s
    AND posting.subject_kind = 'order'
    AND posting.subject_key = ANY(%(subject_keys)s)
    AND posting.outcome <> 'failed'
    AND NOT EXISTS (
        SELECT 1
        FROM document_member AS member
        WHERE member.store = posting.store AND member.order_key = posting.subject_key::BIGINT
    )
GROUP BY posting.subject_key
