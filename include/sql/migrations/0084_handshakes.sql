-- A hand-shake that somebody began in the console: theirs, of their browser, for ten minutes, and answered once.
CREATE TABLE handshake (
    state_digest    TEXT PRIMARY KEY,                 -- of what goes to the vendor and comes back; itself it is kept nowhere
    vendor          TEXT NOT NULL CHECK (vendor IN ('bigcommerce', 'xero')),
    store           TEXT NOT NULL,
    connection      TEXT NOT NULL,
    who             TEXT NOT NULL,                    -- the name in Airflow of who began it
    browser_digest  TEXT NOT NULL,                    -- of the cookie of the browser that began it
    redirect_uri    TEXT NOT NULL,                    -- as it stood in the link, byte for byte
    verifier        BYTEA NOT NULL,                   -- of PKCE, sealed
    began_at        TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    ends_at         TIMESTAMPTZ NOT NULL,
    answered_at     TIMESTAMPTZ,                      -- the vendor's answer came: a second one is not taken

    -- Where a consent opens several organisations, what it brought waits here, sealed, until one is chosen.
    opened          BYTEA,
    ended_at        TIMESTAMPTZ
);
CREATE INDEX handshake_of_a_browser ON handshake (browser_digest, vendor);

-- What was last seen of a Connection, by the Test button and by the flows. Words for people; no secret is in them.
CREATE TABLE connection_seen (
    connection        TEXT PRIMARY KEY,
    worked_at         TIMESTAMPTZ,
    worked_said       TEXT NOT NULL DEFAULT '',
    failed_at         TIMESTAMPTZ,
    failed_said       TEXT NOT NULL DEFAULT '',
    lacks             TEXT [],                        -- scopes that the vendor refused when it was last asked; null: not asked
    -- Of an app that was installed in a shop. A consent to Xero stands in oauth_token.
    consented_at      TIMESTAMPTZ,
    consented_by      TEXT NOT NULL DEFAULT '',
    consented_scopes  TEXT NOT NULL DEFAULT ''
);
