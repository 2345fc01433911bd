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
    batch_id, store, subject_kind, subject_key, kind, part, position, decision, reason, sentence, remedy, figures,
    number, parent, contact_key, status, reference, dated, body, amount, tax, currency, words, source_hash, body_hash,
    revision, happened_at
)
VALUES %s

-- name: store_contacts
INSERT INTO planned_contact (batch_id, contact_key, number, name, suffixed_name, email, body)
VALUES %s
ON CONFLICT (batch_id, contact_key) DO NOTHING

-- name: standing_invoices
SELECT DISTINCT
    document_link.subject_key,
    document_link.dated,
    document_link.status
FROM batch_part
JOIN document_link
    ON
        document_link.store = %(store)s
        AND document_link.subject_kind = 'order'
        AND document_link.subject_key = batch_part.order_key::TEXT
        AND document_link.kind = 'invoice'
        AND document_link.part = '1'
WHERE batch_part.batch_id = %(batch_id)s AND document_link.dated IS NOT NULL

-- name: plans
SELECT *
FROM planned_document
WHERE batch_id = %(batch_id)s
ORDER BY subject_kind, subject_key::BIGINT, position

-- name: contacts
SELECT *
FROM planned_contact
WHERE batch_id = %(batch_id)s
