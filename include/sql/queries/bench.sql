-- name: extracted
SELECT
    count(*) AS rows,
    count(DISTINCT order_key) AS orders,
    sum((octet_length(said) - octet_length(replace(said, '"base_total"', ''))) / octet_length('"base_total"')) AS lines
FROM raw_part
CROSS JOIN LATERAL convert_from(body, 'UTF8') AS said
WHERE part = 'order'

-- name: shoppers
SELECT DISTINCT
    contact_key,
    number
FROM planned_contact
