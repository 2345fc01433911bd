-- What all tasks and processes share about a vendor's tenant: how much may be asked of it, and whether it answers.
-- Both are values of include/clients (allowance.py, circuit.py); the row is locked for as long as it takes to replace them.
CREATE TABLE pace (
    vendor      TEXT NOT NULL,                        -- 'xero' or 'bigcommerce'
    tenant      TEXT NOT NULL,                        -- the organisation's key, or the store's hash
    allowance   JSONB NOT NULL DEFAULT '{}',
    circuit     JSONB NOT NULL DEFAULT '{}',
    changed_at  TIMESTAMPTZ NOT NULL DEFAULT now(),

    PRIMARY KEY (vendor, tenant)
) WITH (fillfactor = 20);  -- two updates a call: a new version finds room beside the old one
