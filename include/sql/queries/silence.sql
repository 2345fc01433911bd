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
        SELECT min(waiting.happened_at)
        FROM posting_waiting AS waiting
        WHERE waiting.store = %(store)s
            AND waiting.outcome = 'failed'
            AND waiting.subject_kind = 'order'
            AND NOT EXISTS (
                SELECT FROM posting AS later
                WHERE later.store = waiting.store
                    AND later.subject_kind = waiting.subject_kind
                    AND later.subject_key = waiting.subject_key
                    AND later.batch_id > waiting.batch_id
            )
    ) AS failed_at
