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

-- name: standing_of_order
SELECT
    order_key::TEXT AS subject_key,
    dated,
    'AUTHORISED' AS status,
    1 AS generation
FROM document_member
WHERE store = %(store)s AND order_key = %(order_key)s AND kind = 'invoice' AND change = 1 AND summary_key IS NOT NULL

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

-- name: only_one
SELECT pg_advisory_xact_lock(hashtextextended('summary ' || %(store)s, 7217))

-- name: free_what_never_went
-- Of a batch that ended without it: it is not in the books, and no write of it is open.
UPDATE document_member
SET summary_key = NULL, summary_part = NULL, held_at = now()
WHERE store = %(store)s
    AND summary_key IN (  -- of the last weeks: what is older was settled long ago
        SELECT planned_member.summary_key
        FROM planned_member
        JOIN batch USING (batch_id)
        WHERE batch.store = %(store)s AND batch.opened_at > now() - INTERVAL '40 days'
    )
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

-- name: overdue
-- Each night takes what was recorded before it; what waits for two of them was passed over.
SELECT
    count(DISTINCT order_key) AS orders,
    min(dated) AS since
FROM document_member
WHERE store = %(store)s
    AND summary_key IS NULL
    AND greatest(recorded_at, held_at, dated::TIMESTAMPTZ, not_before::TIMESTAMPTZ) < now() - INTERVAL '2 days 12 hours'
