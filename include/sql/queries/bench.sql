-- name: extracted
SELECT
    count(*) AS rows,
    count(DISTINCT order_key) AS orders,
    sum((length(body) - length(replace(encode(body, 'escape'), '"base_total"', '')::BYTEA)) / 12) AS lines
FROM raw_part
WHERE part = 'order'

-- name: shoppers
SELECT DISTINCT
    contact_key,
    number
FROM planned_contact
