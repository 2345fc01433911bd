-- name: links
SELECT *
FROM document_link
WHERE store = %(store)s AND subject_kind = %(subject_kind)s AND subject_key = ANY(%(subject_keys)s)

-- name: link
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
    revision = greatest(document_link.revision, excluded.revision),
    settings_version = excluded.settings_version,
    changed_at = now()

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

-- name: settle_attempt
UPDATE attempt
SET outcome = %(outcome)s, xero_id = %(xero_id)s, problem = %(problem)s, settled_at = now()
WHERE chunk_id = %(chunk_id)s AND position = %(position)s AND outcome IS NULL

-- name: unknown_attempts
SELECT
    attempt.*,
    chunk.method,
    chunk.target,
    chunk.idempotency_key,
    chunk.body,
    extract(EPOCH FROM now() - chunk.sent_at)::DOUBLE PRECISION AS age_s
FROM attempt
JOIN chunk USING (chunk_id)
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

-- name: postings_of_batch
SELECT *
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

-- name: last_done
SELECT DISTINCT ON (subject_key, kind, part)
    subject_key,
    kind,
    part,
    generation,
    verb,
    xero_id
FROM attempt
WHERE store = %(store)s AND subject_kind = %(subject_kind)s AND subject_key = ANY(%(subject_keys)s) AND outcome = 'done'
ORDER BY subject_key, kind, part, generation DESC, attempt_id DESC

-- name: relink_contact
UPDATE document_link
SET xero_id = %(now_is)s, changed_at = now()
WHERE store = %(store)s AND subject_kind = 'contact' AND xero_id = %(was)s

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
