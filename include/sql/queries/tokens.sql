-- name: patience
-- How long to wait for another who fetches a token, and how long he may hold the row: a machine that died holds it no longer.
SELECT
    set_config('lock_timeout', %(wait_ms)s::TEXT, TRUE) AS wait,
    set_config('idle_in_transaction_session_timeout', %(hold_ms)s::TEXT, TRUE) AS hold,
    extract(EPOCH FROM clock_timestamp())::FLOAT8 AS now

-- name: make_room
INSERT INTO oauth_token (connection, grant_kind, app)
VALUES (%(connection)s, 'client_credentials', %(app)s)
ON CONFLICT (connection) DO NOTHING

-- name: locked
SELECT
    *,
    extract(EPOCH FROM access_until)::FLOAT8 AS access_until_s,
    extract(EPOCH FROM clock_timestamp() - refreshed_at)::FLOAT8 AS refreshed_s_ago
FROM oauth_token
WHERE connection = %(connection)s
FOR UPDATE

-- name: keep
UPDATE oauth_token
SET
    grant_kind = %(grant_kind)s,
    app = %(app)s,
    key_id = %(key_id)s,
    access = %(access)s,
    access_digest = %(access_digest)s,
    access_until = to_timestamp(%(access_until_s)s),
    refresh = %(refresh)s,
    previous = %(previous)s,
    scopes = %(scopes)s,
    state = 'good',
    paused_at = NULL,
    refreshed_at = clock_timestamp()
WHERE connection = %(connection)s

-- name: seal_anew
UPDATE oauth_token
SET
    key_id = %(key_id)s,
    access = %(access)s,
    refresh = %(refresh)s,
    previous = %(previous)s
WHERE connection = %(connection)s

-- name: give_up
UPDATE oauth_token
SET access = NULL, access_digest = NULL, access_until = NULL
WHERE connection = %(connection)s AND access_digest = %(access_digest)s

-- name: pause
UPDATE oauth_token
SET state = 'paused', paused_at = clock_timestamp(), access = NULL, access_digest = NULL, access_until = NULL
WHERE connection = %(connection)s
RETURNING paused_at

-- name: consent
INSERT INTO oauth_token (
    connection,
    grant_kind,
    app,
    key_id,
    access,
    access_digest,
    access_until,
    refresh,
    refreshed_at,
    scopes,
    tenant_id,
    tenant_name,
    consented_at,
    consented_by
)
VALUES (
    %(connection)s,
    'authorization_code',
    %(app)s,
    %(key_id)s,
    %(access)s,
    %(access_digest)s,
    to_timestamp(%(access_until_s)s),
    %(refresh)s,
    clock_timestamp(),
    %(scopes)s,
    %(tenant_id)s,
    %(tenant_name)s,
    clock_timestamp(),
    %(consented_by)s
)
ON CONFLICT (connection) DO UPDATE SET
    grant_kind = excluded.grant_kind,
    app = excluded.app,
    state = 'good',
    paused_at = NULL,
    key_id = excluded.key_id,
    access = excluded.access,
    access_digest = excluded.access_digest,
    access_until = excluded.access_until,
    refresh = excluded.refresh,
    previous = NULL,
    refreshed_at = excluded.refreshed_at,
    scopes = excluded.scopes,
    tenant_id = excluded.tenant_id,
    tenant_name = excluded.tenant_name,
    consented_at = excluded.consented_at,
    consented_by = excluded.consented_by

-- name: unlocked
SELECT
    *,
    extract(EPOCH FROM access_until)::FLOAT8 AS access_until_s
FROM oauth_token
WHERE connection = %(connection)s

-- name: standing
SELECT
    *,
    extract(EPOCH FROM clock_timestamp() - refreshed_at)::FLOAT8 AS refreshed_s_ago,
    extract(EPOCH FROM access_until - clock_timestamp())::FLOAT8 AS access_s_left
FROM connection_state
WHERE connection = %(connection)s
