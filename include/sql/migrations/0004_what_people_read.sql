-- The views that people, commands and mails read. The view is the promise, the tables may change.

-- The latest word on every document: the outcome in the newest batch that decided on its subject.
CREATE VIEW document_outcome AS
SELECT posting.*
FROM posting
JOIN (
    SELECT
        store,
        subject_kind,
        subject_key,
        max(batch_id) AS batch_id
    FROM posting
    GROUP BY store, subject_kind, subject_key
) AS newest USING (store, subject_kind, subject_key, batch_id);

-- The order's outcome is the worst of its documents' (T1).
CREATE VIEW order_outcome AS
SELECT
    document.store,
    document.subject_key::BIGINT AS order_key,
    min(document.happened_at) AS placed_at,
    shop.total,
    shop.currency,
    (array_agg(document.outcome ORDER BY rank.worst, document.posting_id))[1] AS outcome,
    (array_agg(document.reason ORDER BY rank.worst, document.posting_id))[1] AS reason,
    (array_agg(document.sentence ORDER BY rank.worst, document.posting_id))[1] AS sentence,
    max(link.number) AS invoice_number,
    -- Xero turns an invoice PAID by itself once nothing is due.
    max(
        CASE
            WHEN link.status = 'AUTHORISED' AND coalesce(paid.amount, 0) >= link.amount THEN 'PAID'
            ELSE link.status
        END
    ) AS invoice_status,
    max(link.xero_id::TEXT) AS invoice_id,
    coalesce(max(paid.amount), 0) AS paid,
    max(document.batch_id) AS batch_id
FROM document_outcome AS document
JOIN (
    VALUES ('failed', 1), ('held', 2), ('posted', 3), ('unchanged', 4), ('skipped', 5)
) AS rank (outcome, worst) USING (outcome)
JOIN batch_part AS seen
    ON seen.batch_id = document.batch_id AND seen.order_key = document.subject_key::BIGINT AND seen.part = 'order'
JOIN raw_part AS shop ON shop.raw_part_id = seen.raw_part_id
LEFT JOIN document_link AS link
    ON link.store = document.store
    AND link.subject_kind = document.subject_kind
    AND link.subject_key = document.subject_key
    AND link.kind = 'invoice'
LEFT JOIN (
    SELECT
        store,
        subject_key,
        sum(amount) AS amount
    FROM document_link
    WHERE kind = 'payment' AND status <> 'DELETED'
    GROUP BY store, subject_key
) AS paid ON paid.store = document.store AND paid.subject_key = document.subject_key
WHERE document.subject_kind = 'order'
GROUP BY document.store, document.subject_key, shop.total, shop.currency;

-- What waits for a person.
CREATE VIEW held AS
SELECT
    document.store,
    document.subject_key AS order_key,
    document.kind,
    document.part,
    document.reason,
    document.sentence,
    coalesce(document.remedy, reason.remedy) AS remedy,
    document.figures,
    document.amount,
    document.currency,
    document.batch_id,
    document.happened_at,
    document.recorded_at
FROM document_outcome AS document
JOIN reason ON reason.reason = document.reason
WHERE document.outcome = 'held';

-- T1 of a batch, for orders and for documents.
CREATE VIEW batch_count AS
SELECT
    batch.batch_id,
    batch.store,
    batch.flow,
    batch.run_id,
    batch.state,
    (SELECT count(DISTINCT order_key) FROM batch_part WHERE batch_part.batch_id = batch.batch_id) AS orders,
    (SELECT count(*) FROM planned_document AS planned WHERE planned.batch_id = batch.batch_id) AS documents,
    count(posting.posting_id) FILTER (WHERE posting.outcome = 'posted') AS posted,
    count(posting.posting_id) FILTER (WHERE posting.outcome = 'unchanged') AS unchanged,
    count(posting.posting_id) FILTER (WHERE posting.outcome = 'skipped') AS skipped,
    count(posting.posting_id) FILTER (WHERE posting.outcome = 'held') AS held,
    count(posting.posting_id) FILTER (WHERE posting.outcome = 'failed') AS failed
FROM batch
LEFT JOIN posting ON posting.batch_id = batch.batch_id
GROUP BY batch.batch_id;
