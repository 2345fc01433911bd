-- name: mark
UPDATE planned_document
SET member = marked.member::JSONB
FROM (VALUES %s) AS marked (batch_id, subject_key, kind, part, member)
WHERE planned_document.batch_id = marked.batch_id
    AND planned_document.subject_kind = 'order'
    AND planned_document.subject_key = marked.subject_key
    AND planned_document.kind = marked.kind
    AND planned_document.part = marked.part

-- name: orders_of_batch
SELECT
    document_member.order_key,
    bool_or(document_member.summary_key IS NOT NULL) AS fixed
FROM batch_part
JOIN document_member
    ON
        document_member.store = %(store)s
        AND document_member.order_key = batch_part.order_key
        AND document_member.kind = 'invoice'
WHERE batch_part.batch_id = %(batch_id)s
GROUP BY document_member.order_key

-- name: lock_members
-- The rows are locked before they are read: a summary that assigns them at the same moment is seen whole, or waits.
SELECT count(*) AS locked
FROM (
    SELECT order_key
    FROM document_member
    WHERE store = %(store)s AND order_key = ANY(%(order_keys)s)
    ORDER BY order_key, kind, part, change
    FOR UPDATE
) AS locked

-- name: members
SELECT
    document_member.*,
    member_in_books.number,
    member_in_books.xero_id
FROM document_member
LEFT JOIN member_in_books USING (store, order_key, kind, part, change)
WHERE document_member.store = %(store)s AND document_member.order_key = ANY(%(order_keys)s)
ORDER BY document_member.order_key, document_member.kind, document_member.part, document_member.change

-- name: withdraw
DELETE FROM document_member
WHERE store = %(store)s AND order_key = %(order_key)s AND summary_key IS NULL
    AND NOT (kind || ' ' || part || ' ' || change = ANY(%(kept)s))

-- name: keep
-- What was recorded before stays so where the shop says the same: only settings changed, and its day is not put off.
INSERT INTO document_member (
    store, order_key, kind, part, change, dated, channel_id, currency, line_amount_types, amount, tax, shares, tender,
    account, moved_on, not_before, note, source_hash, revision, happened_at, settings_version, batch_id
)
VALUES %s
ON CONFLICT (store, order_key, kind, part, change) DO UPDATE
SET
    dated = excluded.dated,
    channel_id = excluded.channel_id,
    currency = excluded.currency,
    line_amount_types = excluded.line_amount_types,
    amount = excluded.amount,
    tax = excluded.tax,
    shares = excluded.shares,
    tender = excluded.tender,
    account = excluded.account,
    moved_on = excluded.moved_on,
    not_before = excluded.not_before,
    note = excluded.note,
    recorded_at = CASE
        WHEN document_member.source_hash = excluded.source_hash THEN document_member.recorded_at
        ELSE excluded.recorded_at
    END,
    source_hash = excluded.source_hash,
    revision = excluded.revision,
    settings_version = excluded.settings_version,
    batch_id = excluded.batch_id
WHERE document_member.summary_key IS NULL

-- name: only_one
SELECT pg_advisory_xact_lock(hashtextextended('summary ' || %(store)s, 7217))

-- name: free_what_never_went
-- Of a batch that ended without it: it is not in the books, and no write of it is open.
UPDATE document_member
SET summary_key = NULL, summary_part = NULL, held_at = now()
WHERE store = %(store)s
    AND summary_key IS NOT NULL
    AND NOT EXISTS (
        SELECT 1
        FROM document_link AS link
        WHERE link.store = document_member.store
            AND link.subject_kind = 'summary'
            AND link.subject_key = document_member.summary_key::TEXT
            AND link.kind = document_member.kind
            AND link.part = document_member.summary_part
    )
    AND NOT EXISTS (
        SELECT 1
        FROM attempt
        WHERE attempt.store = document_member.store
            AND attempt.subject_kind = 'summary'
            AND attempt.subject_key = document_member.summary_key::TEXT
            AND attempt.kind = document_member.kind
            AND attempt.part = document_member.summary_part
            AND (attempt.outcome IS NULL OR attempt.outcome = 'done')
    )
    AND NOT EXISTS (
        SELECT 1
        FROM planned_member
        JOIN batch USING (batch_id)
        WHERE planned_member.store = document_member.store
            AND planned_member.order_key = document_member.order_key
            AND planned_member.kind = document_member.kind
            AND planned_member.part = document_member.part
            AND planned_member.change = document_member.change
            AND (batch.sealed_at IS NULL OR batch.sealed_at > now() - %(after_s)s * INTERVAL '1 second')
    )

-- name: plan_anew
-- What was kept out under other settings is planned by today's before it goes again.
INSERT INTO due (store, subject_kind, subject_key, cause)
SELECT DISTINCT
    store,
    'order',
    order_key::TEXT,
    'summary'
FROM document_member
WHERE store = %(store)s
    AND summary_key IS NULL
    AND held_at <= %(closed_at)s
    AND settings_version <> %(settings_version)s
ON CONFLICT (store, subject_kind, subject_key, cause) WHERE claimed_by IS NULL DO NOTHING

-- name: waiting
SELECT *
FROM document_member
WHERE store = %(store)s
    AND summary_key IS NULL
    AND recorded_at <= %(closed_at)s
    AND (held_at IS NULL OR (held_at <= %(closed_at)s AND settings_version = %(settings_version)s))
    AND dated < %(today)s
    AND (not_before IS NULL OR not_before <= %(today)s)
ORDER BY order_key, kind, part, change
FOR UPDATE

-- name: count_waiting
SELECT count(*) AS waiting
FROM document_member
WHERE store = %(store)s
    AND summary_key IS NULL
    AND recorded_at <= %(closed_at)s
    AND (held_at IS NULL OR (held_at <= %(closed_at)s AND settings_version = %(settings_version)s))
    AND dated < %(today)s
    AND (not_before IS NULL OR not_before <= %(today)s)

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
    CASE
        WHEN day.outcome IN ('posted', 'unchanged') THEN day.outcome
        WHEN day.outcome = 'held' THEN 'held'
        ELSE 'skipped'
    END,
    CASE
        WHEN day.outcome IN ('posted', 'unchanged') THEN NULL
        WHEN day.outcome = 'held' THEN 'invoice_held'
        ELSE 'waits_for_summary'
    END,
    CASE
        WHEN day.outcome IN ('posted', 'unchanged') THEN 'Posted within ' || summary.number || '.'
        ELSE summary.number || ' is not in the books yet: ' || coalesce(day.sentence, reason.meaning)
    END,
    '{}',
    day.xero_id,
    CASE WHEN day.outcome IN ('posted', 'unchanged') THEN summary.number END,
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

-- name: let_go
-- The store sums up no more and has no `summary_from`: what waited for a day's end is looked at again, and posted by itself.
INSERT INTO due (store, subject_kind, subject_key, cause)
SELECT DISTINCT
    store,
    'order',
    order_key::TEXT,
    'summary'
FROM document_member
WHERE store = %(store)s AND summary_key IS NULL AND kind = 'invoice' AND change = 1
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
