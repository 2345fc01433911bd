-- Customers become contacts ahead of their orders (accounting.md 6). Names, addresses and e-mails stand in raw_customer,
-- planned_contact and the bytes of chunk, and nowhere else (design 4.11).

CREATE TABLE raw_customer (
    raw_customer_id  BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    store            TEXT NOT NULL,
    customer_id      BIGINT NOT NULL,
    sha256           BYTEA NOT NULL,
    body             BYTEA NOT NULL,                  -- as it came
    modified_at      TIMESTAMPTZ,                     -- null where it cannot be read
    fetched_at       TIMESTAMPTZ NOT NULL DEFAULT now(),

    CONSTRAINT one_customer_a_content UNIQUE (store, customer_id, sha256)
);

-- What a batch works on: a row a customer, and what transform decided about it.
CREATE TABLE batch_customer (
    batch_id         BIGINT NOT NULL REFERENCES batch,
    store            TEXT NOT NULL,
    customer_id      BIGINT NOT NULL,
    raw_customer_id  BIGINT NOT NULL REFERENCES raw_customer,
    gone             BOOLEAN NOT NULL DEFAULT FALSE,  -- the shop does not have the customer any more
    decision         TEXT,                            -- from here on: decided by transform
    reason           TEXT REFERENCES reason,
    sentence         TEXT,
    remedy           TEXT,
    figures          JSONB NOT NULL DEFAULT '{}',
    number           TEXT,
    source_hash      TEXT,
    revision         TIMESTAMPTZ,                     -- when the shop last changed the customer

    PRIMARY KEY (batch_id, customer_id),
    CONSTRAINT decision_is_a_known_one CHECK (decision IN ('post', 'skip', 'hold')),
    CONSTRAINT what_is_not_posted_says_why CHECK ((decision IN ('skip', 'hold')) = (reason IS NOT NULL)),
    CONSTRAINT what_is_posted_has_its_facts CHECK (decision <> 'post' OR source_hash IS NOT NULL)
);
CREATE INDEX batch_customer_of_a_customer ON batch_customer (store, customer_id, batch_id);

-- What was sent of a customer last, so that a change of theirs is told from a bookkeeper's: digests by field, no values.
CREATE TABLE contact_sent (
    store        TEXT NOT NULL,
    contact_key  TEXT NOT NULL,
    contact_id   UUID NOT NULL,
    leads        BOOLEAN NOT NULL,                    -- of several customers who are one contact, one alone writes it
    source_hash  TEXT NOT NULL,
    fields       JSONB NOT NULL DEFAULT '{}',
    revision     TIMESTAMPTZ NOT NULL,
    changed_at   TIMESTAMPTZ NOT NULL DEFAULT now(),

    PRIMARY KEY (store, contact_key)
);
CREATE UNIQUE INDEX contact_sent_leads ON contact_sent (store, contact_id) WHERE leads;

-- What a person may want to look at, though nothing waits for it: who may be one person, and what stayed as it was edited.
CREATE TABLE contact_review (
    store        TEXT NOT NULL,
    contact_key  TEXT NOT NULL,
    what         TEXT NOT NULL,
    sentence     TEXT NOT NULL,
    remedy       TEXT NOT NULL,
    since        TIMESTAMPTZ NOT NULL DEFAULT now(),
    told_at      TIMESTAMPTZ,                         -- null: nobody has heard of it

    PRIMARY KEY (store, contact_key, what),
    CONSTRAINT what_is_a_known_one CHECK (what IN ('same_name', 'edited_in_xero'))
);
