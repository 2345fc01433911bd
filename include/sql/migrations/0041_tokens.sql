-- The tokens that all processes share, sealed: who reads the table without BRIDGE_KEY reads nothing.

CREATE TABLE oauth_token (
    connection      TEXT PRIMARY KEY,                 -- the name of Airflow's Connection
    grant_kind      TEXT NOT NULL CHECK (grant_kind IN ('client_credentials', 'authorization_code')),
    app             TEXT NOT NULL,                    -- a digest of token service, client id and chosen scopes
    state           TEXT NOT NULL DEFAULT 'good' CHECK (state IN ('good', 'paused')),

    -- Sealed with a key made of BRIDGE_KEY; key_id says of which.
    key_id          TEXT,
    access          BYTEA,
    refresh         BYTEA,
    previous        BYTEA,                            -- the refresh token before: good for half an hour, xero.md 1.2

    access_digest   TEXT,                             -- which access token it is, for who was refused with it
    access_until    TIMESTAMPTZ,
    refreshed_at    TIMESTAMPTZ,
    scopes          TEXT NOT NULL DEFAULT '',         -- as they were granted
    tenant_id       TEXT NOT NULL DEFAULT '',
    tenant_name     TEXT NOT NULL DEFAULT '',
    consented_at    TIMESTAMPTZ,
    consented_by    TEXT,
    paused_at       TIMESTAMPTZ,                      -- when the consent was found to have ended

    CHECK ((state = 'paused') = (paused_at IS NOT NULL))
);

-- What people and the doctor may know of it. The table itself is for the writer alone.
CREATE VIEW connection_state AS
SELECT
    connection,
    grant_kind,
    app,
    state,
    key_id,
    access IS NOT NULL AS has_access,
    access_until,
    refreshed_at,
    scopes,
    tenant_id,
    tenant_name,
    consented_at,
    consented_by,
    paused_at
FROM oauth_token;
