-- When Xero last said of the organisation what a snapshot says of it: the many runs of a backfill ask once a minute.

ALTER TABLE reference_snapshot ADD COLUMN organisation_at TIMESTAMPTZ NOT NULL DEFAULT now();
