-- name: waiting
-- What hangs on a held invoice waits with it, and is not told twice. A day's document waits while its orders do.
SELECT
    coalesce(day.number, held.order_key) AS order_key,
    held.kind,
    held.part,
    held.reason,
    held.sentence,
    held.remedy,
    held.amount,
    held.currency,
    held.happened_at,
    held.recorded_at,
    extract(DAY FROM now() - held.happened_at)::INTEGER AS days
FROM held
LEFT JOIN summary AS day ON day.store = held.store AND day.summary_key::TEXT = held.order_key
WHERE held.store = %(store)s
    AND held.reason <> 'invoice_held'
    AND (%(reason)s::TEXT IS NULL OR held.reason = %(reason)s)
    AND (
        day.number IS NULL
        OR EXISTS (
            SELECT 1
            FROM document_member AS member
            WHERE member.store = day.store
                AND member.dated = day.dated
                AND member.channel_id = day.channel_id
                AND member.currency = day.currency
                AND member.line_amount_types = day.line_amount_types
                AND (member.summary_key = day.summary_key OR member.held_at IS NOT NULL AND member.summary_key IS NULL)
        )
    )
ORDER BY held.happened_at, held.order_key::BIGINT, held.kind, held.part
