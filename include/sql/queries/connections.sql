-- name: begin
INSERT INTO handshake (
    state_digest,
    vendor,
    store,
    connection,
    who,
    browser_digest,
    redirect_uri,
    verifier,
    ends_at
)
VALUES (
    %(state_digest)s,
    %(vendor)s,
    %(store)s,
    %(connection)s,
    %(who)s,
    %(browser_digest)s,
    %(redirect_uri)s,
    %(verifier)s,
    clock_timestamp() + make_interval(secs => %(lasts_s)s)
)

-- name: forget_old
DELETE FROM handshake
WHERE ends_at < clock_timestamp() - INTERVAL '1 hour'

-- name: forget_of_the_browser
-- Who begins anew means the new one.
DELETE FROM handshake
WHERE browser_digest = %(browser_digest)s AND vendor = %(vendor)s

-- name: answer
-- One answer is taken, of the person and browser that asked, in time.
UPDATE handshake
SET answered_at = clock_timestamp()
WHERE
    state_digest = %(state_digest)s
    AND vendor = %(vendor)s
    AND who = %(who)s
    AND browser_digest = %(browser_digest)s
    AND answered_at IS NULL
    AND ends_at > clock_timestamp()
RETURNING *

-- name: answer_of_the_browser
-- The same where the vendor brings no state back: what this browser began last.
UPDATE handshake
SET answered_at = clock_timestamp()
WHERE
    browser_digest = %(browser_digest)s
    AND vendor = %(vendor)s
    AND who = %(who)s
    AND answered_at IS NULL
    AND ends_at > clock_timestamp()
RETURNING *

-- name: wait_for_a_choice
UPDATE handshake
SET opened = %(opened)s
WHERE state_digest = %(state_digest)s

-- name: choose
-- What waits is handed out once.
UPDATE handshake
SET ended_at = clock_timestamp()
WHERE
    state_digest = %(state_digest)s
    AND vendor = 'xero'
    AND who = %(who)s
    AND browser_digest = %(browser_digest)s
    AND opened IS NOT NULL
    AND ended_at IS NULL
    AND ends_at > clock_timestamp()
RETURNING *

-- name: forget
DELETE FROM handshake
WHERE state_digest = %(state_digest)s

-- name: worked
INSERT INTO connection_seen (connection, worked_at, worked_said, lacks)
VALUES (%(connection)s, clock_timestamp(), %(said)s, %(lacks)s)
ON CONFLICT (connection) DO UPDATE SET
    worked_at = excluded.worked_at,
    worked_said = excluded.worked_said,
    lacks = excluded.lacks

-- name: failed
INSERT INTO connection_seen (connection, failed_at, failed_said)
VALUES (%(connection)s, clock_timestamp(), %(said)s)
ON CONFLICT (connection) DO UPDATE SET
    failed_at = excluded.failed_at,
    failed_said = excluded.failed_said

-- name: installed
INSERT INTO connection_seen (connection, consented_at, consented_by, consented_scopes)
VALUES (%(connection)s, clock_timestamp(), %(by)s, %(scopes)s)
ON CONFLICT (connection) DO UPDATE SET
    consented_at = excluded.consented_at,
    consented_by = excluded.consented_by,
    consented_scopes = excluded.consented_scopes

-- name: seen
SELECT *
FROM connection_seen
WHERE connection = %(connection)s

-- name: standing
SELECT *
FROM connection_state
WHERE connection = %(connection)s
