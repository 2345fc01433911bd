-- name: forget_findings
DELETE FROM check_result
WHERE batch_id = %(batch_id)s AND checked = %(checked)s

-- name: store_findings
INSERT INTO check_result (batch_id, checked, rule, order_key, passed, reason, sentence, figures)
VALUES %s

-- name: findings
SELECT *
FROM check_result
WHERE batch_id = %(batch_id)s AND checked = %(checked)s AND NOT passed
ORDER BY check_result_id

-- name: forget_plans
DELETE FROM planned_document
WHERE batch_id = %(batch_id)s

-- name: forget_contacts
DELETE FROM planned_contact
WHERE batch_id = %(batch_id)s

-- name: store_plans
INSERT INTO planned_document (
    batch_id, store, subject_kind, subject_key, kind, part, generation, position, decision, reason, sentence, remedy, figures,
    number, parent, contact_key, status, reference, dated, body, amount, tax, currency, words, source_hash, body_hash,
    revision, happened_at, not_before, accepted
)
VALUES %s

-- name: store_contacts
INSERT INTO planned_contact (batch_id, contact_key, number, name, suffixed_name, email, body)
VALUES %s
ON CONFLICT (batch_id, contact_key) DO NOTHING

-- name: standing_invoices
-- An order within a summary stands there: it keeps its day, and a lock binds only what changes it.
SELECT standing.*
FROM (
    SELECT DISTINCT order_key
    FROM batch_part
    WHERE batch_id = %(batch_id)s
) AS seen
CROSS JOIN LATERAL (  -- by its key, order by order
    SELECT *
    FROM (
        SELECT
            document_link.subject_key,
            document_link.dated,
            document_link.status,
            document_link.generation
        FROM document_link
        WHERE document_link.store = %(store)s
            AND document_link.subject_kind = 'order'
            AND document_link.subject_key = seen.order_key::TEXT
            AND document_link.kind = 'invoice'
            AND document_link.part = '1'
            AND document_link.dated IS NOT NULL
        UNION ALL
        SELECT
            document_member.order_key::TEXT,
            document_member.dated,
            'AUTHORISED',
            1
        FROM document_member
        WHERE document_member.store = %(store)s
            AND document_member.order_key = seen.order_key
            AND document_member.kind = 'invoice'
            AND document_member.change = 1
            AND document_member.summary_key IS NOT NULL
    ) AS either
    ORDER BY generation DESC
    LIMIT 1
) AS standing

-- name: first_taxes
-- The tax rows that an order's invoice was made from: the shop changes them after refunds.
SELECT DISTINCT ON (raw_part.order_key, raw_part.part)
    raw_part.order_key,
    raw_part.part,
    raw_part.body
FROM (
    SELECT
        subject_key::BIGINT AS order_key,
        linked_at AS made_at
    FROM document_link
    WHERE store = %(store)s
        AND subject_kind = 'order'
        AND kind = 'invoice'
        AND subject_key = ANY(%(subject_keys)s)
    UNION ALL
    SELECT
        order_key,
        recorded_at
    FROM document_member
    WHERE store = %(store)s
        AND kind = 'invoice'
        AND change = 1
        AND summary_key IS NOT NULL
        AND order_key = ANY(%(subject_keys)s::TEXT[]::BIGINT[])
) AS invoice
JOIN raw_part
    ON
        raw_part.store = %(store)s
        AND raw_part.order_key = invoice.order_key
        AND raw_part.part LIKE 'taxes%%'
        AND raw_part.fetched_at <= invoice.made_at
ORDER BY raw_part.order_key, raw_part.part, raw_part.fetched_at DESC

-- name: plans
SELECT *
FROM planned_document
WHERE batch_id = %(batch_id)s
ORDER BY subject_kind, subject_key::BIGINT, position

-- name: contacts
SELECT *
FROM planned_contact
WHERE batch_id = %(batch_id)s

-- name: drafts
SELECT subject_key
FROM document_link
WHERE store = %(store)s AND subject_kind = 'order' AND kind = 'invoice' AND status = 'DRAFT'
