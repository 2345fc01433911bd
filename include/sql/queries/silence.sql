-- name: seen
-- Three moments of a store: its cursor's last step, its newest order, and the oldest order that is on its way into the books.
SELECT
    (SELECT moved_at FROM watermark WHERE store = %(store)s AND flow = 'orders_to_books') AS moved_at,
    (SELECT max(placed_at) FROM raw_part WHERE store = %(store)s AND part = 'order') AS placed_at,
    (
        SELECT min(opened_at)
        FROM batch
        WHERE store = %(store)s AND state <> 'sealed' AND flow IN ('orders_to_books', 'orders_of_the_day')
    ) AS opened_at,
    (
        -- Since it failed first, and has not ended otherwise in between: each try records it anew.
        SELECT min(failed.recorded_at)
        FROM posting_waiting AS waiting
        JOIN posting AS failed USING (store, subject_kind, subject_key, kind, part)
        WHERE waiting.store = %(store)s
            AND waiting.outcome = 'failed'
            AND waiting.subject_kind = 'order'
            AND failed.outcome = 'failed'
            AND NOT EXISTS (
                SELECT 1
                FROM posting AS later
                WHERE later.store = waiting.store
                    AND later.subject_kind = waiting.subject_kind
                    AND later.subject_key = waiting.subject_key
                    AND later.batch_id > waiting.batch_id
            )
            AND NOT EXISTS (
                SELECT 1
                FROM posting AS ended
                WHERE ended.store = failed.store
                    AND ended.subject_kind = failed.subject_kind
                    AND ended.subject_key = failed.subject_key
                    AND ended.kind = failed.kind
                    AND ended.part = failed.part
                    AND ended.batch_id > failed.batch_id
                    AND ended.outcome <> 'failed'
            )
    ) AS failed_at

-- name: days_sold
-- Days with an order before yesterday, whether yesterday had one, and whether anybody looked since it ended.
SELECT
    count(DISTINCT (placed_at AT TIME ZONE %(zone)s)::DATE) FILTER (
        WHERE (placed_at AT TIME ZONE %(zone)s)::DATE < %(yesterday)s
    ) AS days,
    coalesce(bool_or((placed_at AT TIME ZONE %(zone)s)::DATE >= %(yesterday)s), FALSE) AS yesterday,
    coalesce(
        (
            SELECT moment > (%(yesterday)s::DATE + 1)::TIMESTAMP AT TIME ZONE %(zone)s
            FROM watermark
            WHERE store = %(store)s AND flow = 'orders_to_books'
        ),
        FALSE
    ) AS looked_since
FROM raw_part
WHERE store = %(store)s
    AND part = 'order'
    AND placed_at >= (%(yesterday)s::DATE - %(days)s)::TIMESTAMP AT TIME ZONE %(zone)s
