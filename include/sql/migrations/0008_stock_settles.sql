-- Whether an adjustment of ours may not have taken effect yet: then nothing is concluded from the level.
ALTER TABLE stock_line ADD COLUMN settling BOOLEAN NOT NULL DEFAULT FALSE;
