-- Who may do what. Run after every migration, since new tables need it too; safe to run again.
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO bridge_writer, bridge_reader;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO bridge_writer;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO bridge_writer;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO bridge_reader;
-- What the shop said arrives in a temporary table.
DO $$ BEGIN EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO bridge_writer', current_database()); END $$;
-- Outcomes and the audit are written once.
REVOKE UPDATE, DELETE, TRUNCATE ON posting, audit_entry FROM bridge_writer;
-- So are a day's reports and who signed them.
REVOKE UPDATE, DELETE, TRUNCATE ON reconciliation, reconciliation_difference, reconciliation_signature FROM bridge_writer;
REVOKE INSERT, UPDATE, DELETE ON migration, reason FROM bridge_writer;
-- Names and addresses are not for readers.
REVOKE SELECT ON raw_part, raw_customer, planned_contact, planned_document, chunk FROM bridge_reader;
-- Nor is what a letter says and whom it goes to.
REVOKE SELECT ON outbox FROM bridge_reader;
-- Nor are tokens, sealed as they are; `connection_state` says what may be known.
REVOKE SELECT ON oauth_token, handshake FROM bridge_reader;
