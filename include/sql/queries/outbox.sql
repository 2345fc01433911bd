-- name: put
INSERT INTO outbox (store, kind, channel, recipients, subject, message, message_id)
VALUES (%(store)s, %(kind)s, %(channel)s, %(recipients)s, %(subject)s, %(message)s, %(message_id)s)
RETURNING letter_id

-- name: take
-- The letter whose time came first; another process takes another. It is locked until the caller's transaction ends.
SELECT *
FROM outbox
WHERE sent_at IS NULL AND next_try_at <= now() AND (%(only)s::BIGINT[] IS NULL OR letter_id = ANY(%(only)s))
ORDER BY next_try_at, letter_id
LIMIT 1
FOR UPDATE SKIP LOCKED

-- name: sent
UPDATE outbox
SET sent_at = clock_timestamp(), message = NULL, problem = NULL, tries = tries + 1
WHERE letter_id = %(letter_id)s

-- name: failed
-- Tried again after a time that doubles, from one minute to an hour.
UPDATE outbox
SET
    tries = tries + 1,
    problem = %(problem)s,
    next_try_at = clock_timestamp() + INTERVAL '1 minute' * least(60, 2 ^ least(tries, 6))
WHERE letter_id = %(letter_id)s

-- name: forget
DELETE FROM outbox
WHERE sent_at < now() - %(days)s * INTERVAL '1 day'
