-- name: session
SELECT
    set_config('lock_timeout', '2s', FALSE),
    set_config('statement_timeout', '10s', FALSE),
    set_config('idle_in_transaction_session_timeout', '30s', FALSE)

-- name: keep
-- What came, once each, but for echoes of what we wrote ourselves; by digest, what became of it. In one order, so that two
-- doors at once never wait for each other in a circle.
WITH said AS (
    SELECT DISTINCT ON (store, vendor, event_hash) *
    FROM unnest(
        %(stores)s::TEXT[], %(vendors)s::TEXT[], %(digests)s::BYTEA[], %(scopes)s::TEXT[], %(kinds)s::TEXT[], %(keys)s::TEXT[],
        %(xero_ids)s::UUID[], %(moments)s::TIMESTAMPTZ[]
    ) AS said (store, vendor, event_hash, scope, kind, key, xero_id, happened_at)
), judged AS (
    SELECT
        said.*,
        document.subject_kind AS of_kind,
        document.subject_key AS of_key,
        CASE
            WHEN said.vendor = 'xero' AND document.xero_id IS NULL THEN 'not_ours'
            -- Xero tells of our own writes too: of a document that is being written, or was within the time around the event.
            WHEN said.vendor = 'xero' AND EXISTS (
                SELECT 1
                FROM attempt
                WHERE attempt.store = document.store
                    AND attempt.subject_kind = document.subject_kind
                    AND attempt.subject_key = document.subject_key
                    AND attempt.recorded_at <= coalesce(said.happened_at, now()) + %(echo_s)s * INTERVAL '1 second'
                    AND coalesce(attempt.settled_at, now()) >= coalesce(said.happened_at, now()) - %(echo_s)s * INTERVAL '1 second'
            ) THEN 'echo'
            -- The shop tells of the levels that we set: whatever moves while a run of ours writes, and the time around it.
            -- What an order moved is no echo, whoever writes meanwhile.
            WHEN said.kind = 'stock' AND said.scope NOT LIKE '%%/inventory/order/%%' AND EXISTS (
                SELECT 1
                FROM stock_look
                JOIN batch USING (batch_id)
                WHERE batch.store = said.store
                    AND stock_look.levels_at BETWEEN coalesce(said.happened_at, now()) - INTERVAL '1 hour'  -- no run is longer
                    AND coalesce(said.happened_at, now()) + %(echo_s)s * INTERVAL '1 second'
                    AND coalesce(stock_look.written_at, stock_look.again_at + INTERVAL '5 minutes')
                    >= coalesce(said.happened_at, now()) - %(echo_s)s * INTERVAL '1 second'
            ) THEN 'echo'
        END AS dropped
    FROM said
    LEFT JOIN LATERAL (
        SELECT *
        FROM document_link
        WHERE document_link.xero_id = said.xero_id AND document_link.store = said.store
        ORDER BY document_link.generation DESC
        LIMIT 1
    ) AS document ON TRUE
), stored AS (
    INSERT INTO inbox (store, vendor, event_hash, scope, subject_kind, subject_key, xero_id, happened_at, woken_at)
    SELECT
        store,
        vendor,
        event_hash,
        scope,
        CASE WHEN vendor = 'xero' THEN of_kind ELSE kind END,
        CASE WHEN vendor = 'xero' THEN of_key ELSE key END,
        xero_id,
        happened_at,
        CASE WHEN vendor = 'xero' AND of_kind <> 'order' THEN now() END  -- told on pages; nothing of ours looks at it again
    FROM judged
    WHERE dropped IS NULL
    ORDER BY store, vendor, event_hash
    ON CONFLICT ON CONSTRAINT one_row_an_event DO NOTHING
    RETURNING store, vendor, event_hash
)
SELECT
    judged.store,
    judged.vendor,
    coalesce(judged.dropped, CASE WHEN stored.event_hash IS NULL THEN 'again' ELSE 'stored' END) AS what,
    count(*)::INTEGER AS events
FROM judged
LEFT JOIN stored USING (store, vendor, event_hash)
GROUP BY judged.store, judged.vendor, what

-- name: count
INSERT INTO door_count (store, vendor, day, what, events)
SELECT *
FROM (
    SELECT
        store,
        vendor,
        (now() AT TIME ZONE 'UTC')::DATE,
        what,
        sum(events)
    FROM unnest(%(stores)s::TEXT[], %(vendors)s::TEXT[], %(whats)s::TEXT[], %(events)s::BIGINT[])
        AS told (store, vendor, what, events)
    GROUP BY store, vendor, what
    ORDER BY store, vendor, what
) AS counted
ON CONFLICT (store, vendor, day, what) DO UPDATE SET events = door_count.events + excluded.events

-- name: wake
-- What was kept is due now. A subject that a run is claiming at this very moment waits for the next time: the run may have
-- asked the shop before the event, and to wait for it would hold up all others.
WITH waiting AS MATERIALIZED (
    SELECT
        event_id,
        store,
        subject_kind,
        subject_key,
        CASE vendor WHEN 'xero' THEN 'changed_in_xero' ELSE 'webhook' END AS cause
    FROM inbox
    WHERE woken_at IS NULL
    ORDER BY event_id
    LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
), due_already AS MATERIALIZED (
    SELECT DISTINCT due.due_id, due.store, due.subject_kind, due.subject_key, due.cause
    FROM waiting
    JOIN due USING (store, subject_kind, subject_key, cause)
    WHERE due.claimed_by IS NULL
), not_being_claimed AS MATERIALIZED (
    SELECT due_id
    FROM due
    WHERE due_id IN (SELECT due_id FROM due_already) AND claimed_by IS NULL
    FOR UPDATE SKIP LOCKED
), made AS (
    INSERT INTO due (store, subject_kind, subject_key, cause)
    SELECT DISTINCT store, subject_kind, subject_key, cause
    FROM waiting
    WHERE NOT EXISTS (
        SELECT 1
        FROM due_already
        WHERE due_already.store = waiting.store
            AND due_already.subject_kind = waiting.subject_kind
            AND due_already.subject_key = waiting.subject_key
            AND due_already.cause = waiting.cause
    )
    ORDER BY store, subject_kind, subject_key, cause
    ON CONFLICT (store, subject_kind, subject_key, cause) WHERE claimed_by IS NULL DO NOTHING
)
UPDATE inbox
SET woken_at = now()
FROM waiting
LEFT JOIN due_already
    ON due_already.store = waiting.store
    AND due_already.subject_kind = waiting.subject_kind
    AND due_already.subject_key = waiting.subject_key
    AND due_already.cause = waiting.cause
WHERE inbox.event_id = waiting.event_id
    AND (due_already.due_id IS NULL OR due_already.due_id IN (SELECT due_id FROM not_being_claimed))

-- name: let_pass
-- For this transaction alone: to wait longer for somebody else would hold up the deliveries.
SELECT set_config('lock_timeout', %(milliseconds)s, TRUE)

-- name: to_wake
SELECT EXISTS (SELECT 1 FROM inbox WHERE woken_at IS NULL) AS is_left

-- name: forget
-- By where the rows lie, so that the table is not read to find them by their keys.
DELETE FROM inbox
WHERE ctid = ANY(
    ARRAY(
        SELECT ctid
        FROM inbox
        WHERE received_at < now() - %(days)s * INTERVAL '1 day' AND woken_at IS NOT NULL
        ORDER BY received_at
        LIMIT %(limit)s
    )
) AND woken_at IS NOT NULL

-- name: kept
SELECT count(*) AS events
FROM inbox
WHERE store = %(store)s

-- name: heard
SELECT max(received_at) AS heard_at
FROM inbox
WHERE store = %(store)s AND vendor = 'bigcommerce'

-- name: changed_unheard
-- How many orders changed in the shop since a moment, by what the runs by the clock read.
SELECT count(DISTINCT raw_part.order_key) AS orders
FROM batch
JOIN batch_part USING (batch_id)
JOIN raw_part USING (raw_part_id)
WHERE batch.store = %(store)s
    AND batch.flow = 'orders_to_books'
    AND batch.state = 'sealed'
    AND batch.sealed_at > %(since)s
    AND batch_part.part = 'order'
    AND raw_part.modified_at > %(since)s
    AND raw_part.status_id <> 0
