-- Settings and code that Xero's own answer has proved on one document, before the rest followed.
CREATE TABLE proved_version (
    store             TEXT NOT NULL,
    settings_version  TEXT NOT NULL,
    code_version      TEXT NOT NULL,
    subject_key       TEXT NOT NULL,                  -- the order that went first
    proved_at         TIMESTAMPTZ NOT NULL DEFAULT now(),

    PRIMARY KEY (store, settings_version, code_version)
);
