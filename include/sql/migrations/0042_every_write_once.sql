-- What the protocol of writes needs beside the ledger (design 4.2, 4.3).

-- A level that moved for another reason tells no more whether our adjustment arrived, and need not: the next one starts
-- from the level that is there.
ALTER TABLE attempt DROP CONSTRAINT outcome_is_a_known_one;
ALTER TABLE attempt ADD CONSTRAINT outcome_is_a_known_one
    CHECK (outcome IN ('done', 'refused', 'not_sent', 'absent', 'overtaken'));

-- The newest adjustment that was known when a run began to read the levels: one that is newer was not in what it read.
ALTER TABLE stock_line ADD COLUMN after_attempt BIGINT NOT NULL DEFAULT 0;
