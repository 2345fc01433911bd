-- name: waiting
-- What the bell of a store and kind would ring for: the newest that is due and unclaimed, how many, and what is left of the
-- day's calls. Read by the doorbell's own connection.
SELECT
    count(*) AS due,
    coalesce(max(due_id), 0) AS newest,
    (
        SELECT allowance
        FROM pace
        WHERE vendor = 'xero' AND tenant = %(organisation)s
    ) AS allowance,
    extract(EPOCH FROM clock_timestamp())::FLOAT8 AS now
FROM (
    SELECT due_id
    FROM due
    WHERE store = %(store)s AND subject_kind = %(kind)s AND claimed_by IS NULL AND due_at <= now()
    LIMIT 5000
) AS unclaimed

-- name: state
INSERT INTO lane_state (store, state, gathers_s, why)
VALUES (%(store)s, %(state)s, %(gathers_s)s, %(why)s)
ON CONFLICT (store) DO UPDATE
SET
    state = excluded.state,
    gathers_s = excluded.gathers_s,
    why = excluded.why,
    since = CASE WHEN lane_state.state = excluded.state THEN lane_state.since ELSE now() END,
    seen_at = now()

-- name: rung
UPDATE lane_state
SET rung_at = now()
WHERE store = %(store)s
