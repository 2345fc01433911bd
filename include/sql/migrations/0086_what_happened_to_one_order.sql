-- One order is found by what people have at hand: a document's number, a payment at the gateway, an e-mail's keyed digest.
CREATE INDEX planned_document_of_a_contact ON planned_document (store, contact_key) WHERE kind = 'invoice';
CREATE INDEX planned_document_by_gateway ON planned_document (store, split_part(reference, ' ', 2))
    WHERE kind = 'payment' AND reference LIKE '% %';
CREATE INDEX due_of_a_subject ON due (store, subject_kind, subject_key);
CREATE INDEX audit_entry_of_an_order ON audit_entry (store, (content ->> 'order')) WHERE content ->> 'order' IS NOT NULL;
