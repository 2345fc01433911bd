-- name: invoices
SELECT
    store,
    count(*) AS invoices
FROM document_link
WHERE kind = 'invoice'
GROUP BY store

-- name: connections
SELECT
    datname AS database,
    count(*) AS connections
FROM pg_stat_activity
WHERE datname IS NOT NULL AND pid <> pg_backend_pid()
GROUP BY datname
