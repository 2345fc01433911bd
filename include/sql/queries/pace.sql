-- name: begin
INSERT INTO pace (vendor, tenant)
VALUES (%(vendor)s, %(tenant)s)
ON CONFLICT DO NOTHING

-- name: session
SELECT
    set_config('synchronous_commit', 'off', FALSE),
    set_config('lock_timeout', '10s', FALSE),
    set_config('statement_timeout', '20s', FALSE),
    set_config('idle_in_transaction_session_timeout', '20s', FALSE),
    pg_advisory_lock_shared(7215, %(holder)s)

-- name: take
SELECT
    extract(EPOCH FROM clock_timestamp())::FLOAT8 AS now,
    allowance,
    circuit
FROM pace
WHERE vendor = %(vendor)s AND tenant = %(tenant)s
FOR UPDATE

-- name: put
UPDATE pace
SET allowance = %(allowance)s, circuit = %(circuit)s, changed_at = clock_timestamp()
WHERE vendor = %(vendor)s AND tenant = %(tenant)s

-- name: alive
SELECT objid::BIGINT AS holder
FROM pg_locks
WHERE
    locktype = 'advisory'
    AND classid = 7215
    AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())

-- name: seen
SELECT
    extract(EPOCH FROM clock_timestamp())::FLOAT8 AS now,
    vendor,
    tenant,
    allowance,
    circuit,
    changed_at
FROM pace
WHERE vendor = %(vendor)s AND tenant = %(tenant)s
