-- name: of_batch
-- For good unless a later one on the same document takes its place.
SELECT DISTINCT ON (decision.subject_key, decision.kind, decision.part, decision.reason)
    decision.*
FROM decision
WHERE decision.store = %(store)s
    AND decision.subject_kind = 'order'
    AND decision.subject_key IN (
        SELECT DISTINCT order_key::TEXT
        FROM batch_part
        WHERE batch_id = %(batch_id)s
    )
ORDER BY decision.subject_key, decision.kind, decision.part, decision.reason, decision.decision_id DESC

-- name: of_order
SELECT *
FROM decision
WHERE store = %(store)s AND subject_kind = 'order' AND subject_key = %(subject_key)s
ORDER BY decision_id

-- name: decide
INSERT INTO decision (
    store, subject_kind, subject_key, kind, part, reason, choice, source_hash, generation, figures, by, why
)
VALUES (
    %(store)s, 'order', %(subject_key)s, %(kind)s, %(part)s, %(reason)s, %(choice)s, %(source_hash)s, %(generation)s,
    %(figures)s, %(by)s, %(why)s
)
RETURNING decision_id

-- name: held_of_order
-- What waits for a person about one order, with the facts that were planned from.
SELECT
    held.kind,
    held.part,
    held.reason,
    held.sentence,
    held.remedy,
    held.figures,
    held.amount,
    held.currency,
    held.batch_id,
    held.happened_at,
    held.recorded_at,
    planned.source_hash,
    planned.generation,
    planned.contact_key
FROM held
JOIN planned_document AS planned
    ON planned.batch_id = held.batch_id
    AND planned.subject_kind = 'order'
    AND planned.subject_key = held.order_key
    AND planned.kind = held.kind
    AND planned.part = held.part
WHERE held.store = %(store)s AND held.order_key = %(subject_key)s
ORDER BY planned.position

-- name: held_orders
SELECT DISTINCT subject_key AS order_key
FROM (
    SELECT
        store,
        subject_kind,
        subject_key,
        max(batch_id) AS batch_id
    FROM posting_waiting
    WHERE store = %(store)s AND outcome = 'held' AND subject_kind = 'order'
    GROUP BY store, subject_kind, subject_key
) AS waiting
WHERE NOT EXISTS (
    SELECT 1
    FROM posting AS later
    WHERE later.store = waiting.store
        AND later.subject_kind = waiting.subject_kind
        AND later.subject_key = waiting.subject_key
        AND later.batch_id > waiting.batch_id
)
ORDER BY order_key

-- name: override
INSERT INTO setting_override (store, rule, value, by, why)
VALUES (%(store)s, %(rule)s, %(value)s, %(by)s, %(why)s)

-- name: overrides
SELECT
    rule,
    value,
    by,
    why,
    at
FROM setting_override
WHERE store = %(store)s AND rule <> 'writes'
ORDER BY setting_override_id

-- name: last_version
-- Of the runs by the clock: a person's resync takes up no change of settings for all other orders.
SELECT settings_version
FROM batch
WHERE store = %(store)s AND settings_version IS NOT NULL AND flow = 'orders_to_books' AND run_id NOT LIKE 'resync/%%'
ORDER BY batch_id DESC
LIMIT 1

-- name: contact_of
SELECT *
FROM planned_contact
WHERE batch_id = %(batch_id)s AND contact_key = %(contact_key)s

-- name: one_at_a_time
SELECT pg_advisory_xact_lock(hashtextextended('decide ' || %(store)s || '/' || %(subject_key)s, 7217))

-- name: stand
SELECT
    (
        SELECT max(decision_id)
        FROM decision
        WHERE store = %(store)s AND subject_kind = 'order' AND subject_key = %(subject_key)s
    ) AS decision,
    (
        SELECT max(posting_id)
        FROM posting
        WHERE store = %(store)s AND subject_kind = 'order' AND subject_key = %(subject_key)s
    ) AS posting

-- name: last_of_order
SELECT *
FROM decision
WHERE store = %(store)s AND subject_kind = 'order' AND subject_key = %(subject_key)s
ORDER BY decision_id DESC
LIMIT 1
