-- What a link costs: one look at the order's documents, by the key of the table, and a row written only where the invoice
-- stays unsettled. Before, a row came and went with each payment, and a table without statistics was read by another index.
CREATE OR REPLACE FUNCTION is_unsettled(of_store TEXT, of_order TEXT, of_generation INTEGER) RETURNS BOOLEAN
LANGUAGE plpgsql AS $$
BEGIN
    RETURN (
        SELECT
            coalesce(max(amount) FILTER (WHERE kind = 'invoice' AND status = 'AUTHORISED'), 0)
            > coalesce(sum(amount) FILTER (WHERE kind IN ('payment', 'allocation') AND status <> 'DELETED'), 0)
        FROM document_link
        WHERE store = of_store
            AND subject_kind = 'order'
            AND subject_key = of_order
            AND generation = of_generation
    );
END $$;

-- Who links another document of the order at this moment waits for the lock, and then sees both.
CREATE OR REPLACE FUNCTION keep_unsettled_invoices() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(concat_ws('/', NEW.store, NEW.subject_key, NEW.generation), 7216));
    IF is_unsettled(NEW.store, NEW.subject_key, NEW.generation) THEN
        INSERT INTO unsettled_invoice (store, subject_key, generation)
        VALUES (NEW.store, NEW.subject_key, NEW.generation)
        ON CONFLICT DO NOTHING;
    ELSE
        DELETE FROM unsettled_invoice
        WHERE store = NEW.store AND subject_key = NEW.subject_key AND generation = NEW.generation;
    END IF;
    RETURN NULL;
END $$;
