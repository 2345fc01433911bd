-- name: fill_orders
-- Four stores of 70, 20, 8 and 2 in a hundred, each with its own numbers from 100 on. The newest order is an hour old, 95 s lie between
-- two. The first half is the backfill of the first day: read once, in its last state.
CREATE UNLOGGED TABLE bench_order AS
SELECT
    place,
    store,
    100 + row_number() OVER (PARTITION BY store ORDER BY place) AS order_key,
    now() - INTERVAL '1 hour' - (%(orders)s - place) * INTERVAL '95 seconds' AS placed_at,
    place > %(orders)s / 2 AS live,
    round((20 + place * 7919 %% 30000 / 100.0)::NUMERIC, 2) AS total,
    place %% 100 = 7 AND store <> 'days' AS held,
    store <> 'days' AND place %% 5 IN (1, 2, 3) AND place > %(orders)s / 2 AS changed,
    place %% 50 = 13 AND store <> 'days' AS released,
    place %% 33 = 1 AND place %% 5 IN (1, 2, 3) AND store <> 'days' AND place > %(orders)s / 2 AS refunded,
    'customer:' || place %% greatest(%(orders)s / 20, 1) AS contact_key
FROM (
    SELECT
        place,
        CASE
            WHEN place * 61 %% 100 < 70 THEN 'large'
            WHEN place * 61 %% 100 < 90 THEN 'middle'
            WHEN place * 61 %% 100 < 98 THEN 'small'
            ELSE 'days'
        END AS store
    FROM generate_series(1, %(orders)s::BIGINT) AS place
) AS each

-- name: fill_sights
-- When an order was looked at: a minute after it was placed, and again three days later where it changed. A batch of
-- the backfill has 2,000 orders (fewer where there are few), that of a run every few minutes has 10.
CREATE UNLOGGED TABLE bench_sight AS
WITH sight AS (
    SELECT
        bench_order.*,
        number,
        placed_at + CASE number WHEN 1 THEN INTERVAL '1 minute' ELSE INTERVAL '3 days' END AS seen_at
    FROM bench_order
    CROSS JOIN generate_series(1, 2) AS number
    WHERE number = 1 OR changed AND NOT held AND placed_at < now() - INTERVAL '3 days'
),
grouped AS (
    SELECT
        sight.*,
        (row_number() OVER (PARTITION BY store, live ORDER BY seen_at) - 1) / CASE WHEN live THEN 10 ELSE %(batch)s END AS batch
    FROM sight
),
batch AS (
    SELECT
        store,
        live,
        batch,
        row_number() OVER (ORDER BY max(seen_at), store) AS batch_id
    FROM grouped
    GROUP BY store, live, batch
)
SELECT
    batch.batch_id,
    grouped.*,
    row_number() OVER (ORDER BY batch.batch_id, grouped.order_key) AS sight_id
FROM grouped
JOIN batch USING (store, live, batch)

-- name: index_sights
CREATE INDEX ON bench_sight (batch_id);
CREATE INDEX ON bench_sight (store, order_key);
ANALYZE bench_order, bench_sight

-- name: fill_batches
INSERT INTO batch (
    batch_id, store, flow, run_id, state, settings_version, code_version, calls, opened_at, touched_at, sealed_at
)
OVERRIDING SYSTEM VALUE
SELECT
    batch_id,
    store,
    CASE WHEN bool_and(live) THEN 'orders_to_books' ELSE 'orders_of_the_day' END,
    'scheduled__' || batch_id,
    'sealed',
    md5(store),
    md5('code'),
    3,
    max(seen_at),
    max(seen_at),
    max(seen_at)
FROM bench_sight
GROUP BY batch_id, store
ORDER BY batch_id

-- name: fill_extractions
INSERT INTO extraction (
    extraction_id, store, flow, run_id, window_by, window_start, window_end, last_order_id, opened_at, completed_at
)
OVERRIDING SYSTEM VALUE
SELECT
    batch_id,
    store,
    flow,
    run_id,
    'modified',
    opened_at - INTERVAL '5 minutes',
    opened_at,
    0,
    opened_at,
    opened_at
FROM batch
ORDER BY batch_id;
UPDATE batch SET extraction_id = batch_id;
INSERT INTO watermark (store, flow, moment)
SELECT
    store,
    'orders_to_books',
    max(opened_at)
FROM batch
GROUP BY store

-- name: fill_raw_parts
-- The order each time it changed, its payments once; the bodies have the fields of the shop's, less of them.
CREATE UNLOGGED TABLE bench_part AS
SELECT
    row_number() OVER (ORDER BY sight_id, part) AS raw_part_id,
    sight_id,
    store,
    order_key,
    number,
    part
FROM bench_sight
CROSS JOIN unnest(ARRAY['order', 'transactions']) AS part
WHERE part = 'order' OR number = 1;
INSERT INTO raw_part (
    raw_part_id, store, order_key, part, sha256, body, placed_at, modified_at, status_id, total, currency, fetched_at
)
OVERRIDING SYSTEM VALUE
SELECT
    made.raw_part_id,
    made.store,
    made.order_key,
    made.part,
    sha256(made.body),
    made.body,
    CASE made.part WHEN 'order' THEN made.placed_at END,
    CASE made.part WHEN 'order' THEN made.seen_at END,
    CASE made.part WHEN 'order' THEN made.status_id END,
    CASE made.part WHEN 'order' THEN made.total END,
    CASE made.part WHEN 'order' THEN 'AUD' END,
    made.seen_at
FROM (
    SELECT
        bench_part.raw_part_id,
        bench_part.part,
        sight.store,
        sight.order_key,
        sight.placed_at,
        sight.seen_at,
        sight.total,
        CASE WHEN sight.changed AND sight.number = 1 THEN 11 ELSE 10 END AS status_id,
        convert_to(
            CASE bench_part.part
                WHEN 'order' THEN format(
                    '{"id": %%s, "date_created": "%%s", "date_modified": "%%s", "status_id": %%s, "total_inc_tax": "%%s", '
                    '"currency_code": "AUD", "customer_id": %%s, "billing_address": {"first_name": "%%s", "last_name": "%%s", '
                    '"street_1": "%%s", "city": "%%s", "zip": "2000", "country_iso2": "AU", "email": "%%s@example.com"}, '
                    '"consignments": {"shipping": [{"line_items": [{"id": 1, "sku": "%%s", "name": "%%s", "quantity": 2, '
                    '"base_total": "%%s"}, {"id": 2, "sku": "%%s", "name": "%%s", "quantity": 1, "base_total": "%%s"}]}]}}',
                    sight.order_key, sight.placed_at, sight.seen_at, sight.number, sight.total, sight.place,
                    md5('a' || sight.place), md5('b' || sight.place), md5('c' || sight.place), md5('d' || sight.place),
                    md5('e' || sight.place), md5('f' || sight.place), md5('g' || sight.place), sight.total / 2,
                    md5('h' || sight.place), md5('i' || sight.place), sight.total / 2
                )
                ELSE format(
                    '{"data": [{"id": %%s, "event": "purchase", "method": "credit_card", "amount": %%s, "gateway": "%%s"}]}',
                    sight.place, sight.total, md5('t' || sight.place)
                )
            END,
            'UTF8'
        ) AS body
    FROM bench_part
    JOIN bench_sight AS sight USING (sight_id)
) AS made
ORDER BY made.raw_part_id

-- name: fill_batch_parts
CREATE INDEX ON bench_part (sight_id);
CREATE INDEX ON bench_part (store, order_key) WHERE part = 'transactions';
ANALYZE bench_part;
INSERT INTO batch_part (batch_id, order_key, part, raw_part_id)
SELECT
    sight.batch_id,
    sight.order_key,
    'order',
    bench_part.raw_part_id
FROM bench_sight AS sight
JOIN bench_part ON bench_part.sight_id = sight.sight_id AND bench_part.part = 'order'
UNION ALL
SELECT
    sight.batch_id,
    sight.order_key,
    'transactions',
    bench_part.raw_part_id
FROM bench_sight AS sight
JOIN bench_part
    ON bench_part.store = sight.store AND bench_part.order_key = sight.order_key AND bench_part.part = 'transactions'
ORDER BY 1, 2, 3

-- name: fill_documents
-- What was decided on each document at each sight.
CREATE UNLOGGED TABLE bench_document AS
SELECT
    row_number() OVER (ORDER BY sight.batch_id, sight.sight_id, each.position) AS document_id,
    sight.*,
    each.position,
    each.kind,
    CASE
        WHEN sight.store = 'days' THEN 'skipped'
        WHEN sight.held OR sight.released AND sight.number = 1 AND sight.changed THEN 'held'
        WHEN sight.number = 1 OR each.position > 2 OR sight.released THEN 'posted'
        ELSE 'unchanged'
    END AS outcome,
    CASE
        WHEN sight.store = 'days' THEN 'waits_for_summary'
        WHEN sight.held OR sight.released AND sight.number = 1 AND sight.changed
            THEN CASE each.position WHEN 1 THEN 'tax_unexplained' ELSE 'invoice_held' END
    END AS reason,
    md5(sight.store || sight.order_key || each.kind)::UUID AS xero_id,
    CASE each.kind WHEN 'credit_note' THEN 'CN-' ELSE 'BC-' END || sight.order_key AS document_number,
    CASE WHEN each.position > 2 THEN round(sight.total / 2, 2) ELSE sight.total END AS amount
FROM bench_sight AS sight
CROSS JOIN (
    VALUES (1, 'invoice'), (2, 'payment'), (3, 'credit_note'), (4, 'refund_payment')
) AS each (position, kind)
WHERE each.position <= 2 OR sight.refunded AND sight.number = 2;
ANALYZE bench_document

-- name: fill_plans
INSERT INTO planned_document (
    batch_id, store, subject_kind, subject_key, kind, part, position, decision, reason, sentence, figures, number, parent,
    contact_key, status, dated, body, amount, tax, currency, source_hash, body_hash, revision, happened_at
)
SELECT
    batch_id,
    store,
    'order',
    order_key::TEXT,
    kind,
    '1',
    position,
    CASE outcome WHEN 'held' THEN 'hold' ELSE 'post' END,
    CASE outcome WHEN 'held' THEN reason END,
    CASE outcome WHEN 'held' THEN 'The tax of ' || amount || ' is not that of any rule of the store.' END,
    CASE outcome WHEN 'held' THEN '{"tax": "12.40", "expected": "11.27"}'::JSONB ELSE '{}' END,
    CASE WHEN position IN (1, 3) THEN document_number END,
    CASE WHEN position <> 1 THEN '1' END,
    CASE WHEN position IN (1, 3) THEN contact_key END,
    CASE WHEN position IN (1, 3) THEN 'AUTHORISED' END,
    placed_at::DATE,
    CASE
        WHEN outcome <> 'held' THEN convert_to(
            format(
                '{"Type": "ACCREC", "InvoiceNumber": "%%s", "Date": "%%s", "LineItems": [{"Description": "%%s", "Quantity": 2, '
                '"LineAmount": %%s, "AccountCode": "200", "TaxType": "OUTPUT"}, {"Description": "%%s", "LineAmount": %%s}]}',
                document_number, placed_at, md5('f' || place), amount / 2, md5('g' || place), amount / 2
            ),
            'UTF8'
        )
    END,
    amount,
    round(amount / 11, 2),
    'AUD',
    md5('s' || place || number),
    CASE WHEN outcome <> 'held' THEN md5('b' || place || kind) END,
    seen_at,
    placed_at
FROM bench_document
ORDER BY document_id;
INSERT INTO planned_contact (batch_id, contact_key, number, name, suffixed_name, email, body)
SELECT DISTINCT ON (batch_id, contact_key)
    batch_id,
    contact_key,
    'bc:' || contact_key,
    md5('n' || contact_key),
    md5('n' || contact_key) || ' (2)',
    md5('e' || contact_key) || '@example.com',
    convert_to(format('{"Name": "%%s", "EmailAddress": "%%s@example.com"}', md5('n' || place), md5('e' || place)), 'UTF8')
FROM bench_sight
ORDER BY batch_id, contact_key

-- name: fill_postings
INSERT INTO posting (
    batch_id, store, subject_kind, subject_key, kind, part, outcome, reason, sentence, figures, xero_id, number, amount,
    currency, happened_at, recorded_at
)
SELECT
    batch_id,
    store,
    'order',
    order_key::TEXT,
    kind,
    '1',
    outcome,
    reason,
    CASE
        WHEN outcome = 'skipped' THEN 'It is posted within the summary of its day.'
        WHEN reason = 'tax_unexplained' THEN 'The tax of ' || amount || ' is not that of any rule of the store.'
    END,
    CASE outcome WHEN 'held' THEN '{"tax": "12.40", "expected": "11.27"}'::JSONB ELSE '{}' END,
    CASE WHEN outcome IN ('posted', 'unchanged') THEN xero_id END,
    CASE WHEN outcome IN ('posted', 'unchanged') THEN document_number END,
    amount,
    'AUD',
    placed_at,
    seen_at
FROM bench_document
ORDER BY document_id

-- name: fill_attempts
-- What was sent: 50 documents of a kind a call. Of two of a thousand the answer was lost at first and read back.
CREATE UNLOGGED TABLE bench_sent AS
WITH sent AS (
    SELECT
        bench_document.*,
        (row_number() OVER (PARTITION BY batch_id, kind ORDER BY document_id) - 1) AS row_of_kind
    FROM bench_document
    WHERE outcome = 'posted'
)
SELECT
    dense_rank() OVER (ORDER BY batch_id, position, row_of_kind / 50) AS chunk_id,
    sent.*
FROM sent;
INSERT INTO chunk (chunk_id, batch_id, store, method, target, idempotency_key, body, sent_at, answered_at)
OVERRIDING SYSTEM VALUE
SELECT
    chunk_id,
    batch_id,
    store,
    'PUT',
    kind,
    md5('key' || chunk_id),
    convert_to(string_agg(md5('f' || place) || md5('g' || place) || document_number, ' '), 'UTF8'),
    max(seen_at),
    max(seen_at)
FROM bench_sent
GROUP BY chunk_id, batch_id, store, kind
ORDER BY chunk_id;
INSERT INTO attempt (
    chunk_id, position, store, subject_kind, subject_key, kind, part, verb, body_hash, outcome, xero_id, recorded_at,
    settled_at
)
SELECT
    chunk_id,
    row_of_kind %% 50,
    store,
    'order',
    order_key::TEXT,
    kind,
    '1',
    'create',
    md5('b' || place || kind),
    CASE WHEN place %% 500 = 3 AND row_of_kind = 0 AND refunded THEN 'absent' ELSE 'done' END,
    CASE WHEN NOT (place %% 500 = 3 AND row_of_kind = 0 AND refunded) THEN xero_id END,
    seen_at,
    seen_at
FROM bench_sent
ORDER BY document_id

-- name: fill_links
INSERT INTO document_link (
    store, subject_kind, subject_key, kind, part, xero_id, number, status, amount, currency, dated, source_hash, body_hash,
    revision, settings_version, linked_at, changed_at
)
SELECT
    store,
    'order',
    order_key::TEXT,
    kind,
    '1',
    xero_id,
    CASE WHEN position IN (1, 3) THEN document_number END,
    CASE WHEN place %% 1000 = 1 AND position = 1 THEN 'DRAFT' ELSE 'AUTHORISED' END,
    CASE WHEN place %% 400 = 12 AND position = 2 THEN amount - 1 ELSE amount END,  -- something stays due
    'AUD',
    placed_at::DATE,
    md5('s' || place || number),
    md5('b' || place || kind),
    seen_at,
    md5(store),
    seen_at,
    seen_at
FROM bench_sent
ORDER BY document_id;
INSERT INTO document_link (
    store, subject_kind, subject_key, kind, part, xero_id, number, status, source_hash, body_hash, revision
)
SELECT DISTINCT
    store,
    'contact',
    contact_key,
    'contact',
    '1',
    md5(store || contact_key)::UUID,
    'bc:' || contact_key,
    'ACTIVE',
    '',
    '',
    now()
FROM bench_order

-- name: fill_refunds
INSERT INTO refund_seen (store, mode, refund_id, order_key, created_at, digest, seen_at)
SELECT
    store,
    'live',
    place,
    order_key,
    placed_at + INTERVAL '2 days',
    md5('r' || place),
    placed_at + INTERVAL '3 days'
FROM bench_order
WHERE refunded AND placed_at < now() - INTERVAL '3 days'

-- name: fill_checks
INSERT INTO check_result (batch_id, checked, rule, order_key, passed, reason, sentence, figures, recorded_at)
SELECT
    batch.batch_id,
    CASE WHEN rule <= 10 THEN 'incoming' ELSE 'outgoing' END,
    'rule_' || rule,
    NULL,
    TRUE,
    NULL,
    NULL,
    '{}'::JSONB,
    batch.opened_at
FROM batch
CROSS JOIN generate_series(1, 20) AS rule
UNION ALL
SELECT
    batch_id,
    'incoming',
    'tax',
    order_key,
    FALSE,
    'tax_unexplained',
    'The tax of ' || amount || ' is not that of any rule of the store.',
    '{"tax": "12.40", "expected": "11.27"}'::JSONB,
    seen_at
FROM bench_document
WHERE reason = 'tax_unexplained'
ORDER BY 1

-- name: fill_due
-- What was due and done, every fifth order once; of what waits, a part is due now.
INSERT INTO due (store, subject_kind, subject_key, cause, due_at, claimed_by, recorded_at)
SELECT
    store,
    'order',
    order_key::TEXT,
    'stale',
    seen_at,
    batch_id,
    seen_at
FROM bench_sight
WHERE place %% 5 = 0 AND number = 1
UNION ALL
SELECT
    store,
    'order',
    order_key::TEXT,
    'clearing',
    now() + (place %% 20 - 5) * INTERVAL '1 day',
    NULL,
    now()
FROM bench_order
WHERE place %% 997 = 0

-- name: fill_audit
INSERT INTO audit_entry (store, sequence, batch_id, event, content, previous_digest, digest, recorded_at)
SELECT
    store,
    row_number() OVER (PARTITION BY store ORDER BY batch_id),
    batch_id,
    'batch_sealed',
    jsonb_build_object('batch_id', batch_id, 'run_id', run_id, 'flow', flow, 'postings', repeat(md5(batch_id::TEXT), 2)),
    repeat(md5((batch_id - 1)::TEXT), 2),
    repeat(md5(batch_id::TEXT), 2),
    opened_at
FROM batch
ORDER BY batch_id

-- name: fill_notices
INSERT INTO notice (store, kind, subject_key, batch_id, told_at)
SELECT
    store,
    'finance',
    order_key || '/invoice/1/tax_unexplained',
    max(batch_id),
    max(seen_at)
FROM bench_document
WHERE reason = 'tax_unexplained' AND seen_at < now() - INTERVAL '1 hour 10 minutes'
GROUP BY store, order_key
UNION ALL
SELECT
    store,
    'finance',
    order_key || '/invoice/1/still_due',
    NULL,
    now()
FROM bench_order
WHERE place %% 400 = 12 AND placed_at < now() - INTERVAL '12 days'

-- name: fill_days
-- The store that sums up: a document a day, each of its orders told of within it.
CREATE UNLOGGED TABLE bench_day AS
SELECT
    dated,
    to_char(dated, 'YYYYMMDD0001')::BIGINT AS summary_key,
    (SELECT max(batch_id) FROM batch) + row_number() OVER (ORDER BY dated) AS batch_id,
    total
FROM (
    SELECT
        placed_at::DATE AS dated,
        sum(total) AS total
    FROM bench_order
    WHERE store = 'days' AND placed_at < now() - INTERVAL '36 hours'
    GROUP BY 1
) AS day;
INSERT INTO batch (batch_id, store, flow, run_id, state, settings_version, opened_at, touched_at, sealed_at)
OVERRIDING SYSTEM VALUE
SELECT
    batch_id,
    'days',
    'summary_of_the_day',
    'scheduled__' || batch_id,
    'sealed',
    md5('days'),
    dated + 1,
    dated + 1,
    dated + 1
FROM bench_day;
INSERT INTO summary (
    store, summary_key, kind, dated, channel_id, currency, line_amount_types, supplement, number, batch_id
)
SELECT
    'days',
    summary_key,
    'invoice',
    dated,
    1,
    'AUD',
    'Inclusive',
    1,
    'BC-DAY-' || summary_key,
    batch_id
FROM bench_day;
INSERT INTO document_member (
    store, order_key, kind, part, dated, channel_id, currency, line_amount_types, amount, tax, shares, tender, account, note,
    source_hash, revision, happened_at, settings_version, batch_id, recorded_at, summary_key, summary_part
)
SELECT
    sight.store,
    sight.order_key,
    kind,
    '1',
    sight.placed_at::DATE,
    1,
    'AUD',
    'Inclusive',
    sight.total,
    round(sight.total / 11, 2),
    CASE kind WHEN 'invoice' THEN '[]'::JSONB END,
    'card_clearing',
    '615',
    '',
    md5('s' || sight.place || kind),
    sight.seen_at,
    sight.placed_at,
    md5('days'),
    sight.batch_id,
    sight.seen_at,
    day.summary_key,
    CASE WHEN day.summary_key IS NOT NULL THEN '1' END
FROM bench_sight AS sight
CROSS JOIN unnest(ARRAY['invoice', 'payment']) AS kind
LEFT JOIN bench_day AS day ON day.dated = sight.placed_at::DATE
WHERE sight.store = 'days';
INSERT INTO planned_member (batch_id, store, order_key, kind, part, change, summary_key, summary_part)
SELECT
    day.batch_id,
    member.store,
    member.order_key,
    member.kind,
    member.part,
    member.change,
    member.summary_key,
    member.summary_part
FROM document_member AS member
JOIN bench_day AS day USING (summary_key);
INSERT INTO batch_part (batch_id, order_key, part, raw_part_id)
SELECT
    day.batch_id,
    batch_part.order_key,
    batch_part.part,
    batch_part.raw_part_id
FROM document_member AS member
JOIN bench_day AS day USING (summary_key)
JOIN batch_part ON batch_part.batch_id = member.batch_id AND batch_part.order_key = member.order_key
WHERE member.kind = 'invoice';
INSERT INTO planned_document (
    batch_id, store, subject_kind, subject_key, kind, part, position, decision, figures, number, status, dated, body, amount,
    tax, currency, source_hash, body_hash, revision, happened_at
)
SELECT
    batch_id,
    'days',
    'summary',
    summary_key::TEXT,
    kind,
    '1',
    1,
    'post',
    '{}',
    'BC-DAY-' || summary_key,
    'AUTHORISED',
    dated,
    'body',
    total,
    0,
    'AUD',
    '',
    md5(summary_key::TEXT),
    dated,
    dated
FROM bench_day
CROSS JOIN unnest(ARRAY['invoice', 'payment']) AS kind;
INSERT INTO document_link (
    store, subject_kind, subject_key, kind, part, xero_id, number, status, amount, currency, dated, source_hash, body_hash,
    revision, settings_version, linked_at
)
SELECT
    'days',
    'summary',
    summary_key::TEXT,
    kind,
    '1',
    md5(kind || summary_key)::UUID,
    CASE kind WHEN 'invoice' THEN 'BC-DAY-' || summary_key END,
    'AUTHORISED',
    total,
    'AUD',
    dated,
    '',
    '',
    dated,
    md5('days'),
    dated + 1
FROM bench_day
CROSS JOIN unnest(ARRAY['invoice', 'payment']) AS kind;
INSERT INTO posting (
    batch_id, store, subject_kind, subject_key, kind, part, outcome, xero_id, number, amount, currency, happened_at
)
SELECT
    batch_id,
    'days',
    'summary',
    summary_key::TEXT,
    kind,
    '1',
    'posted',
    md5(kind || summary_key)::UUID,
    'BC-DAY-' || summary_key,
    total,
    'AUD',
    dated
FROM bench_day
CROSS JOIN unnest(ARRAY['invoice', 'payment']) AS kind
UNION ALL
SELECT
    day.batch_id,
    'days',
    'order',
    member.order_key::TEXT,
    member.kind,
    '1',
    'posted',
    md5(member.kind || member.summary_key)::UUID,
    'BC-DAY-' || member.summary_key,
    member.amount,
    'AUD',
    member.happened_at
FROM document_member AS member
JOIN bench_day AS day USING (summary_key)

-- name: fill_waits
-- What the triggers would have kept: they do not fire while the keys are trusted.
INSERT INTO posting_waiting
SELECT
    posting_id,
    store,
    subject_kind,
    subject_key,
    kind,
    part,
    batch_id,
    outcome,
    reason,
    amount,
    currency,
    happened_at
FROM document_outcome
WHERE outcome IN ('held', 'failed') OR reason = 'shadow';
INSERT INTO unsettled_invoice (store, subject_key, generation, told)
SELECT
    invoice.store,
    invoice.subject_key,
    invoice.generation,
    notice.subject_key IS NOT NULL
FROM document_link AS invoice
JOIN document_link AS payment USING (store, subject_kind, subject_key, part, generation)
LEFT JOIN notice
    ON notice.store = invoice.store AND notice.subject_key = invoice.subject_key || '/invoice/1/still_due'
WHERE invoice.subject_kind = 'order'
    AND invoice.kind = 'invoice'
    AND invoice.status = 'AUTHORISED'
    AND payment.kind = 'payment'
    AND payment.amount < invoice.amount

-- name: fill_inbox
-- What the shop's webhooks said: two each time an order was looked at, as they came; the newest are not due yet. Stock was set by a run an hour.
INSERT INTO inbox (store, vendor, event_hash, scope, subject_kind, subject_key, happened_at, received_at, woken_at)
SELECT
    store,
    'bigcommerce',
    sha256(convert_to(concat_ws('/', store, order_key, number, scope), 'UTF8')),
    scope,
    'order',
    order_key::TEXT,
    seen_at,
    seen_at,
    CASE WHEN seen_at < now() - INTERVAL '6 hours' THEN seen_at END
FROM bench_sight
CROSS JOIN unnest(ARRAY['store/order/updated', 'store/order/statusUpdated']) AS scope
ORDER BY seen_at;
WITH batch_of_stock AS (
    INSERT INTO batch (batch_id, store, flow, run_id, state, opened_at, touched_at, sealed_at)
    OVERRIDING SYSTEM VALUE
    SELECT
        (SELECT max(batch_id) FROM batch) + row_number() OVER (ORDER BY at),
        'large',
        'stock_to_store',
        'scheduled__' || at,
        'sealed',
        at,
        at,
        at
    FROM generate_series((SELECT min(placed_at) FROM bench_order), now(), INTERVAL '1 hour') AS at
    RETURNING batch_id, opened_at
)
INSERT INTO stock_look (batch_id, asked_at, levels_at, again_at, written_at)
SELECT
    batch_id,
    opened_at,
    opened_at + INTERVAL '2 seconds',
    opened_at + INTERVAL '4 seconds',
    opened_at + INTERVAL '5 seconds'
FROM batch_of_stock

-- name: fill_open
-- What is under way: the last batch of each store is not sealed, one of them is red; an extraction was cut off.
UPDATE batch
SET state = 'checked', sealed_at = NULL
WHERE batch_id IN (SELECT max(batch_id) FROM batch WHERE flow = 'orders_to_books' GROUP BY store);
UPDATE batch
SET red_stage = 'transform', red_reason = 'the reference data could not be read'
WHERE state = 'checked' AND store = 'large';
UPDATE extraction
SET completed_at = NULL
WHERE extraction_id IN (SELECT max(extraction_id) FROM extraction GROUP BY store)

-- name: fill_sequences
SELECT
    setval(pg_get_serial_sequence('batch', 'batch_id'), (SELECT max(batch_id) FROM batch)),
    setval(pg_get_serial_sequence('extraction', 'extraction_id'), (SELECT max(extraction_id) FROM extraction)),
    setval(pg_get_serial_sequence('raw_part', 'raw_part_id'), (SELECT max(raw_part_id) FROM raw_part)),
    setval(pg_get_serial_sequence('chunk', 'chunk_id'), (SELECT max(chunk_id) FROM chunk))

-- name: forget_scaffold
DROP TABLE bench_order, bench_sight, bench_part, bench_document, bench_sent, bench_day

-- name: trust
-- Keys to other tables hold by how the rows are made: to look up each of ten million takes longer than to make them.
SET session_replication_role = replica

-- name: sizes
SELECT
    relname AS name,
    reltuples::BIGINT AS rows,
    pg_size_pretty(pg_total_relation_size(oid)) AS size
FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::REGNAMESPACE AND reltuples > 0
ORDER BY pg_total_relation_size(oid) DESC

-- name: sampled
-- What the questions are about: orders of the largest store from all its years, and two of its batches.
SELECT
    (
        SELECT array_agg(order_key ORDER BY order_key)
        FROM (
            SELECT order_key
            FROM raw_part
            WHERE store = 'large' AND part = 'order' AND order_key %% greatest(%(orders)s * 7 / 10 / %(many)s, 1) = 0
            GROUP BY order_key
            ORDER BY order_key
            LIMIT %(many)s
        ) AS kept
    ) AS order_keys,
    (SELECT max(batch_id) FROM batch WHERE store = 'large' AND flow = 'orders_of_the_day') AS large_batch,
    (
        SELECT run_id
        FROM batch
        WHERE store = 'large' AND flow = 'orders_of_the_day'
        ORDER BY batch_id DESC
        LIMIT 1
    ) AS large_run_id,
    (SELECT max(batch_id) FROM batch WHERE store = 'large' AND state = 'sealed') AS small_batch,
    (
        SELECT subject_key
        FROM posting
        WHERE store = 'large' AND reason = 'tax_unexplained'
        ORDER BY posting_id DESC
        LIMIT 1
    ) AS held_order,
    (SELECT max(summary_key) FROM summary WHERE store = 'days') AS summary_key,
    (SELECT run_id FROM batch WHERE store = 'large' ORDER BY batch_id DESC LIMIT 1) AS run_id

-- name: outcome_of_order
-- What people ask first: what happened to this order?
SELECT *
FROM order_outcome
WHERE store = %(store)s AND order_key = %(order_key)s

-- name: history_of_order
-- And then: how did it come to that? Every word on each of its documents, with what was sent.
SELECT
    posting.batch_id,
    posting.kind,
    posting.part,
    posting.generation,
    posting.outcome,
    posting.reason,
    posting.sentence,
    posting.number,
    posting.amount,
    posting.recorded_at,
    attempt.verb,
    attempt.outcome AS answered,
    attempt.recorded_at AS sent_at
FROM posting
LEFT JOIN attempt
    ON attempt.store = posting.store
    AND attempt.subject_kind = posting.subject_kind
    AND attempt.subject_key = posting.subject_key
    AND attempt.kind = posting.kind
    AND attempt.part = posting.part
    AND attempt.xero_id = posting.xero_id
    AND posting.outcome = 'posted'
WHERE posting.store = %(store)s AND posting.subject_kind = 'order' AND posting.subject_key = %(subject_key)s
ORDER BY posting.posting_id
