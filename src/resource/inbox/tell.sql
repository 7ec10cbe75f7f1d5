-- SPDX-License-Identifier: MIT

-- name: tell_due
SELECT person FROM inbox WHERE tell_at <> 0 AND tell_at <= $now
ORDER BY tell_at LIMIT 1;

-- name: tell_of
SELECT * FROM inbox
WHERE person = $person AND tell_at <> 0 AND tell_at <= $now
ORDER BY id LIMIT $limit;

-- name: tell_next
SELECT MIN(tell_at) AS at FROM inbox WHERE tell_at <> 0;

-- name: tell_mark
UPDATE inbox SET tell_at = $tell_at, tries = $tries WHERE id = $id;

-- name: preference_get
SELECT body FROM inbox_preference WHERE person = $person;

-- name: preference_put
INSERT INTO inbox_preference (person, body, digest_at)
VALUES ($person, $body, 0)
ON CONFLICT (person) DO UPDATE SET body = excluded.body;
