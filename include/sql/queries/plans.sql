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
SELECT DISTINCT ON (document_link.subject_key)
    document_link.subject_key,
    document_link.dated,
    document_link.status,
    document_link.generation
FROM batch_part
JOIN document_link
    ON
        document_link.store = %(store)s
        AND document_link.subject_kind = 'order'
        AND document_link.subject_key = batch_part.order_key::TEXT
        AND document_link.kind = 'invoice'
        AND document_link.part = '1'
WHERE batch_part.batch_id = %(batch_id)s AND document_link.dated IS NOT NULL
ORDER BY document_link.subject_key, document_link.generation DESC

-- name: first_taxes
-- The tax rows that an order's invoice was made from: the shop changes them after refunds.
SELECT DISTINCT ON (raw_part.order_key, raw_part.part)
    raw_part.order_key,
    raw_part.part,
    raw_part.body
FROM document_link
JOIN raw_part
    ON
        raw_part.store = document_link.store
        AND raw_part.order_key = document_link.subject_key::BIGINT
        AND raw_part.part LIKE 'taxes%%'
        AND raw_part.fetched_at <= document_link.linked_at
WHERE document_link.store = %(store)s
    AND document_link.subject_kind = 'order'
    AND document_link.kind = 'invoice'
    AND document_link.subject_key = ANY(%(subject_keys)s)
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
