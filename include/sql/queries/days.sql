-- name: assigned
-- Where the sales and refunds stand that these orders' money belongs to.
SELECT
    member.order_key,
    member.kind,
    member.part,
    member.change,
    member.summary_key
FROM document_member AS member
WHERE member.store = %(store)s
    AND member.order_key = ANY(%(order_keys)s)
    AND member.kind IN ('invoice', 'credit_note')
    AND member.summary_key IS NOT NULL

-- name: summaries
SELECT
    summary.*,
    EXISTS (
        SELECT 1
        FROM document_link AS link
        WHERE link.store = summary.store
            AND link.subject_kind = 'summary'
            AND link.subject_key = summary.summary_key::TEXT
            AND link.kind = summary.kind
    )
    OR EXISTS (
        SELECT 1
        FROM document_member AS member
        WHERE member.store = summary.store AND member.summary_key = summary.summary_key
    ) AS taken
FROM summary
WHERE store = %(store)s AND (dated = ANY(%(days)s) OR summary_key = ANY(%(summary_keys)s))

-- name: parts_taken
SELECT DISTINCT
    summary_key,
    kind,
    summary_part
FROM document_member
WHERE store = %(store)s AND summary_key = ANY(%(summary_keys)s)

-- name: store_summary
INSERT INTO summary (
    store, summary_key, kind, dated, channel_id, currency, line_amount_types, supplement, number, batch_id
)
VALUES %s
ON CONFLICT (store, summary_key) DO UPDATE SET batch_id = excluded.batch_id

-- name: assign
UPDATE document_member
SET summary_key = assigned.summary_key, summary_part = assigned.summary_part
FROM (VALUES %s) AS assigned (store, order_key, kind, part, change, summary_key, summary_part)
WHERE document_member.store = assigned.store
    AND document_member.order_key = assigned.order_key
    AND document_member.kind = assigned.kind
    AND document_member.part = assigned.part
    AND document_member.change = assigned.change

-- name: plan_members
INSERT INTO planned_member (batch_id, store, order_key, kind, part, change, summary_key, summary_part)
VALUES %s

-- name: show_orders
-- The orders as they were when they were planned: whoever asks what became of one finds it in this batch too.
INSERT INTO batch_part (batch_id, order_key, part, raw_part_id)
SELECT DISTINCT ON (member.order_key, batch_part.part)
    %(batch_id)s,
    member.order_key,
    batch_part.part,
    batch_part.raw_part_id
FROM planned_member AS taken
JOIN document_member AS member USING (store, order_key, kind, part, change)
JOIN batch_part ON batch_part.batch_id = member.batch_id AND batch_part.order_key = member.order_key
WHERE taken.batch_id = %(batch_id)s
ORDER BY member.order_key, batch_part.part, member.batch_id DESC
ON CONFLICT DO NOTHING

-- name: open_batches
SELECT batch_id
FROM batch
WHERE store = %(store)s AND flow = %(flow)s AND state <> 'sealed'
    AND (run_id = %(run_id)s OR red_stage IS NOT NULL OR touched_at < now() - %(stale_after)s * INTERVAL '1 second')
ORDER BY batch_id

-- name: undecided
-- The day's credit notes of which a refunded order's own sale is not in the books.
SELECT DISTINCT note.summary_key::TEXT AS subject_key
FROM document_member AS note
LEFT JOIN member_in_books AS sale
    ON sale.store = note.store AND sale.order_key = note.order_key AND sale.kind = 'invoice' AND sale.change = 1
WHERE note.store = %(store)s
    AND note.summary_key::TEXT = ANY(%(subject_keys)s)
    AND note.kind = 'credit_note'
    AND sale.xero_id IS NULL

-- name: tell_members
INSERT INTO posting (
    batch_id, store, subject_kind, subject_key, kind, part, generation, outcome, reason, sentence, figures, xero_id, number,
    amount, currency, happened_at
)
SELECT
    taken.batch_id,
    taken.store,
    'order',
    taken.order_key::TEXT,
    taken.kind,
    taken.part,
    taken.change,
    told.outcome,
    CASE told.outcome WHEN 'held' THEN 'invoice_held' WHEN 'skipped' THEN 'waits_for_summary' END,
    CASE
        WHEN told.outcome IN ('posted', 'unchanged') THEN 'Posted within ' || summary.number || '.'
        ELSE summary.number || ' is not in the books yet: ' || coalesce(day.sentence, reason.meaning)
    END,
    '{}',
    CASE WHEN told.outcome IN ('posted', 'unchanged') THEN coalesce(day.xero_id, link.xero_id) END,
    CASE WHEN told.outcome IN ('posted', 'unchanged') THEN summary.number END,
    member.amount,
    member.currency,
    member.happened_at
FROM planned_member AS taken
JOIN document_member AS member USING (store, order_key, kind, part, change)
JOIN summary ON summary.store = taken.store AND summary.summary_key = taken.summary_key
JOIN posting AS day
    ON day.batch_id = taken.batch_id
    AND day.subject_kind = 'summary'
    AND day.subject_key = taken.summary_key::TEXT
    AND day.kind = taken.kind
    AND day.part = taken.summary_part
LEFT JOIN reason ON reason.reason = day.reason
LEFT JOIN document_link AS link
    ON link.store = taken.store
    AND link.subject_kind = 'summary'
    AND link.subject_key = taken.summary_key::TEXT
    AND link.kind = taken.kind
    AND link.part = taken.summary_part
CROSS JOIN LATERAL (
    SELECT
        CASE
            WHEN day.outcome IN ('posted', 'unchanged', 'held') THEN day.outcome
            WHEN link.xero_id IS NOT NULL THEN 'posted'  -- another run was faster
            ELSE 'skipped'
        END AS outcome
) AS told
WHERE taken.batch_id = %(batch_id)s
ON CONFLICT (batch_id, subject_kind, subject_key, kind, part, generation) DO NOTHING

-- name: free_what_was_refused
-- What Xero or a person kept out waits again, and is planned anew for the next closing.
UPDATE document_member
SET summary_key = NULL, summary_part = NULL, held_at = now()
FROM planned_member AS taken
JOIN posting AS day
    ON day.batch_id = taken.batch_id
    AND day.subject_kind = 'summary'
    AND day.subject_key = taken.summary_key::TEXT
    AND day.kind = taken.kind
    AND day.part = taken.summary_part
WHERE taken.batch_id = %(batch_id)s
    AND document_member.store = taken.store
    AND document_member.order_key = taken.order_key
    AND document_member.kind = taken.kind
    AND document_member.part = taken.part
    AND document_member.change = taken.change
    AND document_member.summary_key = taken.summary_key
    AND day.outcome NOT IN ('posted', 'unchanged')
    AND day.reason <> 'busy_elsewhere'
    AND NOT EXISTS (
        SELECT 1
        FROM document_link AS link
        WHERE link.store = taken.store
            AND link.subject_kind = 'summary'
            AND link.subject_key = taken.summary_key::TEXT
            AND link.kind = taken.kind
            AND link.part = taken.summary_part
    )
    AND NOT EXISTS (
        SELECT 1
        FROM attempt
        WHERE attempt.store = taken.store
            AND attempt.subject_kind = 'summary'
            AND attempt.subject_key = taken.summary_key::TEXT
            AND attempt.kind = taken.kind
            AND attempt.part = taken.summary_part
            AND (attempt.outcome IS NULL OR attempt.outcome = 'done')
    )

-- name: look_again
-- Orders whose day was kept out are planned anew by today's settings, and so are those that heard of it out of turn.
INSERT INTO due (store, subject_kind, subject_key, cause, due_at)
SELECT DISTINCT
    taken.store,
    'order',
    taken.order_key::TEXT,
    'summary',
    now() + %(after_s)s * INTERVAL '1 second'
FROM planned_member AS taken
JOIN document_member AS member USING (store, order_key, kind, part, change)
WHERE taken.batch_id = %(batch_id)s
    AND (
        member.summary_key IS NULL
        OR EXISTS (
            SELECT 1
            FROM posting AS later
            WHERE later.store = taken.store
                AND later.subject_kind = 'order'
                AND later.subject_key = taken.order_key::TEXT
                AND later.batch_id > taken.batch_id
                AND later.reason = 'waits_for_summary'
        )
    )
ON CONFLICT (store, subject_kind, subject_key, cause) WHERE claimed_by IS NULL DO NOTHING

-- name: planned
SELECT
    subject_kind,
    subject_key,
    kind,
    part,
    generation
FROM planned_document
WHERE batch_id = %(batch_id)s
UNION ALL
SELECT
    'order',
    order_key::TEXT,
    kind,
    part,
    change
FROM planned_member
WHERE batch_id = %(batch_id)s

-- name: posted
SELECT
    subject_kind,
    subject_key,
    kind,
    part,
    generation
FROM posting
WHERE batch_id = %(batch_id)s
