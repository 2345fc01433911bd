-- name: migrations
SELECT name FROM migration

-- name: reasons
SELECT reason FROM reason

-- name: rights
SELECT
    current_user::TEXT AS role,
    (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS is_superuser,
    pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = 'posting'::REGCLASS), 'MEMBER') AS is_owner,
    has_table_privilege('raw_part', 'INSERT')
    AND has_table_privilege('attempt', 'UPDATE')
    AND has_table_privilege('posting', 'INSERT')
    AND has_table_privilege('audit_entry', 'INSERT')
    AND has_database_privilege(current_database(), 'TEMPORARY') AS may_write,
    has_table_privilege('posting', 'UPDATE')
    OR has_table_privilege('posting', 'DELETE')
    OR has_table_privilege('audit_entry', 'UPDATE')
    OR has_table_privilege('audit_entry', 'DELETE') AS may_rewrite,
    CASE
        WHEN EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'bridge_reader')
            THEN has_table_privilege('bridge_reader', 'raw_part', 'SELECT')
            OR has_table_privilege('bridge_reader', 'planned_contact', 'SELECT')
    END AS reader_sees_people,
    CASE
        WHEN EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'bridge_reader')
            THEN has_table_privilege('bridge_reader', 'oauth_token', 'SELECT')
    END AS reader_sees_tokens

-- name: pools
SELECT
    pool,
    slots
FROM slot_pool
