-- name: waiting
-- What hangs on a held invoice waits with it, and is not told twice.
SELECT
    order_key,
    kind,
    part,
    reason,
    sentence,
    remedy,
    amount,
    currency,
    happened_at,
    recorded_at,
    extract(DAY FROM now() - happened_at)::INTEGER AS days
FROM held
WHERE store = %(store)s
    AND reason <> 'invoice_held'
    AND (%(reason)s::TEXT IS NULL OR reason = %(reason)s)
ORDER BY happened_at, order_key::BIGINT, kind, part
